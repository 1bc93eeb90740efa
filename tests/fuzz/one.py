"""One codec under atheris, in a process of its own: ``python -m tests.fuzz.one NAME [libFuzzer's options] CORPUS``.

Only the codecs are instrumented, so that what counts as new is new in them and not in the harness.
"""

import sys

import atheris

INSTRUMENTED = [
    "hardware.protocols",
    "hardware.modbus_rtu",
    "hardware.drivers.camera_answers",
    "hardware.drivers.card_terminal_umsips_host",
    "hardware.recording",
    "hardware.dialects",
    "kiosk_app.contract",
    "pymodbus.framer",
    "pymodbus.pdu",
]


def main() -> None:
    name = sys.argv.pop(1)
    with atheris.instrument_imports(include=INSTRUMENTED):
        from tests.fuzz.targets import TARGETS  # noqa: PLC0415 - instrumented while it is imported
    atheris.Setup(sys.argv, TARGETS[name].run)
    atheris.Fuzz()


main()
