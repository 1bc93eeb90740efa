"""A central that seals: a sample department that knows two people, and the small fleet around it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import msgspec
import sqlalchemy as sa

from central.authority import Authority
from central.certificates import CertifiedFacts
from central.certificates.sealing import Sealer
from central.db import memory_engine
from central.front import Front
from central.limits import Limits
from central.problems import Refused, Unavailable
from kiosk_app.contract.certificates import AskCertificate, Certificate
from provisioning.device_key import DeviceKey
from stationery.social import Standing
from tests.central.fleet import KIOSK, NOON, PLENTY, HandClock

OTHER_KIOSK = "0198c0de-0000-7000-8000-000000000002"
ZHANG, LI, RARE = "440703199003070013", "440703195501010023", "11010519491231002X"
ADDRESS = "https://verify.example/verify/"


@dataclass
class SampleBooks:
    """Keeps :class:`central.certificates.InsuredBooks`; ``months`` grow as somebody works on."""

    names: dict[str, str] = field(default_factory=lambda: {ZHANG: "张样本", LI: "李样本", RARE: "张\U000313a0"})
    months: int = 120
    available: bool = True

    def certified(self, connection: sa.Connection, number: str, card: str, now: datetime) -> CertifiedFacts:
        if not self.available:
            raise Unavailable("social security")
        if number not in self.names:
            raise Refused(404, "unknown-insured", "nobody insured has this number")
        joined = ("pension", "medical", "unemployment", "injury")
        standings = (
            *(Standing(insurance, "paying", self.months, 201603) for insurance in joined),
            Standing("maternity", "ended", 0, 0),
        )
        department = "蓬江区社会保险基金管理局"
        return CertifiedFacts(department, self.names[number], number, standings, date(2026, 3, 1))


@dataclass
class Certifying:
    """One central with its parts in reach."""

    front: Front
    clock: HandClock
    books: SampleBooks
    authority: Authority

    def ask(self, request: str = "visit-1", number: str = ZHANG, kiosk: str = KIOSK) -> Certificate:
        """Raises Refused as the kiosk would see it."""
        body = msgspec.json.encode(AskCertificate(request=request, number=number))
        return msgspec.json.decode(self.front.answer(kiosk, AskCertificate.path, body), type=Certificate)


def certifying(folder: Path) -> Certifying:
    """A central in memory, its authority in ``folder``."""
    clock, books = HandClock(NOON), SampleBooks()
    authority = Authority(folder / "authority", clock.now)
    front = Front(
        memory_engine(),
        clock,
        limits=Limits(PLENTY),
        insured=books,
        sealer=Sealer(authority, clock.now),
        hotline="12333",
    )
    front.certificates.address = ADDRESS
    front.register(KIOSK, DeviceKey.from_number(1).public_pem, site="蓬江区自助服务区（样本）")
    front.register(OTHER_KIOSK, DeviceKey.from_number(2).public_pem, site="another")
    return Certifying(front, clock, books, authority)
