"""The tables of the service halls: places, centres with their queues, appointments. Nothing of a person is in them."""

import sqlalchemy as sa

from central.db import Utc, metadata

place = sa.Table(
    "hall_place",
    metadata,
    sa.Column("name", sa.String, primary_key=True),  # as a machine's site or a centre is called
    sa.Column("address", sa.String, nullable=False),
    sa.Column("lat", sa.Float, nullable=False),
    sa.Column("lon", sa.Float, nullable=False),
)

centre = sa.Table(
    "hall_centre",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("name_en", sa.String, nullable=False),
    sa.Column("days", sa.Integer, nullable=False),  # open from Monday to this day, 1..7
    sa.Column("opens", sa.String, nullable=False),  # HH:MM, local
    sa.Column("closes", sa.String, nullable=False),
    sa.Column("counters", sa.Integer, nullable=False),
    sa.Column("waiting", sa.Integer, nullable=False),  # as its queue machine said last
    sa.Column("minutes_each", sa.Integer, nullable=False),
)

appointment = sa.Table(
    "hall_appointment",
    metadata,
    sa.Column("number", sa.String, primary_key=True),
    sa.Column("kiosk", sa.String, nullable=False),
    sa.Column("request", sa.String, nullable=False),
    sa.Column("centre", sa.String, nullable=False, index=True),
    sa.Column("business", sa.String, nullable=False),
    sa.Column("starts", Utc, nullable=False),
    sa.Column("cancelled_at", Utc),
    sa.UniqueConstraint("kiosk", "request", name="one_appointment_per_request"),
)
