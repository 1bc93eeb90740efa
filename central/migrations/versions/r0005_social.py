"""Social security and medical insurance: people, what was paid for them and to them, acts, contributions."""

import sqlalchemy as sa
from alembic import op

from central.db import Utc

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the departments' tables."""
    _people()
    _benefits()
    _acts()


def _people() -> None:
    op.create_table(
        "social_person",
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("card", sa.String(), nullable=False),
        sa.Column("card_state", sa.String(), nullable=False),
        sa.Column("lost_on", sa.Date(), nullable=True),
        sa.Column("pin", sa.LargeBinary(), nullable=False),
        sa.Column("living_on", sa.Date(), nullable=True),
        sa.Column("portrait", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("token"),
        sa.UniqueConstraint("number"),
    )
    op.create_table(
        "social_month",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("period", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("insurance", sa.String(), nullable=False),
        sa.Column("employer", sa.String(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("own", sa.BigInteger(), nullable=False),
        sa.Column("employers", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person", "period", "insurance", "employer"),
    )


def _benefits() -> None:
    op.create_table(
        "social_pension",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("period", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("basic", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.Column("additions", sa.BigInteger(), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("person", "period"),
    )
    op.create_table(
        "social_unemployment",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("since", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("monthly", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person", "since"),
    )
    op.create_table(
        "social_injury",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("employer", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_social_injury_person", "social_injury", ["person"], unique=False)
    op.create_table(
        "medical_move",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", "n"),
    )


def _acts() -> None:
    op.create_table(
        "social_act",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("n"),
        sa.UniqueConstraint("kiosk", "request", name="one_act_per_request"),
    )
    op.create_index("ix_social_act_person", "social_act", ["person"], unique=False)
    op.create_table(
        "social_contribution",
        sa.Column("voucher", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("voucher"),
        sa.UniqueConstraint("person", "scheme", "period", name="one_contribution_per_period"),
    )
    op.create_index("ix_social_contribution_person", "social_contribution", ["person"], unique=False)
