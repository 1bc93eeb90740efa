"""The exit-entry department's tables. They stand apart from all others: nothing joins across but a kiosk's site."""

import sqlalchemy as sa

from central.db import Utc, metadata

holder = sa.Table(
    "exit_holder",
    metadata,
    sa.Column("token", sa.String, primary_key=True),  # all that leaves the department of whose it is
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("number", sa.String, nullable=False),
    sa.Column("expiry", sa.Date, nullable=False),
    sa.Column("birth", sa.Date, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("household", sa.String, nullable=False),  # division code, six digits
    sa.Column("residence", sa.String, nullable=False),  # of a residence permit; "" without one
    sa.Column("barred", sa.String, nullable=False),  # "" or why only the counter may decide; never told to a kiosk
    sa.Column("lost", sa.Boolean, nullable=False),
    sa.Column("endorsed", sa.Integer, nullable=False),
    sa.Column("portrait", sa.LargeBinary, nullable=False),  # JPEG; empty if there is none
    sa.Column("id_number", sa.String, nullable=False, index=True, server_default=""),  # "" of who has none
    sa.UniqueConstraint("kind", "number", name="one_holder_per_permit"),
)

registration = sa.Table(
    "exit_registration",
    metadata,
    sa.Column("holder", sa.String, primary_key=True),
    sa.Column("destination", sa.String, primary_key=True),
    sa.Column("purpose", sa.String, primary_key=True),
    sa.Column("until", sa.Date, nullable=False),
)

endorsement = sa.Table(
    "exit_endorsement",
    metadata,
    sa.Column("number", sa.String, primary_key=True),
    sa.Column("holder", sa.String, nullable=False, index=True),
    sa.Column("destination", sa.String, nullable=False),
    sa.Column("purpose", sa.String, nullable=False),
    sa.Column("entries", sa.Integer, nullable=False),  # 0: multiple
    sa.Column("left", sa.Integer, nullable=False),
    sa.Column("weekly", sa.Boolean, nullable=False),
    sa.Column("stay", sa.Integer, nullable=False),
    sa.Column("issued_on", sa.Date, nullable=False),
    sa.Column("valid_until", sa.Date, nullable=False),
    sa.Column("replaced", sa.Boolean, nullable=False),
)

case = sa.Table(
    "exit_case",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True),  # the approval's running number
    sa.Column("approval", sa.String, nullable=False, index=True),
    sa.Column("kiosk", sa.String, nullable=False),  # where it was applied for; "" at a counter
    sa.Column("request", sa.String, nullable=False),
    sa.Column("digest", sa.String, nullable=False),  # of the application as it came
    sa.Column("holder", sa.String, nullable=False, index=True),
    sa.Column("state", sa.String, nullable=False, index=True),
    sa.Column("fee", sa.BigInteger, nullable=False),
    sa.Column("items", sa.LargeBinary, nullable=False),  # list of ApprovedItem
    sa.Column("replaces", sa.LargeBinary, nullable=False),  # numbers of endorsements
    sa.Column("catalogue", sa.BigInteger, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("pay_until", Utc, nullable=False),
    sa.Column("reference", sa.String, nullable=False, index=True),  # the payment's; "" before
    sa.Column("since", Utc, nullable=False),  # when it came into its state
    sa.Column("spoiled", sa.Boolean, nullable=False),  # the card's old back is gone
    sa.Column("trouble", sa.String, nullable=False),  # what must not be and was reported all the same
    sa.Column("owner", sa.String, nullable=False),  # the person who works on it
    sa.UniqueConstraint("kiosk", "request", name="one_case_per_request"),
)

job = sa.Table(
    "exit_job",
    metadata,
    sa.Column("kiosk", sa.String, primary_key=True),
    sa.Column("job", sa.String, primary_key=True),
    sa.Column("approval", sa.String, nullable=False, index=True),
    sa.Column("endorsed", sa.Integer, nullable=False),  # what the card said when the right was given; -1: never given
    sa.Column("until", Utc, nullable=False),  # when it may begin at the latest
    sa.Column("grants", sa.Boolean, nullable=False),  # prints what was paid for; not so when it mends a back
    sa.Column("outcome", sa.String, nullable=False),  # "" while nobody knows
    sa.Column("reason", sa.String, nullable=False),
)

retained = sa.Table(
    "exit_retained",
    metadata,
    sa.Column("kiosk", sa.String, primary_key=True),
    sa.Column("slip", sa.String, primary_key=True),
    sa.Column("token", sa.String, nullable=False, index=True),  # "" if it was kept before anybody asked whose it is
    sa.Column("approval", sa.String, nullable=False),
    sa.Column("reason", sa.String, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("released_by", sa.String, nullable=False),  # who handed it out; "" while it lies there
)
