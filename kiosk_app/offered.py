"""What the signed catalogue offers on this machine: services that are data, notices, and when something is closed.

Pure: the catalogue and the time go in, rows of the menu come out (:mod:`kiosk_app.health` decides the rest). A service
that this release cannot serve stands on the menu and says so; one that is closed by the house's rules says until when.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kiosk_app.contract.catalogue import Catalogue
from kiosk_app.contract.house import BUILT_IN, House, Notice, Shut
from kiosk_app.contract.services import MENU, DataService, fees_of
from kiosk_app.contract.services_check import Head, readable
from kiosk_app.health import BESIDE, CARDS, SERVICES, Bulletin, Service
from kiosk_app.local_time import LOCAL
from kiosk_app.services.steps.shown import both
from kiosk_app.views import Text, text


@dataclass(frozen=True)
class Offered:
    """Of one document. ``heads``: of services that it has and this release cannot serve; ``lost``: how many more, of
    which it cannot read so much as that."""

    services: Mapping[str, DataService] = field(default_factory=dict)
    heads: tuple[Head, ...] = ()
    lost: int = 0
    house: House = field(default_factory=House)

    def rows(self) -> tuple[Service, ...]:
        """The services as the menu knows them. What this release serves by itself by now is served by itself."""
        heads = {head.id: head for head in self.heads if head.id not in {*BUILT_IN, *MENU, BESIDE, *self.services}}
        return (*map(_row, self.services.values()), *map(_unfit, heads.values()))

    def shut(self, now: datetime) -> dict[str, Text]:
        """Why the house's rules close what they close now, by the menu's keys."""
        wall = now.astimezone(LOCAL).replace(tzinfo=None)
        keys = [service.key for service in (*SERVICES, *self.rows())]
        found = {key: self.house.shut(key, wall) for key in keys}
        return {key: _why(shut) for key, shut in found.items() if shut is not None}

    def bulletins(self, now: datetime) -> tuple[Bulletin, ...]:
        """The notices in force, warnings first."""
        wall = now.astimezone(LOCAL).replace(tzinfo=None)
        return tuple(_bulletin(notice) for notice in self.house.holding(wall))


def offered(catalogue: Catalogue) -> Offered:
    """What this document offers here."""
    services, heads = readable(catalogue.offers)
    rows = catalogue.offers.services if catalogue.offers is not None else []
    lost = len(rows) - len(services) - len(heads)
    return Offered({one.id: one for one in services}, tuple(heads), lost, catalogue.house or House())


def unreadable(catalogue: Catalogue, offers: Offered) -> str:
    """What of it this release cannot use, for operations; empty if all is in use."""
    lost = [f"{offers.lost} services without a head"] if offers.lost else []
    return ", ".join([*catalogue.unread, *(f"service {head.id}" for head in offers.heads), *lost])


def _row(service: DataService) -> Service:
    return Service(
        key=service.id,
        family=service.family,
        title=both(service.title),
        detail=both(service.about),
        picture=service.picture,
        pays=bool(fees_of(service)),
        priced=True,
        stores=True,  # what was asked for is written down
        needs=((CARDS,) if service.identify else ()) + ((("document_printer",),) if service.sheet else ()),
        wants=("receipt_printer", *(("card_terminal",) if fees_of(service) else ())),
    )


def _unfit(head: Head) -> Service:
    """A family that this release has no tile for stands with what every hall has."""
    family = head.family if head.family in MENU else BESIDE
    title, detail = both(head.title), both(head.about)
    return Service(head.id, family, title=title, detail=detail, pays=False, unfit="menu.closed.release")


def _why(shut: Shut) -> Text:
    if shut.closing is not None:
        until = f"{shut.closing.until:%m-%d %H:%M}"
        return text("menu.closed.until", why=both(shut.closing.why), until=until)
    return text("menu.closed.hours", opens=shut.opens, closes=shut.closes) if shut.opens else text("menu.closed.day")


def _bulletin(notice: Notice) -> Bulletin:
    said = text(f"notice.{notice.severity}", said=both(notice.text))
    return Bulletin(said, frozenset(notice.services), warns=notice.severity == "warning")
