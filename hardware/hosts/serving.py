"""What every host process does around its library: questions from standard input, answers to standard output.

Standard output is ours alone: what a native library prints goes to standard error. An answer is written before the
next one is made, so that one which cannot be written (the kiosk is gone) stops what would have followed it.
"""

import os
import sys
from collections.abc import Callable, Iterable

from hardware.protocols.hostlink import Broken, HostLink, Message, encode

PIECE = 65536


def serve(answers: Callable[[Message], Iterable[Message]]) -> None:
    """Answer until standard input ends; bytes that are no question end the process."""
    out = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    codec = HostLink()
    while data := os.read(sys.stdin.fileno(), PIECE):
        for ask in codec.feed(data):
            if isinstance(ask, Broken):
                sys.exit(ask.why)
            for answer in answers(ask):
                with os.fdopen(os.dup(out), "wb") as stream:
                    stream.write(encode(answer))
