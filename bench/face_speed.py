"""How fast and how large the face host is: asked through its driver, in its own process, as the kiosk asks it.

Beside the clock stands the processor's time for the same work, one frame after the other in this process: on a machine
with other work the clock says how busy that is.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from typing import Any

import cv2
import numpy as np

from bench.face_pictures import SPEC, nets, rest, varied
from hardware.drivers.camera_host import FrameMemory
from hardware.drivers.face import FaceAnalyst, face_host
from hardware.hosts.face import backdrop
from hardware.hosts.face.arrays import picture
from hardware.hosts.face.look import look
from hardware.hosts.face.nets import chip
from hardware.protocols.frame_ring import Shown
from kiosk_app.devices import FACE_MODELS, Backdrop, Frame

FRAMES, SHOTS, EMBEDDINGS = 250, 15, 60
WALL_EVERY = 5
FRAME_LIMIT, RATE_LIMIT, EMBEDDING_LIMIT, MEMORY_LIMIT = 0.025, 25.0, 0.010, 250
FINISH_LIMITS = {Backdrop.KEEP: 0.4, Backdrop.WHITEN: 1.0, Backdrop.REPLACE: 1.0}


class Ring:
    """A camera's memory that the bench fills; the view on it that the driver wants."""

    def __init__(self) -> None:
        self.memory = FrameMemory(lambda: None)
        self.sequence = 0

    @property
    def shared(self) -> int | None:
        """The memory's descriptor."""
        return self.memory.lent[0]

    def show(self, rgb: bytes) -> None:
        """The next frame, 1280 x 720."""
        self.sequence += 1
        self.memory.ring.begin(self.sequence)[: len(rgb)] = rgb
        self.memory.ring.publish(Shown(self.sequence, time.monotonic(), 1280, 720))

    def latest(self) -> Frame | None:
        """No frame goes this way."""
        return None

    async def newer(self, than: int = 0) -> Frame:
        """No frame goes this way."""
        raise NotImplementedError


def measure() -> dict[str, Any]:
    """Milliseconds, frames a second, megabytes."""
    return {**asyncio.run(_host()), **_processor(), **_embedding()}


async def _host() -> dict[str, Any]:
    view = Ring()
    analyst = FaceAnalyst(face_host(FACE_MODELS))
    running = asyncio.create_task(analyst.run())
    try:
        serves = asyncio.Event()
        analyst.watch(lambda condition: serves.set() if condition.serves else None)
        await serves.wait()
        found = {**await _preview(analyst, view), **await _finished(analyst)}
        found |= _memory()
        await analyst.forget()
        return found
    finally:
        running.cancel()
        await asyncio.wait([running])
        view.memory.close()


async def _preview(analyst: FaceAnalyst, view: Ring) -> dict[str, Any]:
    """Every frame looked at as soon as it is there; every fifth with the backdrop."""
    chance = np.random.default_rng(3)
    ticks = _ticks(host := _host_pid())
    frames = [cv2.cvtColor(varied(chance).frame, cv2.COLOR_BGR2RGB).tobytes() for _ in range(24)]
    took, faces = [], 0
    for number in range(FRAMES):
        view.show(frames[number % len(frames)])
        began = time.perf_counter()
        facts = await analyst.look(view, than=view.sequence - 1, wall=number % WALL_EVERY == 0)
        took.append(time.perf_counter() - began)
        faces += facts.faces == 1
        if number % 20 == 0:
            await analyst.keep()
    p95, rate = float(np.quantile(took, 0.95)), 1 / float(np.mean(took))
    return {
        "preview_p50_ms": round(median(took) * 1000, 1),
        "preview_p95_ms": round(p95 * 1000, 1),
        "preview_frames_per_s": round(rate, 1),
        "preview_cpu_ms_per_frame": round((_ticks(host) - ticks) * 1000 / FRAMES, 1),
        "preview_faces_found": f"{faces} of {FRAMES}",
        "preview_met": p95 <= FRAME_LIMIT and rate >= RATE_LIMIT,
    }


