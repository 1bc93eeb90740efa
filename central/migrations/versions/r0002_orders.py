"""Payment by code: orders, and the day's ends with central's column beside the kiosk's."""

import sqlalchemy as sa
from alembic import op

from central.db import Utc

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add both tables."""
    op.create_table(
        "payment_order",
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("transaction", sa.String(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.Column("paid_at", Utc(), nullable=True),
        sa.Column("refund_wanted_at", Utc(), nullable=True),
        sa.Column("reported", sa.String(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=True),
        sa.Column("refunded_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("reference"),
    )
    op.create_index(op.f("ix_payment_order_state"), "payment_order", ["state"], unique=False)
    op.create_table(
        "day_end",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("closed", sa.LargeBinary(), nullable=False),
        sa.Column("order_count", sa.Integer(), nullable=False),
        sa.Column("order_amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("n"),
    )
