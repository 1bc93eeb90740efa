"""The NUT network protocol (RFC 9271), version 1.3 of it: what a reader of variables needs. Sans-I/O, both directions.

Lines of words, ended by LF; a word with spaces stands in double quotes, where a backslash protects a quote or a
backslash (RFC 9271, 4.1). Questions: ``VER``, ``GET VAR ups name``, ``LIST VAR ups``, ``LOGOUT``. Answers::

    VAR <ups> <name> "<value>"        BEGIN LIST VAR <ups> ... END LIST VAR <ups>        ERR <code>        OK

Whatever else a line says comes as its words (:class:`Line`) and is the reader's to ignore. A line longer than
:data:`LONGEST` is dropped up to its end.
"""

from dataclasses import dataclass
from typing import Final

LONGEST: Final = 1024
"""Bytes of a line; upsd's own limit is 512 for what it reads."""

STALE: Final = frozenset({"DATA-STALE", "DRIVER-NOT-CONNECTED"})
"""Error codes with which upsd says that it has lost the UPS itself; it may come back."""


@dataclass(frozen=True)
class Var:
    """The value of one variable."""

    ups: str
    name: str
    value: str


@dataclass(frozen=True)
class ListBegins:
    """From here on each :class:`Var` belongs to the list of ``ups``."""

    ups: str


@dataclass(frozen=True)
class ListEnds:
    """The list of ``ups`` is complete."""

    ups: str


@dataclass(frozen=True)
class Refused:
    """``ERR``: the code, such as ``UNKNOWN-UPS``."""

    code: str


@dataclass(frozen=True)
class Line:
    """Any other line, as its words. Everything that a server hears is one."""

    words: tuple[str, ...]


Answer = Var | ListBegins | ListEnds | Refused | Line


class NutLines:
    """Bytes in, lines out."""

    def __init__(self) -> None:
        self._buffer = b""
        self._too_long = False

    def feed(self, data: bytes) -> list[Answer]:
        """The lines completed by ``data``."""
        *lines, rest = (self._buffer + data).split(b"\n")
        answers = []
        for line in lines:
            if not self._too_long and len(line) <= LONGEST:
                answers.append(_answer(words_of(line.decode("utf-8", "replace"))))
            self._too_long = False
        self._too_long = self._too_long or len(rest) > LONGEST
        self._buffer = b"" if self._too_long else rest
        return answers


def words_of(line: str) -> tuple[str, ...]:
    """A line's words. A quote that is never closed ends with the line."""
    words: list[str] = []
    word: str | None = None
    quoted = protected = False
    for char in line.rstrip("\r"):
        if protected:
            word, protected = (word or "") + char, False
        elif char == "\\":
            word, protected = word or "", True
        elif char == '"':
            word, quoted = word or "", not quoted
        elif char.isspace() and not quoted:
            if word is not None:
                words.append(word)
            word = None
        else:
            word = (word or "") + char
    return (*words, word) if word is not None else tuple(words)


def quote(word: str) -> str:
    """A word as it stands in a line. Raises ValueError when it holds a line's end."""
    if "\n" in word or "\r" in word:
        raise ValueError("a word cannot hold a line's end")
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _word(word: str) -> str:
    """A word that needs no quotes stands without them, as upsd says it."""
    return word if words_of(word) == (word,) else quote(word)


def list_vars(ups: str) -> bytes:
    """Ask for every variable of ``ups``."""
    return f"LIST VAR {quote(ups)}\n".encode()


def get_var(ups: str, name: str) -> bytes:
    """Ask for one variable."""
    return f"GET VAR {quote(ups)} {quote(name)}\n".encode()


def encode(answer: Answer) -> bytes:
    """The other direction: the line that a server says. Raises ValueError when a word holds a line's end."""
    match answer:
        case Var(ups, name, value):
            line = f"VAR {_word(ups)} {_word(name)} {quote(value)}"
        case ListBegins(ups):
            line = f"BEGIN LIST VAR {_word(ups)}"
        case ListEnds(ups):
            line = f"END LIST VAR {_word(ups)}"
        case Refused(code):
            line = f"ERR {_word(code)}"
        case Line(words):
            line = " ".join(map(_word, words))
    return line.encode() + b"\n"


def _answer(words: tuple[str, ...]) -> Answer:
    match words:
        case ("VAR", ups, name, value):
            return Var(ups, name, value)
        case ("BEGIN", "LIST", "VAR", ups):
            return ListBegins(ups)
        case ("END", "LIST", "VAR", ups):
            return ListEnds(ups)
        case ("ERR", code, *_):
            return Refused(code)
        case _:
            return Line(words)
