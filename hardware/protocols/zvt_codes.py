"""Every code a ZVT terminal may say, as a row: what it means, what the citizen reads, what the operator does.

Result codes (BMP 27, and the data of 06 1E) 01 to 99 belong to the bank's host: in UnionPay's network they are
the response codes of ISO 8583 field 39, decimal. From 100 (64 hex) on they belong to the terminal. A citizen is
never told why a bank keeps a card ("lost", "stolen"): the sentence of all those rows is the same as of a plain no.
"""

from dataclasses import dataclass
from types import MappingProxyType

NOTHING = "Nothing to do for one card."
BANK = "If it happens with every card: call the bank's terminal service."
CONTRACT = "Call the bank: the terminal or merchant is not set up for this."
RESTART = "Switch the terminal off and on; if it stays, have it replaced."
NETWORK = "Check the terminal's own network or SIM; it recovers by itself."
CLOSE_DAY = "Run the end of day (`kiosk device card_terminal end-of-day`)."
SET_UP = "Have the terminal initialised again by its service."
READER = "Clean the terminal's card slot; if it stays, have it replaced."
WAIT = "Nothing to do; the terminal is busy with itself."

DECLINED = "pay.declined"
OTHER_CARD = "pay.declined.other_card"
EXPIRED = "pay.declined.card_expired"
UNREADABLE = "pay.declined.card_unreadable"
INSERT_CHIP = "pay.declined.insert_card"
WRONG_PIN = "pay.declined.wrong_pin"
PIN_LOCKED = "pay.declined.pin_locked"
FUNDS = "pay.declined.funds"
AMOUNT = "pay.declined.amount"
CANCELLED = "pay.declined.cancelled"
UNREACHABLE = "pay.declined.bank_unreachable"
TERMINAL = "pay.declined.terminal"
SENTENCES = frozenset(
    {
        DECLINED,
        OTHER_CARD,
        EXPIRED,
        UNREADABLE,
        INSERT_CHIP,
        WRONG_PIN,
        PIN_LOCKED,
        FUNDS,
        AMOUNT,
        CANCELLED,
        UNREACHABLE,
        TERMINAL,
    }
)


@dataclass(frozen=True)
class Result:
    """One result code. ``again``: nothing was decided, the same request may be made later."""

    meaning: str
    sentence: str
    operator: str
    again: bool = False


_HOST = {
    1: Result("refer to the issuer", OTHER_CARD, NOTHING),
    2: Result("refer to the issuer, special condition", OTHER_CARD, NOTHING),
    3: Result("merchant not registered", TERMINAL, CONTRACT),
    4: Result("keep the card", OTHER_CARD, NOTHING),
    5: Result("refused by the issuer", OTHER_CARD, NOTHING),
    6: Result("error at the bank", UNREACHABLE, BANK),
    7: Result("keep the card, special condition", OTHER_CARD, NOTHING),
    12: Result("invalid transaction", OTHER_CARD, BANK),
    13: Result("invalid amount", AMOUNT, BANK),
    14: Result("invalid card number", OTHER_CARD, NOTHING),
    15: Result("no such issuer", OTHER_CARD, NOTHING),
    25: Result("original transaction not found", DECLINED, "Compare the terminal's journal with `kiosk books`."),
    30: Result("format error", TERMINAL, BANK),
    33: Result("card expired, keep it", EXPIRED, NOTHING),
    34: Result("keep the card (fraud)", OTHER_CARD, NOTHING),
    35: Result("keep the card (contact acquirer)", OTHER_CARD, NOTHING),
    36: Result("card restricted, keep it", OTHER_CARD, NOTHING),
    37: Result("keep the card (call security)", OTHER_CARD, NOTHING),
    38: Result("PIN tries exceeded, keep the card", PIN_LOCKED, NOTHING),
    40: Result("function not supported", OTHER_CARD, CONTRACT),
    41: Result("card reported lost", OTHER_CARD, NOTHING),
    43: Result("card reported stolen", OTHER_CARD, NOTHING),
    45: Result("chip card must be inserted", INSERT_CHIP, NOTHING),
    51: Result("not enough money", FUNDS, NOTHING),
    54: Result("card expired", EXPIRED, NOTHING),
    55: Result("wrong PIN", WRONG_PIN, NOTHING),
    57: Result("not permitted to this card", OTHER_CARD, NOTHING),
    58: Result("not permitted to this terminal", TERMINAL, CONTRACT),
    59: Result("suspected fraud", OTHER_CARD, NOTHING),
    61: Result("amount limit of the card exceeded", AMOUNT, NOTHING),
    62: Result("card restricted", OTHER_CARD, NOTHING),
    64: Result("original amount does not fit", AMOUNT, "Compare the terminal's journal with `kiosk books`."),
    65: Result("count limit of the card exceeded", OTHER_CARD, NOTHING),
    68: Result("issuer did not answer in time", UNREACHABLE, NETWORK),
    75: Result("PIN tries exceeded", PIN_LOCKED, NOTHING),
    77: Result("batch does not fit", TERMINAL, CLOSE_DAY),
    90: Result("bank is closing its day", UNREACHABLE, "Nothing to do; possible again in some minutes."),
    91: Result("issuer not available", UNREACHABLE, NETWORK),
    92: Result("issuer not reachable", UNREACHABLE, NETWORK),
    94: Result("duplicate transaction", DECLINED, "Compare the terminal's journal with `kiosk books`."),
    96: Result("system fault at the bank", UNREACHABLE, BANK),
    97: Result("terminal not registered", TERMINAL, CONTRACT),
    98: Result("no answer from the issuer", UNREACHABLE, NETWORK),
    99: Result("PIN format error", TERMINAL, SET_UP),
}
_REFUSED_BY_BANK = Result("refused by the bank", OTHER_CARD, NOTHING)

