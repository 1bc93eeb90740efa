"""The speaker: says a sentence aloud or into headphones, never two at once, and never keeps anybody waiting."""

from typing import Protocol

from kiosk_app.devices.base import Device


class Speaker(Device, Protocol):
    """Condition: NO_DEVICE ``no_sound_card`` or ``no_voice``: then everything is said to nobody, and nothing fails."""

    @property
    def aloud(self) -> bool:
        """Whether sentences that hold nothing personal may be heard by the room (the operator's decision)."""

    def say(self, text: str, language: str) -> None:
        """Say ``text`` in ``language`` (``zh_CN``, ``en``) now, instead of what is being said. Never waits or fails."""

    def quiet(self) -> None:
        """Say no more. Never waits or fails."""
