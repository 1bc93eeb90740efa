"""A code scanner in serial line mode: what it reads arrives as one line of text. Sans-I/O, both directions.

Wire, general knowledge of common 1D and 2D engines, whose set-up sheets choose all of it (no standard exists)::

    [prefix] data [suffix] CR | LF | CR LF

- A line belongs to one code only if it came in one go: after a silence (:meth:`CodeLines.break_off`, called by
  whoever has a clock) what has no end yet is dropped, so that two halves never make one code.
- Data is UTF-8 or, what is not that, GBK: engines pass on what the symbol holds or what they are set up to make of
  it (general knowledge). Payment codes and addresses are ASCII and read the same in both. Control and other
  invisible characters are no text: such a line is :class:`Unreadable`, as is one without its prefix or suffix.
- A line longer than :data:`LONGEST` is dropped up to its end.

A payment code is as good as money while it lives: no ``repr`` shows one, and nobody may write one down.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

LONGEST: Final = 2953 + 64
"""Bytes of a line: the most that one QR code holds (version 40-L, ISO/IEC 18004), and room for prefix and suffix."""

_END = re.compile(rb"[\r\n]")


@dataclass(frozen=True)
class Code:
    """One code, as text."""

    text: str = field(repr=False)


@dataclass(frozen=True)
class Unreadable:
    """A whole line that is no code. ``why``: ``affix`` or ``text``; never what it said."""

    why: str


class CodeLines:
    """Bytes in, codes out. ``prefix`` and ``suffix`` as the scanner is set up to send them."""

    def __init__(self, *, prefix: bytes = b"", suffix: bytes = b"") -> None:
        self._prefix, self._suffix = prefix, suffix
        self._buffer = b""
        self._too_long = False

    def feed(self, data: bytes) -> list[Code | Unreadable]:
        """The codes completed by ``data``. The LF of a CR LF ends an empty line, which is nothing."""
        *lines, rest = _END.split(self._buffer + data)
        found = []
        for line in lines:
            if line and not self._too_long and len(line) <= LONGEST:
                found.append(self._read(line))
            self._too_long = False
        self._too_long = self._too_long or len(rest) > LONGEST
        self._buffer = b"" if self._too_long else rest
        return found

    def break_off(self) -> None:
        """There was a silence: what has no end yet is no code."""
        self._buffer, self._too_long = b"", False

    def _read(self, line: bytes) -> Code | Unreadable:
        if not (line.startswith(self._prefix) and line.endswith(self._suffix)):
            return Unreadable("affix")
        text = text_of(line[len(self._prefix) : len(line) - len(self._suffix)])
        return Unreadable("text") if text is None else Code(text)


def text_of(data: bytes) -> str | None:
    """``data`` as text; None when it is none."""
    for encoding in ("utf-8", "gbk"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text if text and text.isprintable() else None
    return None


def encode(text: str, *, prefix: bytes = b"", suffix: bytes = b"", end: bytes = b"\r\n") -> bytes:
    """The other direction: the line that a scanner sends."""
    return prefix + text.encode() + suffix + end


class Kind(StrEnum):
    """What a code is, by its form."""

    WECHAT = "wechat"
    ALIPAY = "alipay"
    UNIONPAY = "unionpay"
    REFERENCE = "reference"
    OTHER = "other"


_FORMS: Final = (
    (Kind.WECHAT, re.compile(r"1[0-5][0-9]{16}")),
    (Kind.ALIPAY, re.compile(r"(?:2[5-9]|30)[0-9]{16}")),
    (Kind.UNIONPAY, re.compile(r"62[0-9]{17}")),
    (Kind.REFERENCE, re.compile(r"(?:https?://[!-~]+/)?[0-9]{20}")),
)
"""``domain.md`` 8.8 (general knowledge): 18 digits from 10-15 or 25-30, 19 from 62. Ours are 20 (decision 0007)."""


def kind_of(text: str) -> Kind:
    """What ``text`` is."""
    return next((kind for kind, form in _FORMS if form.fullmatch(text)), Kind.OTHER)
