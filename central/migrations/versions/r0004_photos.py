"""The shelf of ID photos that wait behind a code."""

import sqlalchemy as sa
from alembic import op

from central.db import Utc

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add it."""
    op.create_table(
        "photo",
        sa.Column("lookup", sa.String(), nullable=False),
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("until", Utc(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("lookup"),
        sa.UniqueConstraint("kiosk", "request", name="one_photo_per_request"),
    )
    op.create_index("ix_photo_until", "photo", ["until"])
