"""Every response code of the UnionPay kiosk library, as a row: what it means for the money, citizen and operator.

The list is ``domain.md`` 8.7, completed from the table of the program named in 8.5. Two digits are the bank's and
mean what they mean behind any terminal, so their words are those of :mod:`zvt_codes`; codes with a letter are the
library's own. Here stands what a ZVT terminal decides by itself and this library leaves to us: the *outcome*.

- ``approved``: booked. ``declined``: nothing was booked, and nothing needs to be undone.
- ``unknown``: it may have been booked. The library lost the bank's answer, or failed after it had sent the request
  (unpacking the answer, checking its MAC, the card's own decision after the bank's). Reversal.
- ``out of service``: nothing was booked, and nobody can pay before a person has acted.

A code nobody listed is the bank's refusal when it is a number (as for ZVT) and ``unknown`` when it is not: money
first. ``sign_in``: the work keys are worth nothing; signing in again mends it.
"""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from hardware.protocols import zvt_codes as words
from hardware.protocols.zvt_codes import BANK, CONTRACT, NETWORK, NOTHING, READER, SET_UP


class Outcome(StrEnum):
    """What a code says of the money."""

    APPROVED = "approved"
    DECLINED = "declined"
    UNKNOWN = "unknown"
    OUT_OF_SERVICE = "out of service"


@dataclass(frozen=True)
class Row:
    """One response code. ``sentence`` is the citizen's text id, ``operator`` what the person who can act does."""

    meaning: str
    outcome: Outcome
    sentence: str
    operator: str
    sign_in: bool = False


SIGN_IN = "Nothing to do; the kiosk signs in again by itself."
PIN_PAD = "Check the PIN pad's cable; if it stays, have the PIN pad replaced."
VENDOR = "Call the bank's terminal service with this code."

APPROVED = "00"
ALREADY_VOIDED, SETTLED = "X5", "X4"
NOTHING_TO_REVERSE = frozenset({"25", "2U", "Y4", "V0", ALREADY_VOIDED})
"""Answers to a reversal that end it as well as 00 does: nothing (more) is booked. 2U: the library has no reversal
record, so it sent nothing. 25 from the bank: it never saw the request; terminals end a reversal on it [general
knowledge; the program of ``domain.md`` 8.5 takes 00 only]."""

_BANK_UNKNOWN = frozenset({"09", "68", "91", "92", "94", "96", "98"})
_BANK_CLOSED = frozenset({"03", "97"})
_BANK_SIGN_IN = frozenset({"58", "77", "99"})


def _bank(code: int) -> Row:
    row, key = words.result(code), f"{code:02d}"
    if key in _BANK_UNKNOWN:
        return Row(row.meaning, Outcome.UNKNOWN, row.sentence, row.operator)
    if key in _BANK_SIGN_IN:
        return Row(row.meaning, Outcome.DECLINED, words.TERMINAL, SIGN_IN, sign_in=True)
    outcome = Outcome.OUT_OF_SERVICE if key in _BANK_CLOSED else Outcome.DECLINED
    return Row(row.meaning, outcome, row.sentence, row.operator)


def _declined(meaning: str, sentence: str = words.TERMINAL, operator: str = VENDOR) -> Row:
    return Row(meaning, Outcome.DECLINED, sentence, operator)


def _unknown(meaning: str, operator: str = NETWORK) -> Row:
    return Row(meaning, Outcome.UNKNOWN, words.UNREACHABLE, operator)


def _closed(meaning: str, operator: str = SET_UP) -> Row:
    return Row(meaning, Outcome.OUT_OF_SERVICE, words.TERMINAL, operator)


def _sign_in(meaning: str) -> Row:
    return Row(meaning, Outcome.DECLINED, words.TERMINAL, SIGN_IN, sign_in=True)


