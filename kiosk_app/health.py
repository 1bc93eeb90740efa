"""Health: what the machine can do now, from the conditions of its parts. Pure, so that one can check it in a table.

Rule: it serves as much as its parts allow. A service says what it cannot do without (``needs``: of each group one must
serve) and what it does better with (``wants``). A broken receipt printer closes printing, not paying; without the
identity reader the number can be typed; without the card terminal one can pay by code, if central offers it. Without
till or central there is nothing to pay with, and the menu says so before the citizen starts. A device that no service
asks for (cabinet, UPS) makes alarms, not a limited machine; one that the machine does not have is ``no device`` only if
a service asks for it. Services that are data come with the parts (:mod:`kiosk_app.offered`), and so do the house's
notices and what its rules close now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kiosk_app.contract import services as as_data
from kiosk_app.devices import Condition, Device, DeviceState
from kiosk_app.views import MenuItem, Text, text

BESIDE = as_data.BESIDE
"""The family around every visit: what tells, and what listens. It is served when nothing else is, and is no reason to
call the machine open."""
NOTES = {
    "receipt_printer": "menu.note.no_receipt",
    "id_card_reader": "menu.note.no_id_reader",
    "document_printer": "menu.note.no_document",
    "card_terminal": "menu.note.no_card",
    "camera": "menu.note.no_face",
    "face_analyst": "menu.note.no_face",
}
STORE = "menu.closed.store"
"""Why nothing is taken while the store is in trouble (``money/till.py``)."""
ABSENT = Condition(DeviceState.NO_DEVICE)


@dataclass(frozen=True)
class Bulletin:
    """A notice of the house; ``services``: which it is about, none: everybody; ``warns``: it must not be overlooked."""

    said: Text
    services: frozenset[str] = frozenset()
    warns: bool = False


@dataclass(frozen=True)
class Parts:
    """Everything that opens or closes services. ``till``, ``custody``: text ids of why they are closed, or empty.

    ``outage``: the same for everything, while the mains are away. ``catalogue``: whether signed fees are here;
    ``guide``: whether the guide is.
    ``permit_out``: a card waits at the exit, and nobody is served.
    ``offered``: services that are data; ``shut``: why the house's rules close a service now; ``unread``: sections of
    the catalogue that this release cannot read.
    """

    conditions: Mapping[str, Condition]
    till: str = ""
    central: bool = True
    custody: str = ""
    outage: str = ""
    catalogue: bool = True
    guide: bool = True
    permit_out: bool = False
    offered: "tuple[Service, ...]" = ()
    shut: Mapping[str, Text] = field(default_factory=dict)
    bulletins: tuple[Bulletin, ...] = ()
    unread: frozenset[str] = frozenset()

    def serves(self, role: str) -> bool:
        """Whether there is such a device and it can be used now."""
        return self.conditions.get(role, ABSENT).serves


@dataclass(frozen=True)
class Service:
    """What the menu says of a service, and which devices it is about. ``pays``: it needs the till, which knows its own.
    ``holds``: it takes a permit into custody. ``priced``: its fees are in the signed catalogue.

    ``alone``: it goes on without central. ``stores``: it writes down what must not be lost. ``guided``: it reads the
    guide in the signed catalogue.

    ``needs``: groups of roles, of each of which one must serve; ``wants``: roles it can do without.

    ``section``: of the catalogue by which it goes. ``title``, ``detail``, ``picture``: its words and the name of its
    picture, where they are data; ``unfit``: why this release cannot serve it.
    """

    key: str
    family: str
    pays: bool = True
    holds: bool = False
    priced: bool = False
    alone: bool = False
    stores: bool = False
    guided: bool = False
    needs: tuple[tuple[str, ...], ...] = ()
    wants: tuple[str, ...] = ()
    section: str = ""
    title: Text | None = None
    detail: Text | None = None
    picture: str = ""
    unfit: str = ""

    @property
    def roles(self) -> frozenset[str]:
        """Every device it is about."""
        return frozenset({*self.wants, *(role for group in self.needs for role in group)})


CARDS = ("id_card_reader", "chip_card_reader")
"""Either card says who is insured."""
SERVICES: Sequence[Service] = (
    Service("traffic_fines", "road", wants=("card_terminal", "id_card_reader", "receipt_printer", "document_printer")),
    Service(
        "endorsement",
        "border",
        holds=True,
        priced=True,
        section="exit_entry",
        needs=(
            ("permit_unit",),
            ("receipt_printer",),  # a card that is kept is told of on paper, and so is who goes to a counter
            ("camera", "id_card_reader"),  # the face, or the identity card in its place
            ("face_analyst", "id_card_reader"),
        ),
        wants=("card_terminal", "camera", "face_analyst"),
    ),
    Service("progress", "border", pays=False, holds=True, needs=(("permit_unit",), ("receipt_printer",))),
    Service("id_photo", "border", pays=False, needs=(("camera",), ("face_analyst",), ("document_printer",))),
    Service(
        "living_verification",
        "social",
        pays=False,
        needs=(CARDS, ("camera",), ("face_analyst",)),
        wants=("receipt_printer",),
    ),
    Service("pension_payments", "social", pays=False, needs=(CARDS,)),
    Service("medical_account", "social", pays=False, needs=(CARDS,)),
    Service("social_card", "social", pays=False, needs=(CARDS,), wants=("camera", "face_analyst", "receipt_printer")),
    Service(
        "contribution",
        "social",
        priced=True,
        section="social",
        needs=(CARDS,),
        wants=("card_terminal", "receipt_printer"),
    ),
    Service("insured_certificate", "social", pays=False, needs=(CARDS, ("document_printer",))),
    Service("rights_record", "social", pays=False, needs=(CARDS,), wants=("document_printer",)),
    Service("social_state", "social", pays=False, needs=(CARDS,)),
    Service("guide", BESIDE, pays=False, alone=True, guided=True, wants=("receipt_printer",)),
    Service("my_cases", BESIDE, pays=False, needs=(CARDS,)),
    Service("case_papers", BESIDE, pays=False, needs=(CARDS, ("document_camera",)), wants=("receipt_printer",)),
    Service(
        "reprint",
        BESIDE,
        pays=False,
        alone=True,
        stores=True,  # what is not counted is not printed
        needs=(("receipt_printer",),),
        wants=("id_card_reader",),
    ),
    Service("places", BESIDE, pays=False),
    Service("appointment", BESIDE, pays=False, wants=("receipt_printer",)),
    Service("complaint", BESIDE, pays=False, alone=True, stores=True, wants=("receipt_printer",)),
)


def why_closed(service: Service, parts: Parts) -> Text | None:
    """Why ``service`` cannot be begun now; None when it is open."""
    if service.key in parts.shut:
        return parts.shut[service.key]
    if why := _why_not_at_all(service, parts):
        return text(why)
    for group in service.needs:
        if not any(parts.serves(role) for role in group):
            return text("menu.closed.device", device=text(f"device.{group[0]}"))
    return None


def _why_not_at_all(service: Service, parts: Parts) -> str:
    """The text id of what is in the way whatever devices there are, or empty."""
    if service.unfit or service.section in parts.unread:
        return service.unfit or "menu.closed.release"
    till = parts.till if service.pays or (service.stores and parts.till == STORE) else ""
    if why := parts.outage or till:
        return why
    if not parts.central and not service.alone:
        return "menu.closed.central"
    if service.holds and parts.custody:
        return parts.custody
    unread = (service.priced and not parts.catalogue) or (service.guided and not parts.guide)
    return "menu.closed.catalogue" if unread else ""


def conditions_of(devices: Sequence[Device], services: Sequence[Service] = SERVICES) -> dict[str, Condition]:
    """Every device as it is, and the ones that are missing though a service asks for them."""
    there = {device.role: device.condition for device in devices}
    asked = sorted(frozenset[str]().union(*(service.roles for service in services)))
    return there | {role: ABSENT for role in asked if role not in there}


def menu(parts: Parts, services: Sequence[Service] = SERVICES) -> tuple[MenuItem, ...]:
    """Every service, the closed ones with their reason."""
    return tuple(
        MenuItem(
            key=service.key,
            family=service.family,
            title=service.title or text(f"menu.{service.key}.title"),
            detail=service.detail or text(f"menu.{service.key}.detail"),
            closed=why_closed(service, parts),
            picture=service.picture,
        )
        for service in (*services, *parts.offered)
    )


def bulletins(parts: Parts, *, warn: bool) -> tuple[Text, ...]:
    """The notices for everybody that warn, or those that do not."""
    return tuple(one.said for one in parts.bulletins if one.warns is warn and not one.services)


def bulletins_about(parts: Parts, items: Sequence[MenuItem]) -> tuple[Text, ...]:
    """The notices about these services, with their names."""
    about = [(item.title, one.said) for one in parts.bulletins for item in items if item.key in one.services]
    return tuple(text("notice.of", title=title, said=said) for title, said in about)


def notes(parts: Parts, services: Sequence[Service] = SERVICES) -> tuple[Text, ...]:
    """What does not work today though services that want it are open."""
    wanted = {role for service in services if why_closed(service, parts) is None for role in service.wants}
    said = dict.fromkeys(NOTES[role] for role in NOTES if role in wanted and not parts.serves(role))
    return tuple(text(note) for note in said)


def state(parts: Parts, services: Sequence[Service] = SERVICES) -> str:
    """The machine in one word for the heartbeat: ``open``, ``limited`` or ``closed``.

    What the house's rules close at this hour is no limit of the machine.
    """
    services = (*services, *parts.offered)
    reasons = [why_closed(service, parts) for service in services]
    if all(why for service, why in zip(services, reasons, strict=True) if service.family != BESIDE):
        return "closed"
    whole = all(parts.serves(role) for service in services for role in service.roles)
    limits = [why for service, why in zip(services, reasons, strict=True) if service.key not in parts.shut]
    return "open" if whole and not any(limits) else "limited"
