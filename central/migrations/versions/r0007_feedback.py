"""What citizens say of the service, and how they rate it."""

import sqlalchemy as sa
from alembic import op

from central.db import Utc

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add both."""
    op.create_table(
        "feedback",
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("received_at", Utc(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("settled_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("kiosk", "reference"),
    )
    op.create_table(
        "rating",
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("score", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kiosk", "day", "score"),
    )
