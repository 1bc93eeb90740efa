"""Cases at counters and the papers that are sent to them."""

import sqlalchemy as sa
from alembic import op

from central.db import Utc

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "counter_case",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("id_number", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("centre", sa.String(), nullable=False),
        sa.Column("centre_en", sa.String(), nullable=False),
        sa.Column("opened_at", Utc(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("decided_at", Utc(), nullable=True),
        sa.Column("owner", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_counter_case_id_number", "counter_case", ["id_number"], unique=False)
    op.create_table(
        "counter_wanted",
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("handed_in", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("case", "key"),
    )
    op.create_table(
        "counter_hand_in",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("begun_at", Utc(), nullable=False),
        sa.Column("received_at", Utc(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("wiped_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("n"),
        sa.UniqueConstraint("kiosk", "request", name="one_hand_in_per_request"),
    )
    op.create_index("ix_counter_hand_in_case", "counter_hand_in", ["case"], unique=False)
    op.create_table(
        "counter_page",
        sa.Column("hand_in", sa.Integer(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hand_in", "paper", "page"),
    )
    op.create_table(
        "counter_opened",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("n"),
    )
