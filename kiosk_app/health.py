"""Health: what the machine can do now, from the conditions of its parts. Pure, so that one can check it in a table.

Rule: it serves as much as its parts allow. A broken receipt printer closes printing, not paying; without the
identity reader the number can be typed; without the card terminal one can pay by code, if central offers it. Without
till or central there is nothing to pay with, and the menu says so before the citizen starts.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk_app.devices import Condition
from kiosk_app.views import MenuItem, Text, text

NOTES = {
    "receipt_printer": "menu.note.no_receipt",
    "id_card_reader": "menu.note.no_id_reader",
    "document_printer": "menu.note.no_document",
    "card_terminal": "menu.note.no_card",
}


@dataclass(frozen=True)
class Parts:
    """Everything that opens or closes services. ``till``: text id of why it is closed, or empty."""

    conditions: Mapping[str, Condition]
    till: str = ""
    central: bool = True


@dataclass(frozen=True)
class Service:
    """What the menu says of a service, and what it cannot do without. ``pays``: it needs the till."""

    key: str
    family: str
    pays: bool = True


SERVICES = (Service("traffic_fines", "road"),)


def why_closed(service: Service, parts: Parts) -> Text | None:
    """Why ``service`` cannot be begun now; None when it is open."""
    if service.pays and parts.till:
        return text(parts.till)
    if not parts.central:
        return text("menu.closed.central")
    return None


def menu(parts: Parts) -> tuple[MenuItem, ...]:
    """Every service, the closed ones with their reason."""
    return tuple(
        MenuItem(
            key=service.key,
            family=service.family,
            title=text(f"menu.{service.key}.title"),
            detail=text(f"menu.{service.key}.detail"),
            closed=why_closed(service, parts),
        )
        for service in SERVICES
    )


def notes(parts: Parts) -> tuple[Text, ...]:
    """What does not work today though services are open."""
    ill = {role for role, condition in parts.conditions.items() if not condition.serves}
    if parts.till:  # the services say themselves that nobody can pay
        ill.discard("card_terminal")
    return tuple(text(NOTES[role]) for role in NOTES if role in ill)


def state(parts: Parts) -> str:
    """The machine in one word for the heartbeat: ``open``, ``limited`` or ``closed``."""
    if all(item.closed for item in menu(parts)):
        return "closed"
    healthy = all(condition.serves for condition in parts.conditions.values())
    return "open" if healthy and not any(item.closed for item in menu(parts)) else "limited"
