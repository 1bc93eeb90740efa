"""Chip cards as they answer APDUs, and sample ones: what both simulated readers hold in their slot.

A card is bytes to bytes. Its habits are those of real ones: READ RECORD by tag only, by number only (with the short
file id, or only after SELECT), or both; ``61 xx`` / ``6C xx`` as with T=0 or whole answers as with T=1; a name
extension that shifts the records; a PIN with tries. It obeys the standard and not our driver: what it does not know
is 6D 00, 6A 82, 6A 83 or 6A 86. Holders are the sample citizens; no authority ever issued these cards.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from hardware.protocols.social_card import CARD_FILE, DIRECTORY, FIELDS, HOLDER_FILE

ATR = bytes.fromhex("3B6800000073C84013009000")
TRIES = 3
OK = bytes.fromhex("9000")
NOT_FOUND, NO_RECORD, WRONG_P1P2 = (bytes.fromhex(status) for status in ("6A82", "6A83", "6A86"))
NO_CURRENT_FILE, WRONG_LENGTH, UNKNOWN = (bytes.fromhex(status) for status in ("6986", "6700", "6D00"))


class Style(Enum):
    """How READ RECORD is understood."""

    TAG = auto()
    NUMBER = auto()
    BOTH = auto()


Records = Mapping[int, tuple[tuple[int, bytes], ...]]


def records_of(
    *, name: str, number: str, sex: str, card_number: str, version: str = "2.00", extension: str | None = None
) -> Records:
    """The two files of a sample card, in the order in which they lie there."""
    texts = {
        0x01: bytes.fromhex("440700") + bytes(range(13)),
        0x02: b"3",
        0x03: version.encode(),
        0x04: bytes.fromhex("91560000023744070044070A"),
        0x05: bytes.fromhex("20200518"),
        0x06: bytes.fromhex("20300518"),
        0x07: card_number.encode(),
        0x08: number.encode(),
        0x09: name.encode("gbk"),
        0x4E: (extension or "").encode("gbk"),
        0x0A: sex.encode(),
        0x0B: b"\x01",
        0x0C: bytes.fromhex("440703"),
        0x0D: bytes.fromhex(number[6:14]),
    }
    rows = {tag: (tag, text.ljust(FIELDS[tag].size, b"\0")) for tag, text in texts.items()}
    if extension is None:
        del rows[0x4E]
    files = (CARD_FILE, HOLDER_FILE)
    return {file: tuple(row for tag, row in rows.items() if FIELDS[tag].file == file) for file in files}


@dataclass
class ChipCard:
    """One card. ``files`` None: no social-security directory (a bank card). ``mute``: no answer to reset.

    ``key`` is the sample's name.
    """

    files: Records | None = field(repr=False)
    style: Style = Style.BOTH
    short_ids: bool = True
    fetches: bool = True
    pin: str = field(default="123456", repr=False)
    tries: int = TRIES
    mute: bool = False
    verified: bool = False
    key: str = ""
    heard: list[bytes] = field(default_factory=list, repr=False)
    """Headers of the commands it got, for tests: never their data."""
    _directory: bool = field(default=False, repr=False)
    _file: int | None = field(default=None, repr=False)
    _rest: bytes = field(default=b"", repr=False)

    def reset(self) -> None:
        """Power off, power on: nothing selected, nothing verified."""
        self.verified = self._directory = False
        self._file, self._rest = None, b""

    def answer(self, command: bytes) -> bytes:
        """One APDU in, one out."""
        self.heard.append(command[:4])
        if len(command) < 4:
            return WRONG_LENGTH
        work = {0xA4: self._select, 0xB2: self._read, 0x20: self._verify, 0xC0: self._get, 0x84: self._challenge}
        do = work.get(command[1])
        return UNKNOWN if do is None or command[0] != 0 else do(command)

    def _select(self, command: bytes) -> bytes:
        p1, data = command[2], command[5 : 5 + command[4]] if len(command) > 5 else b""
        if p1 == 0x04:
            self._directory = self.files is not None and data == DIRECTORY
            self._file = None
            return self._give(b"\x6f\x11\x84\x0f" + DIRECTORY) if self._directory else NOT_FOUND
        file = int.from_bytes(data, "big")
        if self.files is None or not self._directory or file not in self.files:
            return NOT_FOUND
        self._file = file
        return OK

    def _read(self, command: bytes) -> bytes:
        p1, p2 = command[2], command[3]
        allowed = {Style.TAG: {0}, Style.NUMBER: {4}, Style.BOTH: {0, 4}}[self.style]
        if p2 & 0x07 not in allowed or (p2 >> 3 and not self.short_ids):
            return WRONG_P1P2
        rows = self._rows(p2 >> 3)
        if rows is None:
            return NO_CURRENT_FILE
        row = next((row for row in rows if row[0] == p1), None) if p2 & 7 == 0 else dict(enumerate(rows, 1)).get(p1)
        if row is None:
            return NO_RECORD
        data = bytes([row[0], len(row[1])]) + row[1]
        asked = command[4] if len(command) > 4 else 0
        return data + OK if asked == len(data) or not self.fetches else bytes([0x6C, len(data)])

    def _rows(self, short_id: int) -> tuple[tuple[int, bytes], ...] | None:
        """The records of the file with this short id, or of the selected one."""
        if self.files is None or not self._directory:
            return None
        if short_id:
            return next((rows for file, rows in self.files.items() if file & 0xFF == short_id), None)
        return self.files.get(self._file or 0)

    def _verify(self, command: bytes) -> bytes:
        if not self._directory:
            return NO_CURRENT_FILE
        if not self.tries:
            return bytes.fromhex("6983")
        if len(command) > 5:
            self.verified = command[5:] == bytes.fromhex(self.pin)
            self.tries = TRIES if self.verified else self.tries - 1
        return OK if self.verified else bytes([0x63, 0xC0 | self.tries])

    def _give(self, data: bytes) -> bytes:
        if not self.fetches:
            return data + OK
        self._rest = data
        return bytes([0x61, len(data)])

    def _get(self, command: bytes) -> bytes:
        data, self._rest = self._rest, b""
        return data + OK if data and command[4:5] == bytes([len(data)]) else WRONG_LENGTH

    def _challenge(self, _: bytes) -> bytes:
        return bytes.fromhex("0123456789ABCDEF") + OK


_ZHANG = records_of(name="张样本", number="440703199003070013", sex="1", card_number="A00000001")
_LI = records_of(
    name="李样本李样本李样本李样本李样本",
    extension="之样本",
    number="440703195501010023",
    sex="2",
    card_number="B00000002",
)
_WANG = records_of(name="王样本", number="11010519491231002X", sex="2", card_number="C00000003", version="3.00")
SAMPLES: Mapping[str, ChipCard] = {
    "zhang": ChipCard(_ZHANG),
    "zhang by tag": ChipCard(_ZHANG, style=Style.TAG),
    "zhang by number": ChipCard(_ZHANG, style=Style.NUMBER, short_ids=False),
    "li": ChipCard(_LI, style=Style.NUMBER),
    "wang": ChipCard(_WANG, fetches=False),
    "wang blocked": ChipCard(_WANG, tries=0),
    "bank card": ChipCard(None),
    "wrong way round": ChipCard(_ZHANG, mute=True),
}


def sample(name: str) -> ChipCard:
    """A new card of that name. ValueError names the known ones."""
    if name not in SAMPLES:
        raise ValueError(f"card: one of {', '.join(SAMPLES)}")
    return replace(SAMPLES[name], key=name, heard=[])


def holders() -> Iterator[tuple[str, str]]:
    """Name of each sample card and what it is, for the bench."""
    for name, card in SAMPLES.items():
        yield name, card.style.name.lower() if card.files else "no social-security card"
