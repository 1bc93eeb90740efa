"""The lamps at the slots: where the citizen must act now, the lamp blinks; everywhere else it is dark.

Rule: a lamp says the same as the screen, at the same moment. So it is the views that decide, on their way to the
screen: whoever writes a service says what the citizen is to do once, and knows no lamp. A cabinet without a lamp
at that slot, or no cabinet at all, changes nothing.
"""

from collections.abc import Mapping

from kiosk_app.devices import Cabinet, Lamp, TerminalNotice
from kiosk_app.fitted import ROLES
from kiosk_app.ports import Screen
from kiosk_app.through import Through
from kiosk_app.views import Done, IdleWarning, Intent, Pay, PlaceCard, View

TAKEN_FROM: Mapping[str, str] = {
    "card": "id_card_reader",
    "bank_card": "card_terminal",
    "receipt": "receipt_printer",
    "document": "document_printer",
    "chip_card": "chip_card_reader",
    "permit": "permit_unit",
}
"""Where what is named in ``Done.take`` is."""
ACT_AT_TERMINAL = frozenset(
    f"pay.title.{notice.value}"
    for notice in (
        TerminalNotice.INSERT_CARD,
        TerminalNotice.ENTER_PIN,
        TerminalNotice.WRONG_PIN,
        TerminalNotice.REMOVE_CARD,
        TerminalNotice.LOOK_AT_TERMINAL,
    )
)


def slots_of(view: View) -> frozenset[str]:
    """The roles at which the citizen must do something while ``view`` is shown."""
    match view:
        case PlaceCard(slot=slot):
            return frozenset({slot})
        case Pay(title=title) if title.id in ACT_AT_TERMINAL:
            return frozenset({"card_terminal"})
        case Done(take=take, papers=papers):
            return frozenset({*papers, *(TAKEN_FROM[what] for what in take if what in TAKEN_FROM)})
        case _:
            return frozenset()


class LampScreen(Through):
    """Shows on ``cabinet`` what the views that pass mean. Under an idle warning the question still stands."""

    def __init__(self, behind: Screen, cabinet: Cabinet) -> None:
        super().__init__(behind)
        self._cabinet = cabinet

    def put(self, view: View) -> None:
        self._light(view)
        super().put(view)

    async def show(self, view: View) -> Intent:
        self._light(view)
        return await super().show(view)

    def forget(self) -> None:
        self._blink(frozenset())
        super().forget()

    def _light(self, view: View) -> None:
        if not isinstance(view, IdleWarning):
            self._blink(slots_of(view))

    def _blink(self, slots: frozenset[str]) -> None:
        for role in ROLES:
            self._cabinet.lamp(role, Lamp.BLINK if role in slots else Lamp.OFF)
