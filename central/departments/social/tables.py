"""The tables of social security and of medical insurance. They stand apart from all others: nothing joins across."""

import sqlalchemy as sa

from central.db import Utc, metadata

person = sa.Table(
    "social_person",
    metadata,
    sa.Column("token", sa.String, primary_key=True),  # all that leaves the department of whose it is
    sa.Column("number", sa.String, nullable=False, unique=True),  # 社会保障号码
    sa.Column("name", sa.String, nullable=False),
    sa.Column("way", sa.String, nullable=False),  # employed, flexible, resident, pensioner
    sa.Column("card", sa.String, nullable=False),  # the card's number; "" without one
    sa.Column("card_state", sa.String, nullable=False),
    sa.Column("lost_on", sa.Date),
    sa.Column("pin", sa.LargeBinary, nullable=False),  # salt and scrypt of it; empty: the one it was issued with
    sa.Column("living_on", sa.Date),  # when a pensioner was last known to be alive
    sa.Column("portrait", sa.LargeBinary, nullable=False),  # JPEG; empty if there is none
)

month = sa.Table(
    "social_month",
    metadata,
    sa.Column("person", sa.String, primary_key=True),
    sa.Column("period", sa.Integer, primary_key=True),  # YYYYMM
    sa.Column("insurance", sa.String, primary_key=True),
    sa.Column("employer", sa.String, primary_key=True),
    sa.Column("base", sa.BigInteger, nullable=False),
    sa.Column("own", sa.BigInteger, nullable=False),
    sa.Column("employers", sa.BigInteger, nullable=False),
    sa.Column("account", sa.BigInteger, nullable=False),  # what of it went to the personal account
    sa.Column("booked_at", Utc),  # when it came into the books; none: it was there from the beginning
)

pension = sa.Table(
    "social_pension",
    metadata,
    sa.Column("person", sa.String, primary_key=True),
    sa.Column("period", sa.Integer, primary_key=True),
    sa.Column("basic", sa.BigInteger, nullable=False),
    sa.Column("account", sa.BigInteger, nullable=False),
    sa.Column("additions", sa.BigInteger, nullable=False),
    sa.Column("bank", sa.String, nullable=False),
    sa.Column("paid_on", sa.Date, nullable=False),
)

unemployment = sa.Table(
    "social_unemployment",
    metadata,
    sa.Column("person", sa.String, primary_key=True),
    sa.Column("since", sa.Integer, primary_key=True),
    sa.Column("months", sa.Integer, nullable=False),
    sa.Column("left", sa.Integer, nullable=False),
    sa.Column("monthly", sa.BigInteger, nullable=False),
)

injury = sa.Table(
    "social_injury",
    metadata,
    sa.Column("number", sa.String, primary_key=True),
    sa.Column("person", sa.String, nullable=False, index=True),
    sa.Column("on", sa.Date, nullable=False),
    sa.Column("employer", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("grade", sa.Integer, nullable=False),
)

act = sa.Table(
    "social_act",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("kiosk", sa.String, nullable=False),
    sa.Column("request", sa.String, nullable=False),
    sa.Column("digest", sa.String, nullable=False),  # keyed, of the question as it came
    sa.Column("person", sa.String, nullable=False, index=True),
    sa.Column("what", sa.String, nullable=False),  # living, or what was done about the card
    sa.Column("at", Utc, nullable=False),
    sa.Column("until", sa.Date),
    sa.UniqueConstraint("kiosk", "request", name="one_act_per_request"),
)

contribution = sa.Table(
    "social_contribution",
    metadata,
    sa.Column("voucher", sa.String, primary_key=True),
    sa.Column("person", sa.String, nullable=False, index=True),
    sa.Column("scheme", sa.String, nullable=False),
    sa.Column("period", sa.Integer, nullable=False),
    sa.Column("grade", sa.String, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("payer", sa.String, nullable=False, index=True),  # who paid it for them; "": they themselves
    sa.UniqueConstraint("person", "scheme", "period", name="one_contribution_per_period"),
)

# --- medical insurance, which is another office ---

medical = sa.Table(
    "medical_move",
    metadata,
    sa.Column("number", sa.String, primary_key=True),  # the insured person's, as the medical office knows it
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("on", sa.Date, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("place", sa.String, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
)
