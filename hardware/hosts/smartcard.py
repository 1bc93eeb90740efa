"""The smart-card host: pyscard behind standard input and output, in its own process (speaks ``hostlink``).

Why a process: libpcsclite blocks as long as a reader or its driver does; the driver ends a host that hangs. Only the
flat functions (``smartcard.scard``) are used: pyscard's monitor thread dies without a word when pcscd restarts or a
reader is pulled, and its global context stays broken (pyscard issues 82, 128, 74, 27). Waiting is one short
SCardGetStatusChange per question.

The host decides nothing and repeats nothing: a question that meets a dead pcscd is answered ``no_service``, and
only the *next* one finds a new context. So a VERIFY whose answer was lost is never sent twice. What passes through
here (PIN, personal data) is not printed, not kept, and not in any error's detail.

    readers                                 -> {"readers": [name]}
    watch       {"reader", "card", "within"} -> {"reader", "card"}    as soon as ``card`` is not so, or in time
    connect     {"reader"}                  -> {"protocol", "atr"}   exclusively; an older connection is ended
    transmit    {} + command                -> {} + answer
    disconnect                              -> {}                    the card is reset: a PIN is forgotten

``reader`` is the beginning of a name, or "" for the first reader there is. Errors: ``no_service``, ``no_reader``,
``no_card``, ``mute`` (a card that does not speak, for instance the wrong way round), ``busy``, ``pcsc``.
"""

from collections.abc import Callable, Mapping
from typing import Any

from smartcard import scard

from hardware.hosts.serving import serve
from hardware.protocols.hostlink import Message

LONGEST_WATCH = 1.0
"""Seconds: a longer wait is several questions, so that the host is never deaf for longer."""
PROTOCOLS = {scard.SCARD_PROTOCOL_T0: "T=0", scard.SCARD_PROTOCOL_T1: "T=1"}
ERRORS = {
    "no_service": (
        scard.SCARD_E_NO_SERVICE,
        scard.SCARD_E_SERVICE_STOPPED,
        scard.SCARD_E_INVALID_HANDLE,
        scard.SCARD_F_COMM_ERROR,
        scard.SCARD_F_INTERNAL_ERROR,
    ),
    "no_reader": (
        scard.SCARD_E_NO_READERS_AVAILABLE,
        scard.SCARD_E_UNKNOWN_READER,
        scard.SCARD_E_READER_UNAVAILABLE,
    ),
    "no_card": (scard.SCARD_E_NO_SMARTCARD, scard.SCARD_W_REMOVED_CARD, scard.SCARD_W_RESET_CARD),
    "mute": (
        scard.SCARD_W_UNRESPONSIVE_CARD,
        scard.SCARD_W_UNPOWERED_CARD,
        scard.SCARD_W_UNSUPPORTED_CARD,
        scard.SCARD_E_PROTO_MISMATCH,
        scard.SCARD_E_NOT_TRANSACTED,
    ),
    "busy": (scard.SCARD_E_SHARING_VIOLATION,),
}
WORDS = {code: word for word, codes in ERRORS.items() for code in codes}

Answer = tuple[dict[str, Any], bytes]


class Refused(Exception):
    """PC/SC says no; ``code`` is its return value."""

    def __init__(self, code: int) -> None:
        super().__init__(f"{code & 0xFFFFFFFF:08X}")
        self.code = code


def _check(code: int, *said: Any) -> Any:
    """What the call said besides its return code."""
    if code != scard.SCARD_S_SUCCESS:
        raise Refused(code)
    return said[0] if len(said) == 1 else said


class Host:
    """One context and at most one connected card."""

    def __init__(self) -> None:
        self._context: Any = None
        self._card: Any = None
        self._protocol = 0
        self._operations: dict[str, Callable[[Mapping[str, Any], bytes], Answer]] = {
            "readers": self._readers,
            "watch": self._watch,
            "connect": self._connect,
            "transmit": self._transmit,
            "disconnect": self._disconnect,
        }

    def answer(self, ask: Message) -> Message:
        """The answer to one question; a failure is an answer too."""
        body = b""
        try:
            head, body = self._operations[ask.head["op"]](ask.head, ask.body)
        except KeyError as error:
            head = {"error": "question", "detail": str(error)}
        except Refused as error:
            head = {"error": WORDS.get(error.code, "pcsc"), "detail": str(error)}
            if head["error"] == "no_service":
                self._forget()
        return Message({"id": ask.head.get("id"), **head}, body)

    def _forget(self) -> None:
        """The context is of a pcscd that is gone, or as good as: the next question makes a new one."""
        if self._context is not None:
            scard.SCardReleaseContext(self._context)
        self._context = self._card = None

    def _names(self) -> list[str]:
        if self._context is None:
            self._context = _check(*scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM))
        names: list[str] = _check(*scard.SCardListReaders(self._context, []))
        return names

    def _find(self, wanted: str) -> str:
        for name in self._names():
            if name.startswith(wanted):
                return name
        raise Refused(scard.SCARD_E_UNKNOWN_READER)

    def _readers(self, _ask: Mapping[str, Any], _body: bytes) -> Answer:
        return {"readers": self._names()}, b""

    def _watch(self, ask: Mapping[str, Any], _body: bytes) -> Answer:
        """One look, and if all is as the asker knows it, one short wait for a change."""
        name = self._find(ask["reader"])
        state = self._state(name, scard.SCARD_STATE_UNAWARE, 0)
        if bool(state & scard.SCARD_STATE_PRESENT) == ask["card"] and ask["within"] > 0:
            within = round(min(ask["within"], LONGEST_WATCH) * 1000)
            state = self._state(name, state, within)
        if state & (scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE | scard.SCARD_STATE_IGNORE):
            raise Refused(scard.SCARD_E_READER_UNAVAILABLE)
        return {"reader": name, "card": bool(state & scard.SCARD_STATE_PRESENT)}, b""

    def _state(self, name: str, known: int, within: int) -> int:
        code, states = scard.SCardGetStatusChange(self._context, within, [(name, known)])
        if code == scard.SCARD_E_TIMEOUT:
            return known
        state: int = _check(code, states)[0][1]
        return state

    def _connect(self, ask: Mapping[str, Any], _body: bytes) -> Answer:
        self._leave()
        name = self._find(ask["reader"])
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        connect = scard.SCardConnect(self._context, name, scard.SCARD_SHARE_EXCLUSIVE, protocols)
        self._card, self._protocol = _check(*connect)
        _, _, _, atr = _check(*scard.SCardStatus(self._card))
        return {"protocol": PROTOCOLS.get(self._protocol, ""), "atr": bytes(atr).hex()}, b""

    def _transmit(self, _ask: Mapping[str, Any], body: bytes) -> Answer:
        if self._card is None:
            raise Refused(scard.SCARD_E_NO_SMARTCARD)
        answer = _check(*scard.SCardTransmit(self._card, self._protocol, list(body)))
        return {}, bytes(answer)

    def _disconnect(self, _ask: Mapping[str, Any], _body: bytes) -> Answer:
        self._leave()
        return {}, b""

    def _leave(self) -> None:
        if self._card is not None:
            scard.SCardDisconnect(self._card, scard.SCARD_RESET_CARD)
            self._card = None


def main() -> None:
    """Answer until standard input ends."""
    host = Host()
    serve(lambda ask: [host.answer(ask)])


if __name__ == "__main__":
    main()
