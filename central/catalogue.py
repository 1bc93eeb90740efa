"""The signed catalogue: rules and fees as a document with an author, a version and a date (``docs/decisions``).

Rules. What the departments decide by is what the kiosks hold: both read the newest published document. A document is
published whole after it was checked, never changed, and its version is greater than any before: the seconds since 1970,
so that versions go on growing when a database is lost. Publishing what is published already changes nothing. The
signature is made when a kiosk asks, with the signer's certificate of that day.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar, get_args

import msgspec
import sqlalchemy as sa

from central.clock import Clock
from central.db import Store
from central.problems import Unavailable
from central.tables import catalogue as published
from kiosk_app.contract import house as house_rules
from kiosk_app.contract.catalogue import (
    MOST_DOCUMENT,
    PURPOSE,
    AskCatalogue,
    Catalogue,
    CatalogueReply,
    ExitRules,
    SignedCatalogue,
    SocialRules,
    signed_bytes,
)
from kiosk_app.contract.guide import Guide
from kiosk_app.contract.house import House
from kiosk_app.contract.services import DataService, Offers
from kiosk_app.contract.services_check import faults_of_all, in_plain_words, untranslated

DEPARTMENTS: Final = Path(__file__).parent / "departments"
SHIPPED: Final = DEPARTMENTS / "exit_entry" / "exit_entry.toml"
SHIPPED_SOCIAL: Final = DEPARTMENTS / "social" / "social.toml"
SHIPPED_GUIDE: Final = DEPARTMENTS / "guide" / "guide.toml"
SHIPPED_OFFERS: Final = DEPARTMENTS / "requests" / "services.toml"
SHIPPED_HOUSE: Final = DEPARTMENTS / "requests" / "house.toml"
Section = ExitRules | SocialRules | Guide | Offers | House
Rules = TypeVar("Rules", bound=Section)
NAMES: Final[Mapping[type[Section], str]] = {
    ExitRules: "exit_entry",
    SocialRules: "social",
    Guide: "guide",
    Offers: "offers",
    House: "house",
}
"""Which field of the document holds a department's rules."""
_NEWEST: Final = sa.select(published).order_by(published.c.version.desc()).limit(1)


class CatalogueFault(ValueError):
    """The file cannot be published; says what is wrong with it."""


class Signer(Protocol):
    """Signs in central's name for one purpose."""

    def sign(self, data: bytes) -> tuple[str, str]:
        """Hex of the signature, and the signer's chain (PEM), its own certificate first."""


def read(path: Path, faults: Callable[[ExitRules], Iterator[str]]) -> ExitRules:
    """Rules of exit-entry from a TOML file. Raises CatalogueFault."""
    return read_section(path, faults, ExitRules)


