"""Recordings: what was said on a wire, cleaned of people, as a text that one can read, compare and replay.

::

    kiosk wire recording 1
    role       id_card_reader
    driver     sdt
    line       serial
    verb       read                 what the driver was told to do, and with what
    given      {}
    when       2026-11-25T17:00:00Z
    software   yimen-kiosk 0.1.0
    device     simulated            or what the technician calls it

    +        0                      a line is there; ``-``: it is lost
    >        2  aaaaaa9669000310ffec  ; reset
    <       23  aaaaaa9669000400009094  ; 90 success

    unwritten  {">": 0, "<": 17}    bytes that were not understood: they are nowhere
    outcome    {"ok": true}

Milliseconds since the start, then hex; a frame longer than 32 bytes goes on in the next lines. The raw bytes live in
memory until the verb is over (:class:`Tape`); the cleaning is a :class:`~hardware.dialects.Dialect`'s. Of the verb's
facts only those that name nobody are kept, or the sample's in their place.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hardware.dialects import Dialect

TITLE = "kiosk wire recording 1"
WIDTH = 32
MOST = 16 * 1024 * 1024
"""Bytes that a tape keeps; what comes later is counted as unwritten."""
KEPT = frozenset(
    {
        "ok", "error", "state", "states", "reason", "supplies", "outcome", "kind", "media", "endorsed",
        "approved", "result", "amount", "trace", "receipt_no", "reverses", "reversed", "last", "count", "terminal_said",
        "diagnosis", "doors", "tampered", "temperature", "on_mains", "charge", "low", "length",
    }
)  # fmt: skip
"""Facts that name nobody."""
NEEDED = frozenset({"role", "driver", "line", "verb", "given"})
"""Words of the head without which nobody can replay it."""
_WORD = re.compile(r"[a-z]+")
_ENTRY = re.compile(r"(?P<way>[-+<>]) +(?P<at>[0-9]{1,12})(?P<hex>[ 0-9a-f]*)(?:; (?P<note>.*))?")


class BadRecording(ValueError):
    """The text is no recording; says in which line."""


@dataclass(frozen=True)
class Entry:
    """One frame, ``>`` from the kiosk or ``<`` to it, or a line that came (``+``) or went (``-``); ``at`` in ms."""

    way: str
    at: int
    data: bytes = b""
    note: str = ""


@dataclass(frozen=True)
class Recording:
    """``head``: role, driver, line, verb, given, when, software, device; ``outcome``: what the verb came to."""

    head: Mapping[str, str]
    entries: tuple[Entry, ...]
    outcome: Mapping[str, Any]
    unwritten: Mapping[str, int] = field(default_factory=dict)

    def text(self) -> str:
        """The file."""
        rows = [TITLE, *(f"{name:<10} {value}".rstrip() for name, value in self.head.items()), ""]
        for entry in self.entries:
            first, *more = [entry.data[at : at + WIDTH].hex() for at in range(0, len(entry.data), WIDTH)] or [""]
            note = f"  ; {entry.note}" if entry.note else ""
            rows.append(f"{entry.way} {entry.at:>8}  {first}{note}".rstrip())
            rows += [" " * 12 + piece for piece in more]
        ends = {"unwritten": self.unwritten, "outcome": self.outcome}
        return "\n".join([*rows, "", *(f"{name:<10} {_json(value)}" for name, value in ends.items()), ""])

    @classmethod
    def parse(cls, text: str) -> "Recording":
        """Raises BadRecording."""
        title, *rows = text.split("\n")
        if title != TITLE:
            raise BadRecording(f"line 1: not {TITLE!r}")
        words: dict[str, str] = {}
        heads: list[tuple[str, int, str]] = []
        pieces: list[bytearray] = []
        for number, row in enumerate(rows, 2):
            if row.startswith(" ") and pieces:
                pieces[-1] += _hex(row, number)
            elif found := _ENTRY.fullmatch(row):
                heads.append((found["way"], int(found["at"]), (found["note"] or "").strip()))
                pieces.append(bytearray(_hex(found["hex"], number)))
            elif row:
                name, _, value = row.partition(" ")
                if not _WORD.fullmatch(name):
                    raise BadRecording(f"line {number}: neither a frame nor a word of the head")
                words[name] = value.strip()
        unwritten, outcome = _object(words, "unwritten"), _object(words, "outcome")
        if absent := NEEDED - words.keys():
            raise BadRecording(f"no {', '.join(sorted(absent))}")
        if not all(isinstance(count, int) for count in unwritten.values()):
            raise BadRecording("unwritten counts bytes")
        entries = tuple(Entry(way, at, bytes(data), note) for (way, at, note), data in zip(heads, pieces, strict=True))
        return cls(words, entries, outcome, unwritten)


def _object(words: dict[str, str], name: str) -> dict[str, Any]:
    """The JSON object under this name, which is taken out. Raises BadRecording."""
    try:
        found = json.loads(words.pop(name))
    except (KeyError, ValueError, RecursionError) as error:
        raise BadRecording(f"no whole end: {error}") from error
    if not isinstance(found, dict):
        raise BadRecording(f"{name} is no object")
    return found


def _hex(text: str, number: int) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise BadRecording(f"line {number}: {error}") from error


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


class Tape:
    """Hears a link (:data:`hardware.link.TAP`). What it holds is personal: it is developed, or dropped."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now, self._start = now, now()
        self._heard: list[tuple[str, int, bytes]] = []
        self._size = self._lost = 0

    def __call__(self, way: str, data: bytes) -> None:
        self._size += len(data)
        if self._size > MOST:
            self._lost += len(data)
        else:
            self._heard.append((way, round((self._now() - self._start) * 1000), data))

    def develop(self, dialect: Dialect[Any], head: Mapping[str, str], facts: Mapping[str, Any]) -> Recording:
        """The recording, and an empty tape."""
        entries = tuple(self._entries(dialect))
        self._heard.clear()
        unwritten = {**dialect.unwritten, **({"after the tape's end": self._lost} if self._lost else {})}
        return Recording(head, entries, clean_facts(facts, dialect.person), unwritten)

    def _entries(self, dialect: Dialect[Any]) -> Iterator[Entry]:
        for way, at, data in self._heard:
            if way in "+-":
                dialect.renew()
                yield Entry(way, at)
            else:
                for said in dialect.hear(way, data):
                    yield Entry(way, at, said.data, said.note)


def clean_facts(facts: Mapping[str, Any], person: Mapping[str, str]) -> dict[str, Any]:
    """What may be kept of a verb's facts, as JSON has it: what names nobody, and of the sample person what was told."""
    kept = {name: person.get(name, fact) for name, fact in facts.items() if name in KEPT or name in person}
    clean: dict[str, Any] = json.loads(json.dumps(kept, default=str))
    return clean