_TERMINAL = {
    0x00: Result("no error", DECLINED, NOTHING),
    0x64: Result("card not readable", UNREADABLE, READER),
    0x65: Result("no data on the card", UNREADABLE, READER),
    0x66: Result("processing error", UNREADABLE, READER),
    0x67: Result("not permitted for debit cards", OTHER_CARD, NOTHING),
    0x68: Result("not permitted for credit cards", OTHER_CARD, NOTHING),
    0x6A: Result("turnover file full", TERMINAL, CLOSE_DAY),
    0x6B: Result("not registered", TERMINAL, "Nothing to do; the kiosk registers again by itself.", again=True),
    0x6C: Result("abort by time-out or key", CANCELLED, NOTHING, again=True),
    0x6E: Result("card on the block list", OTHER_CARD, NOTHING),
    0x6F: Result("wrong currency", TERMINAL, CONTRACT),
    0x71: Result("credit not sufficient", FUNDS, NOTHING),
    0x72: Result("chip error", UNREADABLE, READER),
    0x73: Result("card data wrong", UNREADABLE, NOTHING),
    0x74: Result("DUKPT keys used up", TERMINAL, SET_UP),
    0x75: Result("text not authentic", TERMINAL, SET_UP),
    0x76: Result("card not on the white list", OTHER_CARD, NOTHING),
    0x77: Result("end of day not possible", TERMINAL, BANK),
    0x78: Result("card expired", EXPIRED, NOTHING),
    0x79: Result("card not yet valid", OTHER_CARD, NOTHING),
    0x7A: Result("card unknown", OTHER_CARD, NOTHING),
    0x7B: Result("no fallback to the stripe (debit card)", INSERT_CHIP, READER),
    0x7C: Result("no fallback to the stripe", INSERT_CHIP, READER),
    0x7D: Result("communication error", UNREACHABLE, NETWORK, again=True),
    0x7E: Result("no fallback to the stripe, debit advice possible", INSERT_CHIP, READER),
    0x83: Result("function not possible", TERMINAL, CONTRACT),
    0x85: Result("key missing", TERMINAL, SET_UP),
    0x89: Result("PIN pad defective", TERMINAL, RESTART),
    0x9A: Result("protocol error", TERMINAL, RESTART),
    0x9B: Result("dial-up or communication fault", UNREACHABLE, NETWORK, again=True),
    0x9C: Result("please wait", TERMINAL, WAIT, again=True),
    0xA0: Result("receiver not ready", TERMINAL, WAIT, again=True),
    0xA1: Result("remote station does not answer", UNREACHABLE, NETWORK, again=True),
    0xA3: Result("no connection", UNREACHABLE, NETWORK, again=True),
    0xA4: Result("GeldKarte submission not possible", TERMINAL, BANK),
    0xA5: Result("not allowed by PCI-DSS rules", TERMINAL, CONTRACT),
    0xB1: Result("memory full", TERMINAL, CLOSE_DAY),
    0xB2: Result("journal full", TERMINAL, CLOSE_DAY),
    0xB4: Result("already reversed", DECLINED, NOTHING),
    0xB5: Result("reversal not possible", DECLINED, "Refund by hand (batch closed, or no such booking)."),
    0xB7: Result("amount wrong or too high", AMOUNT, NOTHING),
    0xB8: Result("pre-authorisation error", TERMINAL, BANK),
    0xBF: Result("supply voltage too low", TERMINAL, "Check the terminal's power supply."),
    0xC0: Result("card lock defective", TERMINAL, RESTART),
    0xC1: Result("merchant card locked", TERMINAL, CONTRACT),
    0xC2: Result("diagnosis required", TERMINAL, "Run a diagnosis (`kiosk device card_terminal diagnosis`)."),
    0xC3: Result("maximum amount exceeded", AMOUNT, NOTHING),
    0xC4: Result("card profile invalid", TERMINAL, SET_UP),
    0xC5: Result("payment method not supported", OTHER_CARD, CONTRACT),
    0xC6: Result("currency not applicable", TERMINAL, CONTRACT),
    0xC8: Result("amount too small", AMOUNT, NOTHING),
    0xC9: Result("transaction limit too small", AMOUNT, CONTRACT),
    0xCB: Result("only in euro", TERMINAL, CONTRACT),
    0xCC: Result("printer not ready", TERMINAL, "Check the terminal's paper, or let the kiosk print.", again=True),
    0xCD: Result("cashback not possible", DECLINED, NOTHING),
    0xD2: Result("not permitted for service cards", OTHER_CARD, NOTHING),
    0xDC: Result("card inserted", TERMINAL, "Ask the citizen to take the card out.", again=True),
    0xDD: Result("error while ejecting the card", TERMINAL, READER),
    0xDE: Result("error while taking the card in", UNREADABLE, READER),
    0xE0: Result("remote maintenance", TERMINAL, WAIT, again=True),
    0xE2: Result("card reader defective", TERMINAL, RESTART),
    0xE3: Result("shutter closed", TERMINAL, RESTART),
    0xE4: Result("activation required", TERMINAL, SET_UP),
    0xE7: Result("goods group not found", TERMINAL, SET_UP),
    0xE8: Result("no table of goods groups", TERMINAL, SET_UP),
    0xE9: Result("restriction code not permitted", OTHER_CARD, NOTHING),
    0xEA: Result("card code not permitted", OTHER_CARD, NOTHING),
    0xEB: Result("PIN algorithm unknown", OTHER_CARD, SET_UP),
    0xEC: Result("PIN processing not possible", TERMINAL, SET_UP),
    0xED: Result("PIN pad defective", TERMINAL, RESTART),
    0xF0: Result("open end-of-day batch", TERMINAL, CLOSE_DAY),
    0xF1: Result("offline error", UNREACHABLE, NETWORK),
    0xF5: Result("OPT error", TERMINAL, SET_UP),
    0xF6: Result("OPT data missing", TERMINAL, SET_UP),
    0xFA: Result("offline transactions not sent", TERMINAL, BANK),
    0xFB: Result("turnover record defective", TERMINAL, RESTART),
    0xFC: Result("needed device missing", TERMINAL, RESTART),
    0xFD: Result("baud rate not supported", TERMINAL, "Correct `baud` in kiosk.toml."),
    0xFE: Result("register unknown", TERMINAL, CONTRACT),
    0xFF: Result("other system error", TERMINAL, RESTART),
}

