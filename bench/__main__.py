"""``make bench``: every figure against a peer or a limit in the same run; ``python -m bench NAME ...`` for some.

Absolute numbers depend on the machine; the ratios are what to compare.
"""

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

BENCHES = {
    "touch": "touch to pixels, start, memory, idling: ours, bare Kivy, Chromium's kiosk mode",
    "journal": "journal commit against a bare SQLite loop with the same durability (aim: at least 60 %)",
    "id_card": "identity card laid down to name in hand, minus the device's own time (limit: 50 ms)",
    "preview": "a live preview of 1280 x 720 beyond decoding, against a bare OpenCV loop (limit: 40 % of one core)",
    "mirror": "what a frame of the live picture costs the UI loop, beside drawing it whole (aim: 25 % at 25 frames/s)",
    "pages": "corners of drawn pages against the truth (limit: 1 pixel), refusals of useless ones",
    "history": "a card laid down to ten years on the screen (limit: 300 ms beyond device and network), and their PDF",
    "papers": "a ten-year history as a PDF, against bare reportlab (limit: 500 ms)",
    "face": "faces: speed beside dlib and Haar, photo, embedding, geometry, every rule on generated violations",
    "loop_lag": "the longest callback on the UI loop of the whole kiosk, plugs pulled and hosts killed (limit: 20 ms)",
    "worlds": "virtual seconds per real second",
    "central": "durable heartbeats and batches against a bare SQLite loop",
}


def main() -> int:
    wanted = sys.argv[1:] or list(BENCHES)
    unknown = [name for name in wanted if name not in BENCHES]
    if unknown:
        print(f"no bench {', '.join(unknown)}; there are {', '.join(BENCHES)}")
        return 2
    for name in wanted:
        print(f"== {name}: {BENCHES[name]}", flush=True)
        measure: Callable[[], dict[str, Any]] = import_module(f"bench.{name}").measure
        began = time.perf_counter()
        for figure, value in measure().items():
            print(f"  {figure}: {json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value}")
        print(f"  ({time.perf_counter() - began:.0f} s)", flush=True)
    return 0


sys.exit(main())
