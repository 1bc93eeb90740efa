"""The code scanner: a code is as good as money, or names a person, so every byte of one becomes a star.

What stays is that a code came, how long it is and how its line ends. The scanner hears nothing from us.
"""

from hardware.dialects.base import LineDialect

END = b"\r\n"


class CodeDialect(LineDialect):
    """Lines that tell only their length; a code of stars is of no kind that pays."""

    def clean(self, way: str, frame: bytes) -> bytes:  # noqa: ARG002
        self.person["kind"] = "other"
        return bytes(byte if byte in END else ord("*") for byte in frame)

    def note(self, way: str, frame: bytes) -> str:  # noqa: ARG002
        return f"a code of {len(frame.rstrip(END))}"
