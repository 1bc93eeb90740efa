"""The ZVT terminal in ``kiosk.toml``: bare APDUs over TCP; framed, with two stop bits, on a serial line (PA00P015)."""

from pathlib import Path
from typing import Annotated

import msgspec

from hardware.channel import opener_of
from hardware.drivers.card_terminal import CardTerminal
from kiosk_app.devices import Baud, Driver, Port


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``password``: the terminal's own, for registration."""

    port: Port
    password: Annotated[str, msgspec.Meta(pattern="^[0-9]{6}$", description='six digits in quotes, like "000000"')] = (
        "000000"  # noqa: S105 - the vendor's default
    )
    baud: Baud = 9600


def _build(settings: Settings, _: Path) -> CardTerminal:
    return CardTerminal(
        opener_of(settings.port, baud=settings.baud, stop_bits=2),
        framing="tcp" if settings.port.startswith("tcp://") else "serial",
        password=settings.password,
    )


DRIVER = Driver("card_terminal", "zvt", Settings, _build)
