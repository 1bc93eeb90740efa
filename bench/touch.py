"""Touch to pixels: our window, a bare Kivy window and a page in Chromium's kiosk mode, interleaved in one run.

All three show a button of the same size on 1080 x 1920, each on an X server in memory of its own, one of them served
at a time. A press goes in through XTest; one pixel inside the button, away from its words, is read until it changes.
The resolution is the time of reading one pixel (reported). Start is from spawning to the first press that shows;
memory is the proportional set size of the process with its children; idle is processor time over some quiet seconds.
"""

import json
import os
import select
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.touch_x import LOOK_EVERY, Hand, server

SIZE = (1080, 1920)
PRESSES = 60
QUIET = 5.0
PAGE = """<!doctype html><meta charset=utf-8><style>
body{margin:0;background:#f4f6f3;overflow:hidden} button{position:absolute;left:48px;top:600px;width:984px;height:264px;
border:0;border-radius:32px;background:#fff;box-shadow:0 6px 24px #10222b1c;font:54px 'Noto Sans CJK SC'}
button:active{background:#dce9e6}</style><button>交通违法罚款</button>"""


@dataclass
class Contender:
    """One window: its process, its finger, what was measured."""

    name: str
    argv: list[str]
    point: tuple[int, int] | None = None
    process: "subprocess.Popen[bytes] | None" = None
    hand: Hand | None = None
    start: float = 0.0
    presses: list[float] = field(default_factory=list)

    def press(self) -> float:
        """One press and release; seconds until the press showed."""
        assert self.hand is not None
        assert self.point is not None
        x, y = self.point
        self.hand.move(x, y)
        time.sleep(0.05)
        before = self.hand.pixel(x, y)
        self.hand.button(True)
        took = self.hand.until_changed(x, y, before)
        time.sleep(0.03)
        self.hand.button(False)
        time.sleep(0.12)
        return took


def contenders(folder: Path) -> list[Contender]:
    page = folder / "page.html"
    page.write_text(PAGE, "utf-8")
    width, height = SIZE
    chromium = [
        shutil.which("chromium") or "chromium", "--kiosk", "--no-first-run", "--no-sandbox", "--disable-gpu",
        f"--user-data-dir={folder / 'profile'}", f"--window-size={width},{height}", "--window-position=0,0",
        "--noerrdialogs", "--disable-infobars", page.as_uri(),
    ]  # fmt: skip
    python = [sys.executable, "-m", "bench.touch_ours"]
    return [
        Contender("ours", [*python, "ours", str(width), str(height)]),
        Contender("bare kivy", [*python, "bare", str(width), str(height)]),
        Contender("chromium", chromium, point=(68, 732)),
    ]


@contextmanager
def opened(contender: Contender, folder: Path) -> Iterator[None]:
    """Its process on its own X server, until it can be touched."""
    with server(*SIZE) as display:
        contender.hand = Hand(display)
        home = folder / contender.name.replace(" ", "-")
        home.mkdir()
        environ = os.environ | {"DISPLAY": display, "KIVY_HOME": str(home), "HOME": str(folder)}
        began = time.perf_counter()
        contender.process = subprocess.Popen(
            contender.argv, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            _wait(contender, began)
            yield
        finally:
            for process in family(contender.process.pid):
                _end(process)
            contender.process.wait(10)
            if contender.process.stdout is not None:
                contender.process.stdout.close()
            contender.hand.close()


def _end(process: int) -> None:
    try:
        os.kill(process, 15)
    except ProcessLookupError:
        return


def _wait(contender: Contender, began: float) -> None:
    """Until a press shows, at most 30 s."""
    assert contender.process is not None
    assert contender.process.stdout is not None
    if contender.point is None:
        if not select.select([contender.process.stdout], [], [], 30)[0]:
            raise RuntimeError(f"{contender.name} did not start")
        told = json.loads(contender.process.stdout.readline())
        contender.point = (told["x"], told["y"])
    assert contender.hand is not None
    x, y = contender.point
    contender.hand.move(x, y)
    while time.perf_counter() - began < 30:
        before = contender.hand.pixel(x, y)
        contender.hand.button(True)
        took = contender.hand.until_changed(x, y, before, within=0.1)
        contender.start = time.perf_counter() - began
        contender.hand.button(False)
        contender.hand.until_changed(x, y, contender.hand.pixel(x, y), within=0.1)
        if took < 0.1 and before:  # a black screen is an X server without a window
            return
    raise RuntimeError(f"{contender.name} never answered a touch")


def family(pid: int) -> list[int]:
    """A process and everything it started."""
    found = [pid]
    for process in found:
        for task in Path(f"/proc/{process}/task").glob("*/children"):
            found += [int(child) for child in task.read_text().split()]
    return found


def memory(pid: int) -> float:
    """Proportional set size of the family, in MiB."""
    total = 0
    for process in family(pid):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def cpu(pid: int) -> float:
    """Processor seconds the family has used."""
    ticks = 0
    for process in family(pid):
        parts = Path(f"/proc/{process}/stat").read_text().rsplit(") ", 1)[1].split()
        ticks += int(parts[11]) + int(parts[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def figures(contender: Contender, idle: float) -> dict[str, Any]:
    assert contender.process is not None
    ordered = sorted(contender.presses)
    return {
        "p50_ms": round(statistics.median(ordered) * 1000, 2),
        "p95_ms": round(ordered[int(len(ordered) * 0.95) - 1] * 1000, 2),
        "start_s": round(contender.start, 2),
        "pss_mib": round(memory(contender.process.pid), 1),
        "idle_cpu_percent": round(idle, 2),
    }


def measure(presses: int = PRESSES) -> dict[str, Any]:
    """All figures by contender, and the resolution of the eye."""
    with tempfile.TemporaryDirectory(prefix="touch-", ignore_cleanup_errors=True) as name, ExitStack() as stack:
        folder = Path(name)
        all_three = contenders(folder)
        for contender in all_three:
            stack.enter_context(opened(contender, folder))
        time.sleep(1)
        for turn in range(presses):
            for contender in all_three[turn % 3 :] + all_three[: turn % 3]:
                contender.presses.append(contender.press())
        time.sleep(1)
        pids = [c.process.pid for c in all_three if c.process is not None]
        before = [cpu(pid) for pid in pids]
        time.sleep(QUIET)
        idle = [(cpu(pid) - used) / QUIET * 100 for pid, used in zip(pids, before, strict=True)]
        result: dict[str, Any] = {c.name: figures(c, i) for c, i in zip(all_three, idle, strict=True)}
        eye = all_three[0].hand
        assert eye is not None
        began = time.perf_counter()
        for _ in range(200):
            eye.pixel(5, 5)
            time.sleep(LOOK_EVERY)
        result["eye_ms"] = round((time.perf_counter() - began) / 200 * 1000, 3)
    ours, page = result["ours"], result["chromium"]
    result["ours_to_chromium"] = {key: round(ours[key] / page[key], 2) for key in ours if page[key]}
    return result


def main() -> None:
    result = measure()
    keys = list(result["ours"])
    print(f"{'':18}" + "".join(f"{key:>18}" for key in keys))
    for name in ("ours", "bare kivy", "chromium", "ours_to_chromium"):
        print(f"{name:18}" + "".join(f"{result[name].get(key, ''):>18}" for key in keys))
    print(f"looks {result['eye_ms']} ms apart; {PRESSES} presses each, interleaved, {SIZE[0]} x {SIZE[1]}")


if __name__ == "__main__":
    main()
