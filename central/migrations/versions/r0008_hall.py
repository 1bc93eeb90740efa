"""Service halls: places, centres, appointments."""

import sqlalchemy as sa
from alembic import op

from central.db import Utc

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "hall_place",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "hall_centre",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("opens", sa.String(), nullable=False),
        sa.Column("closes", sa.String(), nullable=False),
        sa.Column("counters", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("minutes_each", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "hall_appointment",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("centre", sa.String(), nullable=False),
        sa.Column("business", sa.String(), nullable=False),
        sa.Column("starts", Utc(), nullable=False),
        sa.Column("cancelled_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("kiosk", "request", name="one_appointment_per_request"),
    )
    op.create_index("ix_hall_appointment_centre", "hall_appointment", ["centre"], unique=False)