_LIBRARY = {
    "A0": _sign_in("the bank refused the MAC"),
    "A1": _declined("length of track 2", words.UNREADABLE, READER),
    "A2": _declined("length of track 3", words.UNREADABLE, READER),
    "A3": _sign_in("key check failed"),
    "A4": _sign_in("not signed in"),
    "A5": _declined("track data wrong", words.UNREADABLE, READER),
    "FB": _declined("bill already paid", words.DECLINED, NOTHING),
    "I0": _closed("request malformed", VENDOR),
    "I1": _closed("request with forbidden characters", VENDOR),
    "I2": _closed("type of transaction not supported", CONTRACT),
    "P0": _closed("packing configuration wrong"),
    "P2": _declined("packing failed"),
    "P3": _unknown("unpacking failed", VENDOR),
    "PF": _declined("field data illegal"),
    "R0": _closed("cannot write the reversal record", "Free space on the disk of the library."),
    "R1": _unknown("cannot delete the reversal record", VENDOR),
    "R2": _closed("cannot read the reversal record", VENDOR),
    "T0": _unknown("cannot record the transaction", "Free space on the disk of the library."),
    "T1": _unknown("cannot update the transaction", "Free space on the disk of the library."),
    "V0": _declined("original not found", words.DECLINED),
    "X1": _declined("wrong type of transaction"),
    "X2": _closed("interface record malformed", VENDOR),
    "X3": _closed("cannot prepare the answer", VENDOR),
    "X4": _declined("already settled", words.DECLINED, "Refund by hand: the batch is closed."),
    "X5": _declined("already voided", words.DECLINED, NOTHING),
    "X6": _declined("original is no sale", words.DECLINED),
    "X7": _declined("totals wrong"),
    "Y1": _declined("track 2 wrong", words.UNREADABLE, READER),
    "Y2": _declined("wrong type of reversal"),
    "Y3": _closed("configuration cannot be read"),
    "Y4": _declined("original not found", words.DECLINED),
    "Y5": _declined("no answer from the PIN pad", words.TERMINAL, PIN_PAD),
    "Y6": _unknown("message wrong", VENDOR),
    "Y7": _closed("reversal record wrong", VENDOR),
    "Y8": _unknown("line to the bank broken"),
    "Y9": _unknown("cannot write the settlement", "Free space on the disk of the library."),
    "Z0": _unknown("no answer"),
    "Z1": _unknown("time-out"),
    "Z2": _unknown("reversal after a wrong message"),
    "Z3": _unknown("reversal after a wrong type"),
    "Z4": _unknown("reversal after a mismatch"),
    "Z5": _unknown("reversal because the receipt failed", "Free space on the disk of the library."),
    "ZA": _sign_in("check failed"),
    "ZB": _unknown("fault in the library", VENDOR),
    "1A": _declined("cannot prepare the message"),
    "1B": _declined("cannot fill the message"),
    "1C": _declined("cannot pack the message"),
    "1D": _sign_in("cannot add the MAC"),
    "1E": _unknown("cannot prepare the answer", VENDOR),
    "1F": _unknown("cannot unpack the answer", VENDOR),
    "1G": _unknown("a field is missing in the answer", VENDOR),
    "1H": _unknown("MAC of the answer wrong", VENDOR),
    "1I": _closed("cannot write the keys", PIN_PAD),
    "1J": _declined("cannot fill field 48"),
    "1K": _closed("not initialised", VENDOR),
    "1L": _closed("illegal parameter", VENDOR),
    "1M": _declined("track data wrong", words.UNREADABLE, READER),
    "1N": _closed("application not supported", CONTRACT),
    "1O": _declined("track illegal", words.UNREADABLE, READER),
    "1P": _declined("card number wrong", words.UNREADABLE, NOTHING),
    "1Q": _declined("PAN wrong", words.UNREADABLE, NOTHING),
    "1R": _declined("track wrong", words.UNREADABLE, READER),
    "1S": _declined("track wrong", words.UNREADABLE, READER),
    "1T": _declined("PIN entry failed", words.WRONG_PIN, PIN_PAD),
    "1W": _declined("wrong type of transaction"),
    "1X": _declined("a step before was left out"),
    "1Y": _unknown("amount of the answer wrong", VENDOR),
    "1Z": _unknown("trace of the answer wrong", VENDOR),
    "2A": _closed("cannot write the reversal record", "Free space on the disk of the library."),
    "2B": _unknown("terminal of the answer wrong", VENDOR),
    "2C": _closed("cannot read the reversal record", VENDOR),
    "2D": _unknown("merchant of the answer wrong", VENDOR),
    "2E": _unknown("cannot delete the reversal record", VENDOR),
    "2L": _declined("chip failed before the bank was asked", words.UNREADABLE, READER),
    "2M": _declined("chip does not start", words.UNREADABLE, READER),
    "2N": _declined("contactless card does not start", words.INSERT_CHIP, READER),
    "2O": _unknown("chip failed after the bank's answer", READER),
    "2P": _unknown("no data from the chip kernel", VENDOR),
    "2Q": _unknown("cannot write the issuer's script", VENDOR),
    "2R": _unknown("cannot read the issuer's script", VENDOR),
    "2S": _unknown("chip refused after the bank's answer", NOTHING),
    "2T": _unknown("contactless sale failed", READER),
    "2U": _declined("no reversal record", words.DECLINED, NOTHING),
    "2V": _closed("cannot read the reversal record", VENDOR),
    "3C": _declined("not possible without inserting the card", words.INSERT_CHIP, NOTHING),
    "3D": _declined("PIN pad cannot be opened", words.TERMINAL, PIN_PAD),
    "3E": _declined("PIN not entered in time", words.CANCELLED, NOTHING),
    "3F": _declined("no key in time", words.CANCELLED, NOTHING),
    "3G": _declined("cancelled by the citizen", words.CANCELLED, NOTHING),
    "3H": _declined("no PIN block", words.TERMINAL, PIN_PAD),
}

ROWS = MappingProxyType(
    {APPROVED: Row("approved", Outcome.APPROVED, words.DECLINED, NOTHING)}
    | {f"{code:02d}": _bank(code) for code in range(1, 100)}
    | _LIBRARY
)


def row(code: str) -> Row:
    """The row of a response code."""
    return ROWS.get(code) or Row(f"code {code}", Outcome.UNKNOWN, words.TERMINAL, BANK)


def number(code: str) -> int:
    """A code as the number that the port carries: two digits as they are, with a letter as its two ASCII bytes."""
    return int(code) if code.isdigit() else int.from_bytes(code.encode("ascii"), "big")


# --- what UMS_Init and UMS_ReadCard return ----------------------------------------------------------------------

INIT = MappingProxyType(
    {
        -101: "application type not allowed",
        -102: "main.ini cannot be loaded",
        -103: "PIN pad does not answer",
        -104: "UnionPay module does not start",
        -105: "value-added module does not start",
        -106: "prepaid module does not start",
        -107: "application type not supported yet",
        -108: "chip parameters cannot be loaded",
    }
)
"""Source: the same program. -103 to -108 other than -107 name devices, which may come back by themselves."""
INIT_FOREVER = frozenset({-101, -102, -107})
CHIP_MUST_BE_INSERTED = -999