def _processor() -> dict[str, Any]:
    """Milliseconds of processor for a frame as the host looks at it (``hardware/hosts/face/host.py``)."""
    chance = np.random.default_rng(3)
    frames = [varied(chance).frame for _ in range(24)]
    took = []
    for number in range(FRAMES):
        frame = frames[number % len(frames)]
        began = time.process_time()
        frame = picture(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
        if number % WALL_EVERY == 0:
            small = backdrop.small(frame)
            backdrop.measure(small, nets().outline(small))
        face = nets().faces(frame)[0]
        look(frame, face, *nets().refined(frame, nets().mesh(frame, face)[0]))
        took.append(time.process_time() - began)
    plain = [value for number, value in enumerate(took) if number % WALL_EVERY]
    return {
        "processor_p50_ms": round(median(took) * 1000, 1),
        "processor_p95_ms": round(float(np.quantile(took, 0.95)) * 1000, 1),
        "processor_without_wall_p95_ms": round(float(np.quantile(plain, 0.95)) * 1000, 1),
        "processor_met": float(np.quantile(took, 0.95)) <= FRAME_LIMIT,
    }


async def _finished(analyst: FaceAnalyst) -> dict[str, Any]:
    """From the question to the finished, measured file, of the best of the kept frames."""
    found: dict[str, Any] = {}
    for policy, limit in FINISH_LIMITS.items():
        took = await _timed(SHOTS, lambda policy=policy: analyst.finish(SPEC, policy))  # type: ignore[misc]
        found[f"finish_{policy}_p50_s"] = round(median(took), 3)
        found[f"finish_{policy}_max_s"] = round(max(took), 3)
        found[f"finish_{policy}_met"] = max(took) <= limit
    return found


async def _timed(count: int, ask: Callable[[], Awaitable[object]]) -> list[float]:
    took = []
    for _ in range(count):
        began = time.perf_counter()
        await ask()
        took.append(time.perf_counter() - began)
    return took


def _memory() -> dict[str, Any]:
    """Of the host: resident with what it shares counted once, and the most it ever had resident."""
    host = _host_pid()
    rollup = (host / "smaps_rollup").read_text()
    now, peak = (
        int(text.partition(name)[2].split()[0]) / 1024
        for text, name in ((rollup, "\nPss:"), ((host / "status").read_text(), "VmHWM:"))
    )
    return {"host_pss_mb": round(now), "host_peak_rss_mb": round(peak), "host_met": peak < MEMORY_LIMIT}


def _host_pid() -> Path:
    """The host's folder in /proc."""
    (host,) = (pid for pid in Path("/proc").glob("[0-9]*") if _is_ours(pid))
    return host


def _ticks(pid: Path) -> float:
    """Seconds of CPU: on a machine with other work they say more than the clock."""
    stat = (pid / "stat").read_text().rpartition(")")[2].split()
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def _is_ours(pid: Path) -> bool:
    try:
        stat = (pid / "stat").read_text().rpartition(")")[2].split()
        return int(stat[1]) == os.getpid() and b"hosts.face" in (pid / "cmdline").read_bytes()
    except OSError:
        return False


def _embedding() -> dict[str, Any]:
    """One embedding: the network alone, and with finding the chip in the frame."""
    frame = rest("obama")
    face = nets().faces(frame)[0]
    one = chip(frame, nets().closer(frame, face))
    alone, whole = (_repeat(lambda: nets().embeddings([one])), _repeat(lambda: nets().embedding(frame, face)))
    processor = _repeat(lambda: nets().embeddings([one]), time.process_time)
    return {
        "embedding_p50_ms": round(median(alone) * 1000, 1),
        "embedding_with_chip_p50_ms": round(median(whole) * 1000, 1),
        "embedding_processor_p50_ms": round(median(processor) * 1000, 1),
        "embedding_met": median(alone) <= EMBEDDING_LIMIT,
    }


def _repeat(do: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> list[float]:
    took = []
    for _ in range(EMBEDDINGS):
        began = clock()
        do()
        took.append(clock() - began)
    return took
