"""Requests for services that are data."""

import sqlalchemy as sa
from alembic import op

from central.db import Utc

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "service_request",
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("catalogue", sa.Integer(), nullable=False),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("opened_at", Utc(), nullable=False),
        sa.Column("filed_at", Utc(), nullable=True),
        sa.Column("done_at", Utc(), nullable=True),
        sa.Column("owner", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("n"),
        sa.UniqueConstraint("kiosk", "request", name="one_answer_per_request"),
        sa.UniqueConstraint("token"),
    )
    op.create_index("ix_service_request_holder", "service_request", ["holder"], unique=False)
    op.create_index("ix_service_request_number", "service_request", ["number"], unique=False)
