"""What the newest revision makes of a database that was in use before it."""

from pathlib import Path

import msgspec
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

import central.migrations
from central import feedback
from central.certificates.office import CertificateOffice
from central.db import Store, file_engine
from central.departments.social import samples
from tests.central.fleet import KIOSK, NOON, HandClock

ZHANG = samples.SAMPLES["zhang"].person.id_number
FACTS = {"department": "局", "name": "张样本", "number": ZHANG, "standings": [], "as_of": "2026-03-01"}
BEFORE = "0009"


def old(path: Path) -> sa.Engine:
    """A database of the release before."""
    engine = sa.create_engine(f"sqlite:///{path}")
    config = Config()
    config.set_main_option("script_location", str(Path(central.migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, BEFORE)
    return engine


def put(connection: sa.Connection, table: str, **row: object) -> None:
    names = ", ".join(row)
    connection.execute(sa.text(f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{name}' for name in row)})"), row)


def test_certificates_and_matters_of_before_are_found_kept_and_forgotten_like_others(tmp_path: Path) -> None:
    at = NOON.strftime("%Y-%m-%d %H:%M:%S.%f")
    engine = old(tmp_path / "x.db")
    with engine.begin() as connection:
        put(
            connection, "certificate", code="7KQM2V0X9RTD5C4W", kiosk=KIOSK, request="r",
            facts=msgspec.json.encode(FACTS),
            digest="d", document=b"%PDF", issued_at=at, valid_until="2026-08-29", revoked_by="",
        )  # fmt: skip
        put(
            connection, "feedback", kiosk=KIOSK, reference="9" * 20, kind="praise", topic="staff", phone="13900001234",
            at=at, received_at=at, owner="",
        )  # fmt: skip
    engine.dispose()
    store = Store(file_engine(tmp_path / "x.db"))
    office = CertificateOffice(store, HandClock())
    with store.read() as connection:
        [paper] = office.of_person(connection, ZHANG)
        [line] = feedback.lines(connection)
        ending = connection.execute(sa.select(feedback.feedback.c.ending)).scalar_one()
        kept = connection.execute(sa.text("SELECT kept_until FROM certificate")).scalar_one()
    assert paper.number.startswith("7KQM-2V0X")
    assert (line.reader, ending) == ("phone", "1234")
    assert kept == "2027-08-29"