RESULTS = MappingProxyType(dict.fromkeys(range(1, 100), _REFUSED_BY_BANK) | _HOST | _TERMINAL)


def result(code: int) -> Result:
    """The row of a result code; a code nobody has listed is the terminal's trouble."""
    return RESULTS.get(code) or Result(f"code {code:02X}", TERMINAL, BANK)


# --- intermediate status (04 FF): what it says, and which notice of the kiosk's port it is ----------------------

_PLAIN = {
    0x00: ("waiting for amount confirmation", "look_at_terminal"),
    0x01: ("watch the PIN pad", "enter_pin"),
    0x02: ("watch the PIN pad", "enter_pin"),
    0x03: ("not accepted", "declined"),
    0x04: ("waiting for the host", "bank"),
    0x05: ("automatic reversal", "reversing"),
    0x06: ("post-bookings", "bank"),
    0x07: ("card not admitted", "declined"),
    0x08: ("card unknown", "declined"),
    0x09: ("card expired", "declined"),
    0x0A: ("insert card", "insert_card"),
    0x0B: ("remove card", "remove_card"),
    0x0C: ("card not readable", "look_at_terminal"),
    0x0D: ("processing error", "look_at_terminal"),
    0x0E: ("please wait", "preparing"),
    0x0F: ("automatic end of day", "preparing"),
    0x10: ("invalid card", "declined"),
    0x11: ("balance", "look_at_terminal"),
    0x12: ("malfunction", "look_at_terminal"),
    0x13: ("payment not possible", "declined"),
    0x14: ("credit not sufficient", "declined"),
    0x15: ("wrong PIN", "wrong_pin"),
    0x16: ("limit not sufficient", "declined"),
    0x17: ("please wait", "preparing"),
    0x18: ("PIN tries exceeded", "declined"),
    0x19: ("card data wrong", "look_at_terminal"),
    0x1A: ("service mode", "preparing"),
    0x1B: ("approved, fill up", "approved"),
    0x1C: ("approved, take goods", "approved"),
    0x1D: ("declined", "declined"),
}

