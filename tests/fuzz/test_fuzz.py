"""Every codec under hypothesis, every input that ever broke one, and no codec without a target.

``make fuzz`` does the same for hours, led by coverage. Here a target gets its seeds, what is in ``found/``, and a
bounded number of drawn inputs, the same in every run.
"""

import gc
import time
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.shapes import Stream
from tests.fuzz.targets import NO_CODEC, TARGETS

PROTOCOLS = Path(__file__).parents[2] / "hardware/protocols"
FOUND = Path(__file__).parent / "found"
EXAMPLES = 100
FLOOD, HELD = 65536, 0.2
"""Bytes of one read, five seconds of a serial line, and the most processor time it may cost. Usual are 0.03 s."""


@pytest.mark.parametrize("name", TARGETS)
def test_hostile_bytes_bring_nothing_but_what_the_codec_documents(name: str) -> None:
    target = TARGETS[name]
    seeds = list(target.run.seeds())
    for seed in seeds:
        target.run(seed)

    @settings(max_examples=EXAMPLES, database=None, suppress_health_check=list(HealthCheck))
    @given(st.binary(max_size=200) | st.builds(_changed, st.sampled_from(seeds), st.binary(max_size=8)))
    def drive(data: bytes) -> None:
        target.run(data)

    drive()


def _changed(seed: bytes, tail: bytes) -> bytes:
    return seed + tail if len(tail) % 2 else seed[: len(seed) // 2] + tail + seed[len(seed) // 2 + len(tail) :]


STREAMS = {name: target.run for name, target in TARGETS.items() if isinstance(target.run, Stream)}


@pytest.mark.parametrize("name", STREAMS)
def test_a_flood_of_frames_that_never_end_does_not_hold_the_loop(name: str) -> None:
    stream = STREAMS[name]
    for frame in {stream.frames[0], max(stream.frames, key=len)}:
        for size in (1, 2, 7, 9, 12, 16, len(frame) - 1):
            flood = (frame[:size] * FLOOD)[:FLOOD]
            assert _seconds(stream, flood) < HELD, f"{size} bytes of {frame[:20].hex()} again and again"


def _seconds(stream: Stream, flood: bytes) -> float:
    """Of this thread; a collection of the whole suite's garbage in between is not the codec's."""
    gc.disable()
    try:
        codec, begun = stream.new(), time.thread_time()
        codec.feed(flood)
        return time.thread_time() - begun
    finally:
        gc.enable()


@pytest.mark.parametrize("found", sorted(FOUND.glob("*/*")), ids=lambda path: f"{path.parent.name}-{path.name[:20]}")
def test_what_the_fuzzer_once_found_does_no_harm_any_more(found: Path) -> None:
    TARGETS[found.parent.name].run(found.read_bytes())


def test_every_codec_has_a_target() -> None:
    codecs = {f"hardware.protocols.{path.stem}" for path in PROTOCOLS.glob("*.py") if path.stem != "__init__"}
    covered = {module for target in TARGETS.values() for module in target.covers}
    assert codecs - covered == set(NO_CODEC), "a codec needs a Target in tests/fuzz/targets.py"


def test_what_a_target_covers_exists() -> None:
    for target in TARGETS.values():
        for module in target.covers:
            import_module(module)
