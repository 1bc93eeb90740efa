"""The records of the UnionPay kiosk library (银联商务 "MIS-POS", ``UMS_TransCard``): 1095 bytes to it, 1164 bytes back.

Source of both layouts, of the types and of fen as the unit: ``domain.md`` 8.5 (one complete kiosk program, and
several public declarations of the same records that agree with it). Every field has a fixed width; bytes are GBK.

Rules.

- To the library: type and amount are numbers padded with zeros on the left, everything else is padded with spaces on
  the left. An original is named by trace and batch (a void), never by a card.
- From the library nothing is believed before its length, its code and its *echo* are right: the three characters of
  the field called LRC are ours and must come back. (That they are an echo and no checksum is general knowledge,
  ``domain.md`` section 11: no program read computes them, all send three fixed ones.) An answer without our echo
  answers another question. NUL bytes count as padding: libraries write C strings.
- A card number leaves :func:`redact` masked (first six, last four), whatever the library thought of it: one program
  shows a whole number in this field.

Standard library only.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

REQUEST_FIELDS = (
    ("counter", 8),
    ("operator", 8),
    ("kind", 2),
    ("amount", 12),
    ("trace", 6),
    ("date", 8),
    ("reference", 12),
    ("authorisation", 6),
    ("batch", 6),
    ("memo", 1024),
    ("echo", 3),
)
RESPONSE_FIELDS = (
    ("code", 2),
    ("text", 40),
    ("card", 20),
    ("amount", 12),
    ("trace", 6),
    ("batch", 6),
    ("date", 4),
    ("time", 6),
    ("reference", 12),
    ("authorisation", 6),
    ("merchant", 15),
    ("terminal", 8),
    ("memo", 1024),
    ("echo", 3),
)
REQUEST_SIZE = sum(width for _, width in REQUEST_FIELDS)
RESPONSE_SIZE = sum(width for _, width in RESPONSE_FIELDS)
ECHO = 3
MOST = 10**12 - 1
"""Fen: twelve digits."""


class UmsError(ValueError):
    """What came is no record of this library, or no answer to our question."""


class Kind(StrEnum):
    """Types of transaction (table of ``domain.md`` 8.5)."""

    SALE = "00"
    VOID = "01"
    REFUND = "02"
    BALANCE = "03"
    SETTLE = "04"
    SIGN_IN = "05"
    REVERSAL = "06"


class CardPlace(StrEnum):
    """What UMS_CheckCard says in its one byte."""

    MOUTH = "\x34"
    NONE = "\x35"
    INSIDE = "\x37"
    CONTACTLESS = "\x38"
    CONTACTLESS_ONLINE = "\x39"


class Key(StrEnum):
    """What UMS_GetOnePass says in its one byte: that a key was pressed, never which digit."""

    TIME_OUT = "\x02"
    BACK = "\x08"
    OK = "\x0d"
    CANCEL = "\x1b"
    DIGIT = "\x2a"
    CLEAR = "\x3c"
    NOTHING = "\xff"


# --- to the library --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Request:
    """One transaction to ask for. ``amount`` in fen; ``trace`` and ``batch`` name the original of a void."""

    kind: Kind
    amount: int = 0
    trace: str = ""
    batch: str = ""
    echo: str = " " * ECHO
    counter: str = ""
    operator: str = ""

    def encode(self) -> bytes:
        """1095 bytes. Raises ValueError for what does not fit its field."""
        if not 0 <= self.amount <= MOST:
            raise ValueError(f"an amount has twelve digits of fen: {self.amount}")
        if len(self.echo) != ECHO:
            raise ValueError("an echo has three characters")
        values = {**self.__dict__, "amount": f"{self.amount:012d}"}
        return b"".join(_field(name, str(values.get(name, "")), width) for name, width in REQUEST_FIELDS)


def _field(name: str, value: str, width: int) -> bytes:
    data = value.encode("ascii", "strict") if value.isascii() else b""
    if len(data) > width or len(data) != len(value) or not value.isprintable():
        raise ValueError(f"{name} takes {width} printable ASCII characters")
    return data.rjust(width)


def decode_request(data: bytes) -> Request:
    """What a request asks for: the library's side. Raises UmsError."""
    fields = _split(data, REQUEST_FIELDS)
    try:
        kind = Kind(_plain(fields["kind"]))
    except ValueError as error:
        raise UmsError("no such type") from error
    return Request(
        kind,
        _number(fields, "amount"),
        trace=_plain(fields["trace"]),
        batch=_plain(fields["batch"]),
        echo=fields["echo"].decode("ascii", "replace"),
        counter=_plain(fields["counter"]),
        operator=_plain(fields["operator"]),
    )


