"""What central answers to a kiosk that has proved who it is: decode, cap, dispatch, commit, reply.

The whole of central behind the TLS listener, without HTTP: the server calls :meth:`Front.post`, and so do the
worlds, in memory. Nothing a caller sends may end in anything but an answer; what it sends is never repeated in
one. The reply leaves after the commit.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import msgspec
import sqlalchemy as sa

from central import cases, ledger, matters, presence, registry
from central import periods as periods_
from central.books import Books, books
from central.calls import Call, Handler, handler
from central.catalogue import (
    SHIPPED,
    SHIPPED_GUIDE,
    SHIPPED_HOUSE,
    SHIPPED_OFFERS,
    SHIPPED_SOCIAL,
    Publisher,
    Signer,
    read,
    read_house,
    read_offers,
    read_section,
)
from central.certificates import InsuredBooks
from central.certificates.office import CertificateOffice
from central.certificates.sealing import Sealer
from central.clock import Clock
from central.db import Store
from central.departments import ExitEntryOffice, MedicalInsuranceOffice, SocialSecurityOffice, TrafficPolice
from central.departments import counter as counter_
from central.departments import exit_entry as exit_entry_
from central.departments import guide as guide_
from central.departments import hall as hall_
from central.departments import requests as requests_
from central.departments import social as social_
from central.departments.exit_entry import ExitEntry
from central.departments.traffic import Traffic
from central.ingest import Departments, Intake
from central.issued import desk as issued_
from central.limits import CAPS, Limits
from central.messages import decode
from central.payments import Channels
from central.payments.orders import CALLS, Orders
from central.payments.threads import ProviderThreads
from central.periods import STANDARD, Forgotten, Periods
from central.photos import DAYS, Shelf
from central.problems import Refused
from central.registry import Kiosk
from kiosk_app import contract
from kiosk_app.contract import AskDecisions, Batch, Heartbeat
from kiosk_app.contract.case_papers import SendPage
from kiosk_app.contract.cases import AskCases, Office
from kiosk_app.contract.catalogue import AskCatalogue, SocialRules
from kiosk_app.contract.certificates import AskCertificate
from kiosk_app.contract.feedback import AskMatter
from kiosk_app.contract.guide import Guide
from kiosk_app.contract.photos import KeepPhoto


@dataclass(frozen=True)
class NightNote:
    """What the last look at the orders, or the last forgetting, came to, for operators. ``well``: nothing is left for
    the next one, and nobody's matter ended unsaid."""

    at: datetime
    says: str
    well: bool


