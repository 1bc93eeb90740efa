"""IPP as far as pycups cannot go: one Get-Printer-Attributes and the octet strings of its answer (RFC 8010, 3).

Trays and supplies of a printer are octet strings (PWG 5100.13), ``type=...;maxcapacity=250;level=120;...``, and pycups
2.0.4 reads every octet string as "unknown value" (tried). Everything else of a printer is asked through pycups.

    message     version (2) operation or status (2) request id (4) groups... 03
    group       begin tag (00-0F), attributes
    attribute   value tag (10-FF) name length (2) name value length (2) value; a further value has an empty name
"""

from collections.abc import Iterator, Mapping, Sequence

VERSION, GET_PRINTER_ATTRIBUTES = b"\x02\x00", b"\x00\x0b"
OPERATION, END = 0x01, 0x03
OCTETS, KEYWORD, URI, CHARSET, LANGUAGE = 0x30, 0x44, 0x45, 0x47, 0x48
LARGEST = 1 << 20
"""Bytes of an answer; real ones have some hundred."""


class BadIpp(ValueError):
    """Not an IPP message, or one that was cut."""


def ask_attributes(printer: str, names: Sequence[str]) -> bytes:
    """The request for attributes ``names`` of the printer with this URI."""
    wanted = [(KEYWORD, "requested-attributes" if n == 0 else "", name) for n, name in enumerate(names)]
    attributes = [
        (CHARSET, "attributes-charset", "utf-8"),
        (LANGUAGE, "attributes-natural-language", "en"),
        (URI, "printer-uri", printer),
        *wanted,
    ]
    body = b"".join(bytes([tag]) + _sized(name) + _sized(value) for tag, name, value in attributes)
    return VERSION + GET_PRINTER_ATTRIBUTES + b"\x00\x00\x00\x01" + bytes([OPERATION]) + body + bytes([END])


def _sized(word: str) -> bytes:
    data = word.encode()
    return len(data).to_bytes(2, "big") + data


def octet_strings(answer: bytes) -> Mapping[str, list[str]]:
    """Every octet string of an answer by attribute, read as Latin-1. Raises BadIpp."""
    if len(answer) > LARGEST:
        raise BadIpp("too large")
    found: dict[str, list[str]] = {}
    for name, tag, value in _attributes(answer):
        if tag == OCTETS:
            found.setdefault(name, []).append(value.decode("latin-1"))
    return found


def _attributes(answer: bytes) -> Iterator[tuple[str, int, bytes]]:
    at, name = 8, ""
    while True:
        tag = _take(answer, at, 1)[0]
        at += 1
        if tag == END:
            return
        if tag < 0x10:
            name = ""
            continue
        word, at = _field(answer, at)
        value, at = _field(answer, at)
        name = word.decode("latin-1") or name
        yield name, tag, value


def _field(answer: bytes, at: int) -> tuple[bytes, int]:
    length = int.from_bytes(_take(answer, at, 2), "big")
    return _take(answer, at + 2, length), at + 2 + length


def _take(answer: bytes, at: int, count: int) -> bytes:
    taken = answer[at : at + count]
    if len(taken) < count:
        raise BadIpp("cut short")
    return taken


def facts(words: str) -> Mapping[str, str]:
    """``type=toner;level=63;...`` as names and values; what is no such pair is left out."""
    pairs = (word.partition("=") for word in words.split(";"))
    return {name.strip(): value for name, equals, value in pairs if equals}
