"""The tables of cases at counters: the case, the papers it asks for, hand-ins, and the pages, which are sealed."""

import sqlalchemy as sa

from central.db import Utc, metadata

case = sa.Table(
    "counter_case",
    metadata,
    sa.Column("number", sa.String, primary_key=True),
    sa.Column("id_number", sa.String, nullable=False, index=True),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("title_en", sa.String, nullable=False),
    sa.Column("centre", sa.String, nullable=False),
    sa.Column("centre_en", sa.String, nullable=False),
    sa.Column("opened_at", Utc, nullable=False),
    sa.Column("until", sa.Date, nullable=False),  # the last day on which papers are taken, China's
    sa.Column("decided_at", Utc),
    sa.Column("owner", sa.String, nullable=False),  # who looked at its papers last, or decided it
)

wanted = sa.Table(
    "counter_wanted",
    metadata,
    sa.Column("case", sa.String, primary_key=True),
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("place", sa.Integer, nullable=False),  # in the order in which they are asked for
    sa.Column("name", sa.String, nullable=False),
    sa.Column("name_en", sa.String, nullable=False),
    sa.Column("pages", sa.Integer, nullable=False),  # at most
    sa.Column("handed_in", sa.Integer),  # by which hand-in; none while it is lacking
)

hand_in = sa.Table(
    "counter_hand_in",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("kiosk", sa.String, nullable=False),
    sa.Column("request", sa.String, nullable=False),
    sa.Column("case", sa.String, nullable=False, index=True),
    sa.Column("begun_at", Utc, nullable=False),
    sa.Column("received_at", Utc),  # none while pages come in: then it counts for nothing
    sa.Column("pages", sa.Integer, nullable=False),
    sa.Column("answer", sa.LargeBinary),  # what it was answered with, for who asks again
    sa.Column("wiped_at", Utc),
    sa.UniqueConstraint("kiosk", "request", name="one_hand_in_per_request"),
)

page = sa.Table(
    "counter_page",
    metadata,
    sa.Column("hand_in", sa.Integer, primary_key=True),
    sa.Column("paper", sa.String, primary_key=True),
    sa.Column("page", sa.Integer, primary_key=True),
    sa.Column("digest", sa.String, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # the JPEG, under central's key for papers
)

opened = sa.Table(
    "counter_opened",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("case", sa.String, nullable=False),
    sa.Column("by", sa.String, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("pages", sa.Integer, nullable=False),
)
"""Who looked at a case's papers, and when."""
