"""Sample service centres and places: invented, and said to be so in their names."""

from typing import Final

import sqlalchemy as sa

from central.departments.hall import tables

HUANSHI, BAISHA, XINHUI = (f"样本{name}政务服务中心" for name in ("环市街", "白沙街", "新会区"))
CENTRES: Final = (
    ("huanshi", HUANSHI, "Sample Huanshi Street Service Centre", "样本环市一路 1 号", (22.5950, 113.0760), 5, 4, 7, 6),
    ("baisha", BAISHA, "Sample Baisha Street Service Centre", "样本建设路 88 号", (22.5830, 113.0820), 6, 2, 19, 8),
    ("xinhui", XINHUI, "Sample Xinhui District Service Centre", "样本振兴二路 5 号", (22.4590, 113.0340), 5, 8, 0, 5),
)
"""id, name, English name, address, latitude and longitude, days, counters, waiting, minutes each."""
MACHINES: Final = (
    ("样本政务服务中心", "样本迎宾大道 10 号", 22.5880, 113.0800),
    ("样本服务区", "样本迎宾大道 10 号", 22.5880, 113.0800),
)
"""Where machines stand: site, address, latitude, longitude."""


def load(connection: sa.Connection) -> None:
    """All of them."""
    for key, name, english, address, (lat, lon), days, counters, waiting, each in CENTRES:
        connection.execute(tables.place.insert().values(name=name, address=address, lat=lat, lon=lon))
        row = {"id": key, "name": name, "name_en": english, "days": days, "opens": "09:00", "closes": "17:00"}
        more = {"counters": counters, "waiting": waiting, "minutes_each": each}
        connection.execute(tables.centre.insert().values(row | more))
    for site, address, lat, lon in MACHINES:
        connection.execute(tables.place.insert().values(name=site, address=address, lat=lat, lon=lon))


def load_once(connection: sa.Connection) -> None:
    """The same, unless there is a centre already."""
    if connection.execute(sa.select(sa.func.count()).select_from(tables.centre)).scalar() == 0:
        load(connection)