class Front:
    """Central for authenticated kiosks. Thread-safe: reads run beside each other, writes in line."""

    def __init__(
        self,
        engine: sa.Engine,
        clock: Clock,
        *,
        traffic: TrafficPolice | None = None,
        exit_entry: ExitEntryOffice | None = None,
        social: SocialSecurityOffice | None = None,
        medical: MedicalInsuranceOffice | None = None,
        signer: Signer | None = None,
        channels: Channels | None = None,
        limits: Limits | None = None,
        insured: InsuredBooks | None = None,
        sealer: Sealer | None = None,
        hotline: str = "",
        photo_key: bytes = b"",
        photo_days: int = DAYS,
        periods: Periods = STANDARD,
        photographed_key: bytes = b"",
    ) -> None:
        self.store = Store(engine)
        self.periods = periods
        self.clock = clock
        self.catalogue = Publisher(self.store, clock, signer)
        _publish_shipped(self.catalogue)
        self.traffic = traffic or Traffic()
        self.exit_entry = exit_entry or ExitEntry(self.catalogue.current)
        self.social = social or social_.SocialSecurity(self.catalogue.current)
        self.medical = medical or social_.MedicalInsurance()
        self.halls = hall_.Halls()
        self.requests = requests_.Requests(self.catalogue.current, self.catalogue.at)
        self.photographed = counter_.Photographed(self.store, clock, photographed_key or secrets.token_bytes(32))
        self._departments = Departments(self.traffic, self.exit_entry, self.social, self.requests)
        self.orders = Orders(self.store, clock, {} if channels is None else channels)
        self.providers = ProviderThreads()
        self.last_night: NightNote | None = None
        self.last_forgetting: NightNote | None = None
        self.photos = Shelf(self.store, clock, key=photo_key or secrets.token_bytes(32), days=photo_days)
        self._limits = limits or Limits()
        self.certificates = CertificateOffice(
            self.store, clock, insured=insured or self.social, sealer=sealer, hotline=hotline, kept=periods.certificates
        )
        self._issued = issued_.IssuedDesk(self.store, clock, self.certificates, self.social)
        self._handlers = self._of_its_own() | {
            call.asks.path: handler(self.store, clock, call) for call in self._of_departments()
        }

    def _of_its_own(self) -> dict[str, Handler]:
        """What central answers itself."""
        return {
            "/hb": self._heartbeat,
            "/about": self._about,
            "/tx/batch": self._batch,
            **{path: partial(self._order, path) for path in CALLS},
            AskCatalogue.path: lambda _, body: self.catalogue.answer(decode(body, AskCatalogue)),
            AskCertificate.path: lambda kiosk, body: self.certificates.issue(kiosk, decode(body, AskCertificate)),
            AskMatter.path: lambda _, body: matters.answer(self.store, self.clock, body, self.periods.answers),
            **{path: partial(self._issued.answer, path) for path in issued_.CALLS},
            SendPage.path: lambda kiosk, body: self.photographed.keep(kiosk, decode(body, SendPage)),
            KeepPhoto.path: lambda kiosk, body: self.photos.keep(kiosk.id, decode(body, KeepPhoto)),
        }

    def _of_departments(self) -> tuple[Call, ...]:
        """What departments answer."""
        offices = {
            Office.TRAFFIC: self.traffic,
            Office.EXIT_ENTRY: self.exit_entry,
            Office.SOCIAL: self.social,
            Office.SERVICES: self.requests,
            Office.COUNTER: self.photographed.counters,
        }
        return (
            Call(AskDecisions, lambda db, _, *rest: self.traffic.decisions(db, *rest)),
            *exit_entry_.calls(self.exit_entry, ledger.stays),
            *social_.calls(self.social, self.medical),
            *hall_.calls(self.halls),
            *requests_.calls(self.requests),
            *counter_.calls(self.photographed.counters),
            Call(AskCases, lambda db, _, ask, now: cases.answer(db, ask, offices, now, self.periods.answers)),
        )

    @property
    def paths(self) -> frozenset[str]:
        """Everything that can be asked here."""
        return frozenset(self._handlers)

    def register(self, kiosk: str, public_key: str, *, site: str = "") -> None:
        """Trust a kiosk with this public key (PEM): what enrolment does, for worlds without certificates."""
        with self.store.write() as connection:
            registry.add(connection, Kiosk(kiosk, site, public_key), self.clock.now())

    def offer_samples(self) -> None:
        """The sample services that are data, once. Never by itself: their fees are nobody's, and would be taken."""
        self.catalogue.publish_first(offers=lambda: read_offers(SHIPPED_OFFERS))

    def books(self) -> Books:
        """What became of every payment and event."""
        with self.store.read() as connection:
            return books(connection, self.clock.now())

    def forget(self) -> Forgotten:
        """Delete what is kept long enough: each night."""
        return periods_.forget(self.store, self.clock, self.periods)

    def post(self, kiosk: str, path: str, body: bytes) -> tuple[int, bytes]:
        """Answer one POST below ``/k/v1`` of the kiosk with this id: status and JSON."""
        try:
            return 200, self.answer(kiosk, path, body)
        except Refused as refused:
            return refused.status, refused.document()

    def answer(self, id: str, path: str, body: bytes) -> bytes:
        """The same, for callers who also want Refused's ``retry_after``."""
        with self.store.read() as connection:
            kiosk = registry.trusted(connection, id)
        handle = self._handlers.get(path)
        if handle is None:
            raise Refused(404, "unknown-path", "no such path")
        self._limits.count(id, path, self.clock.now())
        if len(body) > CAPS[path]:
            raise Refused(413, "too-large", f"at most {CAPS[path]} bytes")
        return msgspec.json.encode(handle(kiosk, body))

    def _heartbeat(self, kiosk: Kiosk, body: bytes) -> contract.HeartbeatReply:
        beat = decode(body, Heartbeat)
        self.store.commit(lambda connection: presence.heartbeat(connection, kiosk.id, beat, self.clock.now()))
        return self._about(kiosk, body)

    def _about(self, _kiosk: Kiosk, _body: bytes) -> contract.HeartbeatReply:
        """What a heartbeat is answered with, for a technician's look, which is no sign of life."""
        return contract.HeartbeatReply(
            now=self.clock.now(),
            next_s=presence.NEXT_S,
            channels=self.orders.channels,
            catalogue=self.catalogue.version(),
        )

    def _batch(self, kiosk: Kiosk, body: bytes) -> contract.BatchReply:
        batch = decode(body, Batch)
        if len(batch.events) > contract.BATCH_EVENTS:
            raise Refused(413, "too-large", f"at most {contract.BATCH_EVENTS} events")
        return self.store.commit(
            lambda connection: Intake(connection, kiosk, self._departments, self.clock.now()).take(batch.events)
        )

    def _order(self, path: str, kiosk: Kiosk, body: bytes) -> contract.Order:
        return self.orders.answer(kiosk.id, path, body)


def _publish_shipped(catalogue: Publisher) -> None:
    """The rules that come with central, where none are published yet."""
    catalogue.publish_first(
        exit_entry=lambda: read(SHIPPED, exit_entry_.faults),
        social=lambda: read_section(SHIPPED_SOCIAL, social_.faults, SocialRules),
        guide=lambda: read_section(SHIPPED_GUIDE, guide_.faults, Guide),
        house=lambda: read_house(SHIPPED_HOUSE),
    )
