"""Exit-entry and the signed catalogue; the book of payments is everybody's now, and is called so."""

import sqlalchemy as sa
from alembic import op

from central.db import Utc

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the department's tables and the catalogue."""
    op.rename_table("traffic_payment", "payment")
    _people()
    _cases()
    op.create_table(
        "catalogue",
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("version"),
    )


def _people() -> None:
    op.create_table(
        "exit_holder",
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("expiry", sa.Date(), nullable=False),
        sa.Column("birth", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("household", sa.String(), nullable=False),
        sa.Column("residence", sa.String(), nullable=False),
        sa.Column("barred", sa.String(), nullable=False),
        sa.Column("lost", sa.Boolean(), nullable=False),
        sa.Column("endorsed", sa.Integer(), nullable=False),
        sa.Column("portrait", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("token"),
        sa.UniqueConstraint("kind", "number", name="one_holder_per_permit"),
    )
    op.create_table(
        "exit_registration",
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("destination", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("holder", "destination", "purpose"),
    )
    op.create_table(
        "exit_endorsement",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("destination", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("weekly", sa.Boolean(), nullable=False),
        sa.Column("stay", sa.Integer(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("replaced", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index(op.f("ix_exit_endorsement_holder"), "exit_endorsement", ["holder"], unique=False)


def _cases() -> None:
    op.create_table(
        "exit_case",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("approval", sa.String(), nullable=False),
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("items", sa.LargeBinary(), nullable=False),
        sa.Column("replaces", sa.LargeBinary(), nullable=False),
        sa.Column("catalogue", sa.BigInteger(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("pay_until", Utc(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("since", Utc(), nullable=False),
        sa.Column("spoiled", sa.Boolean(), nullable=False),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("n"),
        sa.UniqueConstraint("kiosk", "request", name="one_case_per_request"),
    )
    for column in ("approval", "holder", "state", "reference"):
        op.create_index(op.f(f"ix_exit_case_{column}"), "exit_case", [column], unique=False)
    op.create_table(
        "exit_job",
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("approval", sa.String(), nullable=False),
        sa.Column("endorsed", sa.Integer(), nullable=False),
        sa.Column("until", Utc(), nullable=False),
        sa.Column("grants", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("kiosk", "job"),
    )
    op.create_index(op.f("ix_exit_job_approval"), "exit_job", ["approval"], unique=False)
    op.create_table(
        "exit_retained",
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("slip", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("approval", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("released_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("kiosk", "slip"),
    )
    op.create_index(op.f("ix_exit_retained_token"), "exit_retained", ["token"], unique=False)
