"""The headphone jack: the switch of a sound device (SW_HEADPHONE_INSERT), as port ``Headphones``.

It is not grabbed: the sound system wants to hear of it too. Whether something is plugged in is asked on every
connect; a line that cannot be asked knows it only after the first change, and until then nobody does.
"""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated

import msgspec

from hardware.drivers.evdev_line import EvdevDevice
from hardware.evdev import EvdevOpener, open_evdev
from hardware.link import Trace
from hardware.protocols.evdev import EV_SW, SW_HEADPHONE_INSERT, Change, encode
from kiosk_app.devices import Driver
from kiosk_app.errors import DeviceFault

_WORDS = {True: "in use", False: "empty", None: "unknown"}


class Headphones(EvdevDevice):
    """The jack."""

    kind = EV_SW

    def __init__(
        self,
        opener: EvdevOpener,
        *,
        role: str = "headphones",
        size: int | None = None,
        trace: Trace | None = None,
    ) -> None:
        super().__init__(opener, role=role, size=size)
        self._trace = trace
        self._plug_listeners: list[Callable[[bool | None], None]] = []
        self._plugged: bool | None = None

    @property
    def plugged(self) -> bool | None:
        return self._plugged

    def watch_plug(self, listener: Callable[[bool | None], None]) -> None:
        self._plug_listeners.append(listener)

    def check(self, codes: frozenset[int]) -> None:
        if SW_HEADPHONE_INSERT not in codes:
            raise DeviceFault(self.role, "this input device has no headphone switch: wrong path")

    def settle(self, state: frozenset[int] | None) -> None:
        self._plug(None if state is None else SW_HEADPHONE_INSERT in state)

    def change(self, code: int, value: int) -> None:
        if code == SW_HEADPHONE_INSERT:
            if self._trace is not None:
                self._trace("<", encode(Change(EV_SW, code, value)))
            self._plug(bool(value))
            self.tell()

    def supplies(self) -> Mapping[str, str]:
        return {"jack": _WORDS[self._plugged]}

    def _plug(self, plugged: bool | None) -> None:
        if plugged is not self._plugged:
            self._plugged = plugged
            for listener in self._plug_listeners:
                listener(plugged)


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``path``: the input device of the jack, under a name that stays (see the technician's handbook)."""

    path: Annotated[str, msgspec.Meta(min_length=1)]


def _build(settings: Settings, folder: Path) -> Headphones:
    return Headphones(partial(open_evdev, folder / settings.path))


DRIVER = Driver(role="headphones", name="evdev", settings=Settings, build=_build)
