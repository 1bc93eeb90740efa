"""The card reader and the PIN pad of a UnionPay kiosk library: where the card is, what was typed, and the hands.

The library counts keys and never tells them (``domain.md`` 8.5). A card in the slot is drawn in by an open reader only.
"""

from hardware.protocols.umsips import CardPlace, Key
from hardware.simulators.base import hand
from hardware.simulators.card_terminal_ledger import CARDS, BankCard
from hardware.simulators.card_terminal_stages import StagedTerminal


class UmsReader(StagedTerminal):
    """``full_numbers``: it shows whole card numbers."""

    def __init__(self, *, seed: int = 0, full_numbers: bool = False) -> None:
        super().__init__(seed=seed)
        self.swallowed: list[BankCard] = []
        self._full_numbers = full_numbers
        self._open = self._inside = False
        self._keys: list[str] = []
        self._pin = self._typed = ""

    @property
    def working(self) -> bool:
        """Whether somebody pays: the reader is open."""
        return self._open

    @property
    def _present(self) -> BankCard | None:
        return (self.card if self._inside else None) or (self.tapped if self._open else None)

    def _place(self) -> CardPlace:
        if self._inside and self.card is not None:
            return CardPlace.INSIDE
        if self.card is not None:
            return CardPlace.MOUTH
        return CardPlace.CONTACTLESS if self._open and self.tapped is not None else CardPlace.NONE

    def _number(self) -> str:
        card = self._present
        return "" if card is None else card.number.replace("EEEEEE", "123456" if self._full_numbers else "******")

    async def _move(self, op: str) -> int:
        match op:
            case "enter":
                self._open = True
                self._inside = self.card is not None
                await self.reach("card")
                return 2
            case "pin":
                self._keys.clear()
                self._pin = self._typed = ""
                await self.reach("pin")
            case "block":
                self._pin = self._typed
            case "eject":
                self._inside = self._open = False
            case "swallow" if self.card is not None:
                self.swallowed.append(self.card)
                self.card = None
            case "close":
                self._open = False
                self.tapped = None
        return 0

    # --- the citizen's hands ---

    @hand("insert bank card")
    def insert(self, card: str = "sample") -> None:
        """Put a card into the slot; an open reader draws it in."""
        self.card = CARDS[card]
        self._inside = self._open

    @hand("tap bank card")
    def tap(self, card: str = "sample") -> None:
        """Hold a card to the reader."""
        self.tapped = CARDS[card]

    @hand("type PIN")
    def type_pin(self, pin: str = "123456") -> None:
        """Type a PIN and confirm."""
        self._typed = str(pin)
        self._keys += [*(Key.DIGIT for _ in str(pin)), Key.OK]

    @hand("press key (back/clear/cancel/ok/time_out)")
    def press(self, key: str = "cancel") -> None:
        """Press a key of the PIN pad that is no digit."""
        self._keys.append(Key[key.upper()])
        self._typed = {"back": self._typed[:-1], "clear": ""}.get(key, self._typed)

    @hand("press a digit")
    def press_digit(self, digit: str = "1") -> None:
        """Press a digit."""
        self._keys.append(Key.DIGIT)
        self._typed += str(digit)

    @hand("press cancel")
    def press_cancel(self) -> None:
        """Press the red key."""
        self.press("cancel")

    @hand("remove bank card")
    def remove_card(self) -> None:
        """Take the card out, by force if need be."""
        self.card = None
        self._inside = False
