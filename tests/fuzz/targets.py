"""Every codec as the fuzzers see it: one entry per codec, from any bytes to "nothing but what is documented".

A target is called with bytes (:mod:`tests.fuzz.shapes` says what the first of them steer) and returns, or raises
what is the finding. It names the modules it covers: a module of ``hardware/protocols`` that no target names fails a
test. ``make fuzz`` runs each under a coverage-guided fuzzer, the suite each under hypothesis. Valid frames, from
which most inputs start, are the simulators' and those of the tests' tables.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from tests.fuzz import cards, central, counters, inputs, papers, permits, pictures, recordings, terminals, unionpay


class Run(Protocol):
    """What is called, and what to begin with."""

    def __call__(self, data: bytes) -> None:
        """Hostile bytes in; raises what is wrong with the codec."""

    def seeds(self) -> Iterator[bytes]:
        """Inputs that reach far."""


@dataclass(frozen=True)
class Target:
    """``covers`` are modules. ``longest``: bytes of an input, about the codec's longest frame; who looks at each byte
    in Python gets less, for the number of inputs matters more.
    """

    run: Run
    covers: tuple[str, ...]
    longest: int = 512


_P, _D = "hardware.protocols.", "hardware.drivers."

TARGETS: Mapping[str, Target] = {
    "sdt": Target(cards.RESPONSES, (_P + "sdt",), 2600),
    "sdt_requests": Target(cards.REQUESTS, (_P + "sdt",)),
    "sdt_text": Target(cards.TEXT, (_P + "sdt_text",)),
    "social_card": Target(cards.SOCIAL, (_P + "apdu", _P + "social_card")),
    "mrz": Target(permits.LINE, (_P + "mrz",), 64),
    "mrz_names": Target(permits.NAMES, (_P + "mrz",), 64),
    "endorser": Target(permits.WIRE, (_P + "endorser",), 700),
    "endorser_content": Target(permits.CONTENT, (_P + "endorser_content",), 500),
    "zvt_serial": Target(terminals.SERIAL, (_P + "zvt", _P + "zvt_messages", _P + "zvt_codes"), 192),
    "zvt_tcp": Target(terminals.TCP, (_P + "zvt", _P + "zvt_messages", _P + "zvt_codes"), 256),
    "zvt_fields": Target(terminals.FIELDS, (_P + "zvt_fields",)),
    "escpos_status": Target(papers.SLIPS, (_P + "escpos_status",), 128),
    "hostlink": Target(papers.HOST, (_P + "hostlink",), 1024),
    "cabinet": Target(counters.REGISTERS, (_P + "cabinet",), 64),
    "modbus_answers": Target(counters.ANSWERS, ("hardware.modbus_rtu",), 256),
    "modbus_questions": Target(counters.QUESTIONS, ("hardware.modbus_rtu",)),
    "nut": Target(counters.UPS, (_P + "nut",), 192),
    "umsips": Target(unionpay.RESPONSE, (_P + "umsips", _P + "umsips_codes"), 1200),
    "umsips_requests": Target(unionpay.REQUEST, (_P + "umsips",), 1100),
    "umsips_host": Target(unionpay.HOST, (_D + "card_terminal_umsips_host",), 1400),
    "camera_host": Target(pictures.HOST, (_D + "camera_answers",)),
    "frame_ring": Target(pictures.RING, (_P + "frame_ring",), 200),
    "code_lines": Target(inputs.LINES, (_P + "code_lines",), 3300),
    "evdev": Target(inputs.EVENTS, (_P + "evdev",), 200),
    "evdev_32_bit": Target(inputs.EVENTS_OF_32_BITS, (_P + "evdev",), 200),
    "evdev_state": Target(inputs.STATE, (_P + "evdev",), 12),
    "ipp": Target(papers.ATTRIBUTES, (_P + "ipp",)),
    "recording": Target(recordings.TEXT, ("hardware.recording", "hardware.dialects"), recordings.LONGEST),
    "central": Target(central.ANSWERS, ("kiosk_app.contract",), 1024),
}

NO_CODEC: Mapping[str, str] = {_P + "evdev_keys": "a table of names"}
"""Modules of ``hardware.protocols`` that take no bytes from outside, and why."""
