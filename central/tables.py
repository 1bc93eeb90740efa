"""Central's own tables: the fleet, what it reported, orders, the catalogue. Departments and registers have their own.

Rules. The department's tables stand apart from the fleet's: nothing joins across. Presence has its own narrow table and
no index on last seen, so that a heartbeat touches one small row.
"""

import sqlalchemy as sa

from central.db import Utc, metadata

# --- the fleet ---

kiosk = sa.Table(
    "kiosk",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("site", sa.String, nullable=False),
    sa.Column("public_key", sa.Text, nullable=False),  # PEM; events are verified with it
    sa.Column("enrolled_at", Utc, nullable=False),
    sa.Column("revoked_at", Utc),
)

enrolment = sa.Table(
    "enrolment",
    metadata,
    sa.Column("selector", sa.String, primary_key=True),  # first 4 characters of the code; not secret
    sa.Column("keyed_hash", sa.String, nullable=False),
    sa.Column("site", sa.String, nullable=False),
    sa.Column("number", sa.String, nullable=False, unique=True),  # the machine's eight digits
    sa.Column("expires_at", Utc, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("used_at", Utc),
    sa.Column("kiosk", sa.String),
    sa.Column("public_key", sa.Text),
    sa.Column("certificate", sa.Text),
)

presence = sa.Table(
    "presence",
    metadata,
    sa.Column("kiosk", sa.String, primary_key=True),
    sa.Column("seen_at", Utc, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("report", sa.LargeBinary, nullable=False),  # the heartbeat as it came
)

alarm = sa.Table(
    "alarm",
    metadata,
    sa.Column("kiosk", sa.String, primary_key=True),
    sa.Column("component", sa.String, primary_key=True),
    sa.Column("code", sa.String, primary_key=True),
    sa.Column("since", Utc, nullable=False),
    sa.Column("detail", sa.String, nullable=False),
)

event = sa.Table(
    "event",
    metadata,
    sa.Column("kiosk", sa.String, primary_key=True),
    sa.Column("stream", sa.String, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("id", sa.String, nullable=False),
    sa.Column("digest", sa.String, nullable=False),
    sa.Column("schema", sa.String, nullable=False),
    sa.Column("received_at", Utc, nullable=False),
    sa.Column("quarantine", sa.String, nullable=False),  # "" or why it has no effect
    sa.Column("verdict", sa.LargeBinary),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    sa.Index("event_id", "kiosk", "id"),
)

fork = sa.Table(
    "fork",
    metadata,
    sa.Column("kiosk", sa.String, primary_key=True),
    sa.Column("stream", sa.String, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("digest", sa.String, primary_key=True),
    sa.Column("received_at", Utc, nullable=False),
    sa.Column("verdict", sa.LargeBinary),
    sa.Column("raw", sa.LargeBinary, nullable=False),
)

# --- reported payments, whatever was bought ---

payment = sa.Table(
    "payment",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True),  # the running number, for vouchers
    sa.Column("kiosk", sa.String, nullable=False),
    sa.Column("reference", sa.String, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("paid", sa.LargeBinary),  # the report as it came; none when only a reversal arrived
    sa.Column("at", Utc, nullable=False),
    sa.Column("accepted", sa.Boolean, nullable=False),
    sa.Column("code", sa.String, nullable=False),
    sa.Column("voucher", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False),  # the last state the kiosk reported
    sa.UniqueConstraint("kiosk", "reference", name="one_payment_per_reference"),
)

# --- the signed catalogue ---

catalogue = sa.Table(
    "catalogue",
    metadata,
    sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("document", sa.LargeBinary, nullable=False),
    sa.Column("published_at", Utc, nullable=False),
)

# --- payment by code ---

order = sa.Table(
    "payment_order",
    metadata,
    sa.Column("reference", sa.String, primary_key=True),  # the payment's, and the provider's out_trade_no
    sa.Column("kiosk", sa.String, nullable=False),  # whose it is
    sa.Column("channel", sa.String, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),  # fen; 0: closed before it was heard of
    sa.Column("state", sa.String, nullable=False, index=True),
    sa.Column("word", sa.String, nullable=False),  # the provider's own for the state
    sa.Column("code", sa.String, nullable=False),
    sa.Column("transaction", sa.String, nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("expires_at", Utc, nullable=False),
    sa.Column("paid_at", Utc),  # when central learned of it
    sa.Column("refund_wanted_at", Utc),  # written before the provider is asked
    sa.Column("reported", sa.String, nullable=False),  # what the kiosk last said became of the payment
    sa.Column("day", sa.Integer),  # the day's end that counted it
    sa.Column("refunded_by", sa.String, nullable=False),  # a person, if it was one
)

day = sa.Table(
    "day_end",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("kiosk", sa.String, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("closed", sa.LargeBinary, nullable=False),  # the kiosk's report as it came
    sa.Column("order_count", sa.Integer, nullable=False),  # central's own column for code payments
    sa.Column("order_amount", sa.BigInteger, nullable=False),
)