# --- from the library ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Response:
    """One answer. ``code`` is a key of :mod:`umsips_codes`; strings are stripped; ``day`` is MMDD, without a year.

    ``trace``, ``amount`` (fen) are 0 when the library left them empty.
    """

    code: str
    text: str = ""
    card: str = ""
    amount: int = 0
    trace: int = 0
    batch: str = ""
    day: str = ""
    time: str = ""
    reference: str = ""
    authorisation: str = ""
    merchant: str = ""
    terminal: str = ""
    echo: str = ""

    def encode(self) -> bytes:
        """1164 bytes: the library's side."""
        values = {
            **{name: value for name, value in self.__dict__.items() if isinstance(value, str)},
            "amount": f"{self.amount:012d}",
            "trace": f"{self.trace:06d}" if self.trace else "",
            "date": self.day,
        }
        return b"".join(values.get(name, "").encode("gbk")[:width].ljust(width) for name, width in RESPONSE_FIELDS)


def decode_response(data: bytes, echo: str | None) -> Response:
    """The answer to the request that had ``echo``; None: this library does not echo. Raises UmsError."""
    fields = _split(data, RESPONSE_FIELDS)
    code = _plain(fields["code"])
    if not re.fullmatch(r"[0-9A-Z]{2}", code):
        raise UmsError("no response code")
    if echo is not None and fields["echo"] != echo.encode("ascii"):
        raise UmsError("not the echo of this request")
    return Response(
        code,
        text=_text(fields["text"]),
        card=_plain(redact(data)[42:62]),
        amount=_number(fields, "amount"),
        trace=_number(fields, "trace"),
        batch=_plain(fields["batch"]),
        day=_plain(fields["date"]),
        time=_plain(fields["time"]),
        reference=_plain(fields["reference"]),
        authorisation=_plain(fields["authorisation"]),
        merchant=_plain(fields["merchant"]),
        terminal=_plain(fields["terminal"]),
        echo=_plain(fields["echo"]),
    )


def local_day(day: str, today: date) -> date:
    """The date of an MMDD, in the year that brings it nearest to ``today`` (the kiosk's, where the bank is).

    So an answer of 31 December read on 1 January is of last year, and one of a bank whose clock is ahead is of the
    next. Raises UmsError for what is no date.
    """
    if not re.fullmatch(r"\d{4}", day, re.ASCII):
        raise UmsError("no date")
    found = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            found.append(datetime.strptime(f"{year}{day}", "%Y%m%d").date())  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    if not found:
        raise UmsError("no such day")
    return min(found, key=lambda candidate: abs(candidate - today))


# --- card numbers ----------------------------------------------------------------------------------------------

_RUN = re.compile(rb"[0-9](?:[ -]?[0-9]){12,}")
"""What may be a card number, also in groups of four: thirteen digits or more."""


def mask(text: bytes) -> bytes:
    """``text`` with every card number masked in place; its length stays."""
    return _RUN.sub(lambda found: found[0][:6] + b"*" * (len(found[0]) - 10) + found[0][-4:], text)


def redact(response: bytes) -> bytes:
    """A response of which only masked numbers are left: card, text and memo."""
    parts, at = [], 0
    for name, width in RESPONSE_FIELDS:
        part = response[at : at + width]
        part = mask(part) if name in {"text", "card", "memo"} else part
        parts.append(_ten_digits(part) if name == "card" else part)
        at += width
    return b"".join(parts)


def _ten_digits(card: bytes) -> bytes:
    """The field of the card number, which is one also where a byte of it is broken: first six and last four digits."""
    at = [place for place, byte in enumerate(card) if byte in b"0123456789"]
    hidden = set(at[6:-4]) if len(at) > 10 else set()
    return bytes(ord("*") if place in hidden else byte for place, byte in enumerate(card))


# --- fields ----------------------------------------------------------------------------------------------------


def _split(data: bytes, layout: tuple[tuple[str, int], ...]) -> dict[str, bytes]:
    size = sum(width for _, width in layout)
    if len(data) != size:
        raise UmsError(f"{len(data)} bytes, not {size}")
    fields, at = {}, 0
    for name, width in layout:
        fields[name] = data[at : at + width]
        at += width
    return fields


def _plain(field: bytes) -> str:
    """ASCII of a field; what is not printable is shown as a question mark, NULs are padding."""
    text = field.replace(b"\0", b" ").decode("ascii", "replace").strip()
    return "".join(char if " " <= char <= "~" else "?" for char in text)


def _text(field: bytes) -> str:
    """Chinese for a log. A cut half of a character at the end is dropped."""
    text = mask(field.partition(b"\0")[0]).decode("gbk", "ignore")
    return "".join(char for char in text if char.isprintable()).strip()


def _number(fields: dict[str, bytes], name: str) -> int:
    text = _plain(fields[name])
    if text and not re.fullmatch(r"[0-9]+", text):
        raise UmsError(f"{name} is no number")
    return int(text or "0")
