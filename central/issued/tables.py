"""What came out on A4, and how often again. Certificates have their own register; whose a record is says a token."""

import sqlalchemy as sa

from central.db import Utc, metadata

record_paper = sa.Table(
    "record_paper",
    metadata,
    sa.Column("kiosk", sa.String, primary_key=True),
    sa.Column("reference", sa.String, primary_key=True),
    sa.Column("person", sa.String, nullable=False, index=True),  # the department's token
    sa.Column("insurance", sa.String, nullable=False),  # "": the whole record
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("books", Utc, nullable=False),  # as they stood then
    sa.Column("digest", sa.String, nullable=False),  # hex SHA-256 of what was printed
    sa.Column("printed_at", Utc, nullable=False),
)

paper_copy = sa.Table(
    "paper_copy",
    metadata,
    sa.Column("kiosk", sa.String, primary_key=True),
    sa.Column("request", sa.String, primary_key=True),  # the kiosk's own id: asked again, the same number
    sa.Column("paper", sa.String, nullable=False),  # a certificate's code or a record's reference
    sa.Column("n", sa.Integer, nullable=False),  # the how-manieth, for all machines
    sa.Column("digest", sa.String, nullable=False, index=True),  # hex SHA-256 of a sealed copy; "" of a record's
    sa.Column("at", Utc, nullable=False),
    sa.UniqueConstraint("paper", "n", name="one_copy_per_number"),
)
