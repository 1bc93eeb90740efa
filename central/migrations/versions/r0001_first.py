"""The first tables: fleet, events, traffic department."""

import sqlalchemy as sa
from alembic import op

from central.db import Utc

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything."""
    op.create_table(
        "alarm",
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("component", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("since", Utc(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("kiosk", "component", "code"),
    )
    op.create_table(
        "enrolment",
        sa.Column("selector", sa.String(), nullable=False),
        sa.Column("keyed_hash", sa.String(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", Utc(), nullable=True),
        sa.Column("kiosk", sa.String(), nullable=True),
        sa.Column("public_key", sa.Text(), nullable=True),
        sa.Column("certificate", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("selector"),
        sa.UniqueConstraint("number"),
    )
    op.create_table(
        "event",
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("schema", sa.String(), nullable=False),
        sa.Column("received_at", Utc(), nullable=False),
        sa.Column("quarantine", sa.String(), nullable=False),
        sa.Column("verdict", sa.LargeBinary(), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kiosk", "stream", "seq"),
    )
    op.create_index("event_id", "event", ["kiosk", "id"], unique=False)
    op.create_table(
        "fork",
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("received_at", Utc(), nullable=False),
        sa.Column("verdict", sa.LargeBinary(), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kiosk", "stream", "seq", "digest"),
    )
    op.create_table(
        "kiosk",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("enrolled_at", Utc(), nullable=False),
        sa.Column("revoked_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "presence",
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("seen_at", Utc(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("report", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kiosk"),
    )
    op.create_table(
        "traffic_decision",
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("id_number", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("plate", sa.String(), nullable=False),
        sa.Column("plate_kind", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("what_en", sa.String(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("fine", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("licence_measures", sa.Boolean(), nullable=False),
        sa.Column("voucher", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("base"),
        sa.UniqueConstraint("number"),
    )
    op.create_index(op.f("ix_traffic_decision_id_number"), "traffic_decision", ["id_number"], unique=False)
    op.create_index(op.f("ix_traffic_decision_plate"), "traffic_decision", ["plate"], unique=False)
    op.create_table(
        "traffic_payment",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.LargeBinary(), nullable=True),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("voucher", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("n"),
        sa.UniqueConstraint("kiosk", "reference", name="one_payment_per_reference"),
    )
    op.create_table(
        "traffic_vehicle",
        sa.Column("plate", sa.String(), nullable=False),
        sa.Column("plate_kind", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("plate", "plate_kind"),
    )
    op.create_index(op.f("ix_traffic_vehicle_owner"), "traffic_vehicle", ["owner"], unique=False)
