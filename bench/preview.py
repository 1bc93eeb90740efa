"""What a live preview of 1280 x 720 costs beyond decoding, against a bare OpenCV loop, and by which way it travels.

All look at the same simulated network camera (motion JPEG, 30 a second) in a process of its own, one after the other:

- the bare loop: ``VideoCapture.read`` into one buffer and nothing else, which is what decoding costs;
- ours: the driver's preview through the host and the shared ring, each picture copied by the consumer on its loop;
- the pipe: the same pictures, as RGB, in the body of hostlink messages over a pipe to a loop (what we did not take).

Cost is CPU seconds of host and consumer for each second of wall clock, less the bare loop's: per cent of one core.
Latency is from the end of decoding to the pixels in the consumer's hands.
"""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from typing import Any

from hardware.channel import open_child
from hardware.drivers.camera import Camera
from hardware.drivers.viewfinder import JUMP, Optics
from hardware.protocols.hostlink import HostLink, Message, encode
from hardware.simulators.camera import CameraSimulator
from hardware.simulators.wire import TcpWire

SECONDS, WARM = 10.0, 2.0
KILLS = 5
LIMIT = 40.0
_TICK = os.sysconf("SC_CLK_TCK")


def measure() -> dict[str, Any]:
    """Per cent of one core, pictures a second, milliseconds, MB."""
    return asyncio.run(_measure())


async def _measure() -> dict[str, Any]:
    far = await open_child([sys.executable, "-m", "bench.preview", "camera"])
    address = (await far.read()).decode().strip()
    try:
        bare = await _child("bare", address)
        ring, recoveries = await _ours(address)
        pipe = await _child("pipe", address)
    finally:
        await far.close()
    beyond = {name: round(got["cpu"] - bare["cpu"], 1) for name, got in (("ring", ring), ("pipe", pipe))}
    return {
        "bare_loop": bare,
        "shared_ring": ring,
        "pipe": pipe,
        "beyond_decoding_percent_of_one_core": beyond,
        "limit_percent": LIMIT,
        "met": beyond["ring"] < LIMIT,
        "host_killed_to_live_picture_s": [round(took, 2) for took in recoveries],
    }


# --- ours ---


async def _ours(address: str) -> tuple[dict[str, Any], list[float]]:
    camera = Camera(Optics(address))
    life = asyncio.create_task(camera.run())
    late: list[float] = []
    loop = asyncio.get_running_loop()
    async with camera.preview() as view:
        frame = await view.newer()

        async def one() -> float:
            nonlocal frame
            frame = await view.newer(frame.sequence)
            return loop.time() - frame.captured

        host = _child_of_ours(b"hosts.camera")
        figures = await _watched([os.getpid(), host], one, late)
        recoveries = [await _killed(camera, one, lambda: frame.sequence) for _ in range(KILLS)]
    life.cancel()
    await asyncio.wait([life])
    return figures, recoveries


async def _killed(camera: Camera, one: Callable[[], Awaitable[float]], sequence: Callable[[], int]) -> float:
    """Seconds from the end of the host to a picture of the next."""
    of_the_next = sequence() + JUMP
    began = time.monotonic()
    os.kill(_child_of_ours(b"hosts.camera"), signal.SIGKILL)
    while sequence() < of_the_next:
        await one()
    took = time.monotonic() - began
    while not camera.condition.serves:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    return took


async def _watched(pids: list[int], one: Callable[[], Awaitable[float]], late: list[float]) -> dict[str, Any]:
    """Figures of these processes while ``one`` picture after the other is taken."""
    await _for(WARM, one, [])
    before, began = sum(map(_cpu, pids)), time.monotonic()
    await _for(SECONDS, one, late)
    took = time.monotonic() - began
    return _figures(sum(map(_cpu, pids)) - before, took, late, sum(map(_resident, pids)))


async def _for(seconds: float, one: Callable[[], Awaitable[float]], late: list[float]) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        late.append(await one())


def _figures(cpu: float, took: float, late: list[float], resident: float) -> dict[str, Any]:
    ordered = sorted(late)
    return {
        "cpu": round(cpu / took * 100, 1),
        "fps": round(len(late) / took, 1),
        "latency_p50_ms": round(median(ordered) * 1000, 2),
        "latency_p95_ms": round(ordered[int(len(ordered) * 0.95)] * 1000, 2),
        "resident_mb": round(resident),
    }


def _child_of_ours(mark: bytes) -> int:
    """The oldest process that we started with ``mark`` on its command line: the next one only stands ready."""
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    return next(int(pid) for pid in children if mark in Path(f"/proc/{pid}/cmdline").read_bytes())


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def _resident(pid: int) -> float:
    """MB, pages shared with others counted by their share."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(rollup.split("Pss:")[1].split()[0]) / 1024


# --- the others, each in its own process ---


async def _child(kind: str, address: str) -> dict[str, Any]:
    child = await open_child([sys.executable, "-m", "bench.preview", kind, address])
    out = b""
    while data := await child.read():
        out += data
    await child.close()
    figures: dict[str, Any] = json.loads(out)
    return figures


async def _camera() -> None:
    async with TcpWire(CameraSimulator(), "127.0.0.1", 0) as wire:
        print(f"http://{wire.host}:{wire.port}/", flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


async def _bare(address: str) -> None:
    """The loop that everybody writes first."""
    import cv2  # noqa: PLC0415 - only the hosts of this bench know OpenCV

    cv2.setNumThreads(1)
    capture = cv2.VideoCapture(address, cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
    picture = capture.read()[1]

    async def one() -> float:
        capture.read(picture)
        return 0.0

    print(json.dumps(await _watched([os.getpid()], one, [])))


async def _pipe(address: str) -> None:
    """A consumer on its loop, and the host it reads from."""
    host = await open_child([sys.executable, "-m", "bench.preview", "pipe-host", address])
    codec = HostLink()
    loop = asyncio.get_running_loop()

    async def one() -> float:
        while True:
            for message in codec.feed(await host.read()):
                if isinstance(message, Message):
                    return loop.time() - float(message.head["captured"])

    await one()
    figures = await _watched([os.getpid(), _child_of_ours(b"pipe-host")], one, [])
    await host.close()
    print(json.dumps(figures))


def _pipe_host(address: str) -> None:
    import cv2  # noqa: PLC0415

    cv2.setNumThreads(1)
    capture = cv2.VideoCapture(address, cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
    picture = capture.read()[1]
    shown = picture.copy()
    number = 0
    while True:
        capture.read(picture)
        captured = time.monotonic()
        cv2.cvtColor(picture, cv2.COLOR_BGR2RGB, shown)
        number += 1
        data = memoryview(encode(Message({"sequence": number, "captured": captured}, shown.tobytes())))
        try:
            while data:
                data = data[os.write(1, data) :]
        except BrokenPipeError:
            return


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["camera"]:
            asyncio.run(_camera())
        case ["bare", address]:
            asyncio.run(_bare(address))
        case ["pipe", address]:
            asyncio.run(_pipe(address))
        case ["pipe-host", address]:
            _pipe_host(address)
        case _:
            for name, value in measure().items():
                print(f"{name}: {value}")
