"""The tables of the traffic police of the reference platform, apart from all others: nothing joins across."""

import sqlalchemy as sa

from central.db import Utc, metadata

vehicle = sa.Table(
    "traffic_vehicle",
    metadata,
    sa.Column("plate", sa.String, primary_key=True),
    sa.Column("plate_kind", sa.String, primary_key=True),
    sa.Column("owner", sa.String, nullable=False, index=True),  # ID number
)

decision = sa.Table(
    "traffic_decision",
    metadata,
    sa.Column("base", sa.String, primary_key=True),  # the first 15 digits; a citizen may type only these
    sa.Column("number", sa.String, nullable=False, unique=True),
    sa.Column("id_number", sa.String, nullable=False, index=True),  # "" for a record that nobody has handled
    sa.Column("at", Utc, nullable=False),
    sa.Column("place", sa.String, nullable=False),
    sa.Column("plate", sa.String, nullable=False, index=True),
    sa.Column("plate_kind", sa.String, nullable=False),
    sa.Column("code", sa.String, nullable=False),
    sa.Column("what", sa.String, nullable=False),
    sa.Column("what_en", sa.String, nullable=False),
    sa.Column("points", sa.Integer, nullable=False),
    sa.Column("fine", sa.BigInteger, nullable=False),
    sa.Column("unit", sa.String, nullable=False),
    sa.Column("decided_on", sa.Date),  # none: a camera record that is not handled yet
    sa.Column("licence_measures", sa.Boolean, nullable=False),
    sa.Column("voucher", sa.String, nullable=False),  # "" while open
)
