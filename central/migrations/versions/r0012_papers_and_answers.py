"""Printed records and copies, answers to what citizens said, how long a certificate is kept, who paid for whom."""

import sqlalchemy as sa
from alembic import op

from central.db import Utc

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add them. Certificates that were sealed before promised no last day: they get the standard one, a year after."""
    op.create_table(
        "record_paper",
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("insurance", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("books", Utc(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("printed_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("kiosk", "reference"),
    )
    op.create_index("ix_record_paper_person", "record_paper", ["person"])
    op.create_table(
        "paper_copy",
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("kiosk", "request"),
        sa.UniqueConstraint("paper", "n", name="one_copy_per_number"),
    )
    op.create_index("ix_paper_copy_digest", "paper_copy", ["digest"])
    op.add_column("social_month", sa.Column("booked_at", Utc(), nullable=True))
    op.add_column("social_contribution", sa.Column("payer", sa.String(), nullable=False, server_default=""))
    op.create_index("ix_social_contribution_payer", "social_contribution", ["payer"])
    for name in ("whose", "ending", "answer"):
        op.add_column("feedback", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column("feedback", sa.Column("wrong", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE feedback SET ending = substr(phone, -4) WHERE phone != ''")
    op.add_column("certificate", sa.Column("number", sa.String(), nullable=False, server_default=""))
    op.add_column("certificate", sa.Column("kept_until", sa.Date(), nullable=False, server_default="1970-01-01"))
    op.add_column("certificate", sa.Column("wrong", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE certificate SET number = json_extract(CAST(facts AS TEXT), '$.number')")
    op.execute("UPDATE certificate SET kept_until = date(valid_until, '+365 days')")
    op.create_index("ix_certificate_number", "certificate", ["number"])
