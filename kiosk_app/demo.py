"""``kiosk demo``: the whole product on one machine, with simulated devices and an embedded central.

With a display a window opens there, scaled to fit. Without one an X server in memory is started, and the
kiosk's screen can be seen and touched in a browser, beside the bench (the hands) and central's console.
``--headless --script NAME`` lets a scripted citizen do it and judges what became of it; the exit status tells
the truth. ``NAME,NAME`` is one citizen after the other at the same machine. Whatever ends the demo, no process stays
behind. A run folder is begun anew each time.
"""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Coroutine
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import Any

from kiosk_app.demo_children import ChildFailed, until_one_ends
from kiosk_app.demo_citizen import Citizen, Lost, VisitOver
from kiosk_app.demo_display import Display, display, size_of
from kiosk_app.demo_faults import FAULTS
from kiosk_app.demo_scripts import SCRIPTS
from kiosk_app.demo_verdict import judge
from kiosk_app.demo_world import TERMINALS, Folder, Window, World, build

PORTRAIT = (1080, 1920)
FITS = 0.9
"""Of a display's width and height: what a window with its frame may take."""
START = 60.0
MARKER = ".kiosk-demo"
"""In every run folder: only what has it may be emptied."""


def main(
    *,
    headless: bool,
    script: str,
    out: Path | None,
    fault: str = "",
    terminal: str = TERMINALS[0],
    landscape: bool = False,
    show_list: bool = False,
) -> int:
    """The command; its exit status."""
    if show_list:
        say(
            f"scripts: {', '.join(SCRIPTS)}", f"faults:  {', '.join(FAULTS)}", f"card terminals: {', '.join(TERMINALS)}"
        )
        return 0
    wrong = _wrong(headless, script, fault, terminal)
    if wrong:
        say(wrong)
        return 2
    try:
        with ExitStack() as stack:
            root = out or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kiosk-demo-")))
            folder = begin(root.absolute())
            size = PORTRAIT[::-1] if landscape else PORTRAIT
            if script:
                work = scripted(folder, size, script, fault or "none", terminal=terminal)
            else:
                work = shown(folder, size, terminal=terminal)
            return asyncio.run(until_stopped(work))
    except (ChildFailed, Lost) as error:
        say(f"The demo failed: {error}", f"Logs are in {out.absolute() / 'logs'}" if out else "Logs: use --out DIR")
        return 1


def _wrong(headless: bool, script: str, fault: str, terminal: str) -> str:
    """Why the command line cannot be meant; empty if it can."""
    if headless and not script:
        return f"--headless needs --script; there are: {', '.join(SCRIPTS)}."
    for name in script.split(",") if script else ():
        if name not in SCRIPTS:
            return f"No script {name!r}; there are: {', '.join(SCRIPTS)}."
    if fault and fault not in FAULTS:
        return f"No fault {fault!r}; there are: {', '.join(FAULTS)}."
    if terminal not in TERMINALS:
        return f"No card terminal {terminal!r}; there are: {', '.join(TERMINALS)}."
    return ""


def say(*lines: str) -> None:
    """To the person at the terminal."""
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def begin(root: Path) -> Folder:
    """A run folder without anything of an earlier run. Raises ChildFailed when it is somebody else's folder."""
    root.mkdir(parents=True, exist_ok=True)
    marker = root / MARKER
    if any(root.iterdir()) and not marker.exists():
        raise ChildFailed(f"{root} is neither empty nor an earlier run of the demo")
    for old in root.iterdir():
        if old.is_dir():
            shutil.rmtree(old)
        else:
            old.unlink()
    marker.touch()
    return Folder(root)


async def until_stopped(work: Coroutine[Any, Any, int]) -> int:
    """Run ``work``; Ctrl-C and SIGTERM unwind it, and that is success for a demo that just ran."""
    task = asyncio.ensure_future(work)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        return 130


async def shown(folder: Folder, size: tuple[int, int], *, terminal: str) -> int:
    """The demo for a person: everything runs until stopped."""
    async with AsyncExitStack() as house:
        window, screen = await _window(house, folder, size)
        world = await build(house, folder, window, scripted=False, terminal=terminal)
        await world.keeper.begun.wait()
        where = screen.address if screen else f"a window on display {window.display}"
        say(
            "",
            f"  终端机 kiosk     {where}",
            f"  模拟台 bench     {world.bench}    (lay cards, type PINs, take paper, break things)",
            f"  业务中心 central {world.console}",
            f"  手机 telephone   {world.console}/phone    (scan the code and pay)",
            "",
            "  Ctrl-C ends it.",
        )
        await until_one_ends([*world.parts, *(screen.parts if screen else ())])
    return 0


async def _window(house: AsyncExitStack, folder: Folder, size: tuple[int, int]) -> tuple[Window, Display | None]:
    """The person's own display if there is one, scaled to fit, else a display of ours."""
    name = os.environ.get("DISPLAY", "")
    room = await size_of(name) if name else None
    if room is not None:
        scale = min(1.0, room[0] * FITS / size[0], room[1] * FITS / size[1])
        return Window(name, round(size[0] * scale), round(size[1] * scale), fullscreen=False), None
    screen = await house.enter_async_context(display(*size, logs=folder.logs, watched=True))
    return Window(screen.name, *size, fullscreen=True), screen


async def scripted(folder: Folder, size: tuple[int, int], script: str, fault: str, *, terminal: str) -> int:
    """The demo for a machine: a citizen, a fault if wanted, a verdict."""
    async with AsyncExitStack() as house:
        screen = await house.enter_async_context(display(*size, logs=folder.logs, watched=False))
        world = await build(
            house, folder, Window(screen.name, *size, fullscreen=True), scripted=True, terminal=terminal
        )
        strikes = FAULTS[fault].strikes
        citizen = Citizen(
            screen.name, folder.targets, world.bench, folder.root, telephone=world.console, strikes=strikes
        )
        trouble = await _visit(citizen, script)
        return await judge(world, citizen, script, fault, trouble)


async def _visit(citizen: Citizen, script: str) -> str:
    """The script, or several one after the other, from the first look to goodbye; what went wrong, or nothing."""
    try:
        await citizen.see("Attract", within=START)
        for name in script.split(","):
            await SCRIPTS[name](citizen)
    except VisitOver:
        pass
    except Lost as lost:
        await citizen.picture("lost")
        return str(lost)
    return ""


__all__ = ["World", "main"]
