"""The one table of requests: what was asked for, by which version, what was answered, and how far it is."""

import sqlalchemy as sa

from central.db import Utc, metadata

request = sa.Table(
    "service_request",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("kiosk", sa.String, nullable=False),
    sa.Column("request", sa.String, nullable=False),
    sa.Column("token", sa.String, nullable=False, unique=True),
    sa.Column("service", sa.String, nullable=False),
    sa.Column("catalogue", sa.Integer, nullable=False),
    sa.Column("answers", sa.LargeBinary, nullable=False),  # JSON; without digits once it is done
    sa.Column("holder", sa.String, nullable=False, index=True),  # identity number, "" where nobody is identified
    sa.Column("amount", sa.Integer, nullable=False),
    sa.Column("state", sa.String, nullable=False),  # opened, accepted, done, given_back
    sa.Column("number", sa.String, nullable=False, index=True),  # of the case, "" while it is not one
    sa.Column("opened_at", Utc, nullable=False),
    sa.Column("filed_at", Utc),
    sa.Column("done_at", Utc),
    sa.Column("owner", sa.String, nullable=False),
    sa.UniqueConstraint("kiosk", "request", name="one_answer_per_request"),
)