INTERMEDIATE = MappingProxyType(
    {
        **_PLAIN,
        **{code + 0x40: (f"{said}, please remove card", "remove_card") for code, (said, _) in _PLAIN.items() if code},
        0xC8: ("waiting for the cashier", "look_at_terminal"),
        0xC9: ("automatic diagnosis", "preparing"),
        0xCA: ("automatic initialisation", "preparing"),
        0xD2: ("dialling", "bank"),
        0xD3: ("connected", "bank"),
        0xE0: ("choose the application", "look_at_terminal"),
        0xE1: ("choose the language", "look_at_terminal"),
        0xF1: ("off-line", "bank"),
        0xF2: ("on-line", "bank"),
        0xFF: ("other", "look_at_terminal"),
    }
)


def notice(code: int) -> str:
    """The notice of an intermediate status; an unlisted one is written on the terminal's own display."""
    return INTERMEDIATE.get(code, ("", "look_at_terminal"))[1]


# --- terminal status (05 01): XFS state, stable reason, what to do ----------------------------------------------


@dataclass(frozen=True)
class TerminalStatus:
    """One status code. ``state`` is an XFS word, ``card`` whether a card sticks in the reader."""

    meaning: str
    state: str
    reason: str
    operator: str
    card: bool = False


STATUSES = MappingProxyType(
    {
        0x00: TerminalStatus("ready", "online", "", NOTHING),
        0x51: TerminalStatus("initialisation needed", "hardware error", "initialisation_needed", SET_UP),
        0x62: TerminalStatus("date or time wrong", "hardware error", "clock_wrong", SET_UP),
        0x9C: TerminalStatus("please wait", "busy", "please_wait", WAIT),
        0x9D: TerminalStatus("partial issue of goods", "busy", "please_wait", WAIT),
        0xB1: TerminalStatus("memory full", "hardware error", "memory_full", CLOSE_DAY),
        0xB2: TerminalStatus("journal full", "hardware error", "journal_full", CLOSE_DAY),
        0xBF: TerminalStatus("supply voltage too low", "hardware error", "low_voltage", "Check the power supply."),
        0xC0: TerminalStatus("card lock defective", "hardware error", "card_lock", RESTART),
        0xC1: TerminalStatus("merchant card locked", "hardware error", "merchant_locked", CONTRACT),
        0xC2: TerminalStatus("diagnosis needed", "hardware error", "diagnosis_needed", "Run a diagnosis."),
        0xC4: TerminalStatus("card profile invalid", "hardware error", "card_profile", SET_UP),
        # the kiosk prints: a terminal without paper of its own goes on serving
        0xCC: TerminalStatus("printer not ready", "online", "printer_not_ready", "Check the terminal's paper."),
        0xDC: TerminalStatus("card inserted", "online", "card_inside", NOTHING, card=True),
        0xDF: TerminalStatus("out of order", "hardware error", "out_of_order", RESTART),
        0xE0: TerminalStatus("remote maintenance", "offline", "maintenance", WAIT),
        0xE1: TerminalStatus("card not completely removed", "online", "card_inside", NOTHING, card=True),
        0xE2: TerminalStatus("card reader defective", "hardware error", "card_reader", RESTART),
        0xE3: TerminalStatus("shutter closed", "hardware error", "shutter_closed", RESTART),
        0xE4: TerminalStatus("activation needed", "hardware error", "activation_needed", SET_UP),
        0xF0: TerminalStatus("reconciliation needed", "hardware error", "end_of_day_due", CLOSE_DAY),
        0xF6: TerminalStatus("OPT data missing", "hardware error", "opt_missing", SET_UP),
    }
)


def status(code: int) -> TerminalStatus:
    """The row of a terminal status; an unlisted one closes the terminal until somebody has looked."""
    return STATUSES.get(code) or TerminalStatus(f"status {code:02X}", "hardware error", f"status_{code:02x}", BANK)