def read_section(path: Path, faults: Callable[[Rules], Iterator[str]], kind: type[Rules]) -> Rules:
    """Any department's rules from a TOML file. Raises CatalogueFault."""
    try:
        written = tomllib.loads(path.read_text("utf-8"))
        rules = msgspec.convert(written, kind)
    except (OSError, UnicodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise CatalogueFault(f"{path.name}: {error}") from error
    if wrong := [*_misspelt(written, kind), *faults(rules)]:
        raise CatalogueFault(f"{path.name}: {'; '.join(wrong)}")
    return rules


def read_offers(path: Path) -> Offers:
    """Services as data from a TOML file, each checked completely. Raises CatalogueFault with every fault there is."""
    try:
        written = tomllib.loads(path.read_text("utf-8"))
        services, wrong = _services(written)
        offers = Offers(services=[msgspec.to_builtins(one) for one in services])
    except (OSError, UnicodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise CatalogueFault(f"{path.name}: {error}") from error
    if wrong:
        raise CatalogueFault(f"{path.name}: {'; '.join(wrong)}")
    return offers


def _services(written: dict[str, Any]) -> tuple[list[DataService], list[str]]:
    """What is written, and everything that is wrong with it. What cannot even be read is said of each by itself."""
    wrong, services = [f"{name} is unknown here" for name in written.keys() - {"services"}], []
    for row in written.get("services", []):
        name = row.get("id", "without an id") if isinstance(row, dict) else "?"
        if missing := list(untranslated(row)):
            wrong += [f"service {name}: {fault}" for fault in missing]
            continue
        try:
            services.append(msgspec.convert(row, DataService))
        except msgspec.ValidationError as error:
            wrong.append(f"service {name}: {in_plain_words(error)}")
    return services, [*wrong, *faults_of_all(services)]


def read_house(path: Path) -> House:
    """Notices and opening rules from a TOML file; whose they are is looked at when it is published."""
    return read_section(path, lambda _: iter(()), House)


def _misspelt(written: dict[str, Any], kind: Any) -> Iterator[str]:
    """Names that no rule has. On the wire they are ignored; whoever writes the file wants to know."""
    fields = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
    for name in written.keys() - fields.keys():
        yield f"{name} is unknown in {written.get('id', kind.__name__)}"
    for name, value in written.items():
        [row, *_] = get_args(fields.get(name)) or [None]
        if isinstance(value, list) and isinstance(row, type) and issubclass(row, msgspec.Struct):
            for table in value:
                yield from _misspelt(table, row)


class Publisher:
    """Keeps what was published and gives it to kiosks. Without ``signer`` none is given out."""

    def __init__(self, store: Store, clock: Clock, signer: Signer | None = None) -> None:
        self._store, self._clock, self._signer = store, clock, signer

    def publish(self, *sections: Section) -> int:
        """Publish these departments' rules beside the others', unless they are what is published; the version that
        holds now. Raises CatalogueFault."""
        return self._store.commit(lambda connection: self._publish(connection, sections, self._clock.now()))

    def _publish(self, connection: sa.Connection, sections: Sequence[Section], now: datetime) -> int:
        newest = _newest(connection)
        kept = {name: getattr(newest, name) for name in NAMES.values()} if newest else {}
        rules = kept | {NAMES[type(section)]: section for section in sections}
        if isinstance(house := rules.get("house"), House) and house in sections:
            _about_something(house, rules.get("offers"))
        if any(isinstance(section, Guide | Offers) for section in sections):
            _once_in_the_guide(rules.get("guide"), rules.get("offers"))
        if newest is not None and rules == kept:
            return newest.version
        version = max(newest.version + 1 if newest else 1, int(now.timestamp()))
        document = msgspec.json.encode(
            Catalogue(purpose=PURPOSE, version=version, issued_at=now, **rules), order="sorted"
        )
        if len(document) > MOST_DOCUMENT:
            raise CatalogueFault(f"at most {MOST_DOCUMENT} bytes")
        connection.execute(published.insert().values(version=version, document=document, published_at=now))
        return version

    def publish_first(self, **shipped: Callable[[], Section]) -> None:
        """Publish the sections that never were: new software does not change the rules of a platform that runs."""
        with self._store.read() as connection:
            newest = _newest(connection)
        missing = [read() for name, read in shipped.items() if getattr(newest, name, None) is None]
        if missing:
            self.publish(*missing)

    def current(self, connection: sa.Connection) -> Catalogue:
        """What holds now. Raises Unavailable before anything was published."""
        newest = _newest(connection)
        if newest is None:
            raise Unavailable("catalogue")
        return newest

    def at(self, connection: sa.Connection, version: int) -> Catalogue | None:
        """What was published as this version, however long ago; None if nothing was."""
        row = connection.execute(sa.select(published).where(published.c.version == version)).one_or_none()
        return _decoded(row.document) if row else None

    def version(self) -> int:
        """The newest; 0 without one, or without a signer."""
        if self._signer is None:
            return 0
        with self._store.read() as connection:
            return connection.execute(sa.select(sa.func.max(published.c.version))).scalar() or 0

    def answer(self, ask: AskCatalogue) -> CatalogueReply:
        """The newest document, if it is newer than what the kiosk has. Raises Unavailable."""
        with self._store.read() as connection:
            row = connection.execute(_NEWEST).one_or_none()
        if row is None or self._signer is None:
            raise Unavailable("catalogue")
        if row.version <= ask.have:
            return CatalogueReply(version=row.version)
        signature, chain = self._signer.sign(signed_bytes(row.document))
        signed = SignedCatalogue(document=row.document, signature=signature, chain=chain)
        return CatalogueReply(version=row.version, signed=signed)


def _about_something(house: House, offers: Any) -> None:
    """Raise CatalogueFault if it closes, or speaks of, what there is not."""
    if wrong := list(house_rules.faults(house, _ids(offers))):
        raise CatalogueFault("; ".join(wrong))


def _once_in_the_guide(guide: Any, offers: Any) -> None:
    """Raise CatalogueFault if a service stands there under the id of something else: the wrong page would be shown."""
    entries = {entry.id for entry in guide.entries} if isinstance(guide, Guide) else set()
    if twice := [name for name in _ids(offers) if name in entries]:
        raise CatalogueFault("; ".join(f"service {name}: an entry of the guide has this id" for name in twice))


def _ids(offers: Any) -> list[str]:
    return [str(row.get("id")) for row in offers.services] if isinstance(offers, Offers) else []


def _newest(connection: sa.Connection) -> Catalogue | None:
    row = connection.execute(_NEWEST).one_or_none()
    return _decoded(row.document) if row else None


@lru_cache(maxsize=8)
def _decoded(document: bytes) -> Catalogue:
    return msgspec.json.decode(document, type=Catalogue)
