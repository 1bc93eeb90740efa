"""A screen where there is none: an X server in memory, and a way to see and touch it in a browser.

Xvfb chooses its own free display number (``-displayfd``). x11vnc and noVNC (Debian's) show it, on the loopback
only; without ``watched`` there is just the X server.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from kiosk_app.demo_children import Child, free_port, known_port, reachable, running

NOVNC = "/usr/share/novnc"
PREFERRED_PORT = 6080


@dataclass(frozen=True)
class Display:
    """``name`` for DISPLAY; ``address`` where a browser sees it, or empty; ``parts`` that must not end."""

    name: str
    address: str
    parts: tuple[Child, ...]


async def size_of(name: str) -> tuple[int, int] | None:
    """Width and height of an X display; None when nobody answers there."""
    asking = await asyncio.create_subprocess_exec(
        "xdotool",
        "getdisplaygeometry",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "DISPLAY": name},
    )
    said, _ = await asking.communicate()
    if asking.returncode:
        return None
    width, height = map(int, said.split())
    return width, height


@asynccontextmanager
async def display(width: int, height: int, *, logs: Path, watched: bool) -> AsyncIterator[Display]:
    """An X server of that size, as long as the block. Raises ChildFailed."""
    geometry = f"{width}x{height}x24"
    argv = ["Xvfb", "-displayfd", "1", "-screen", "0", geometry, "-nolisten", "tcp", "-noreset"]
    async with AsyncExitStack() as house:
        server = await house.enter_async_context(running("Xvfb", argv, log=logs / "xvfb.log", pipes=True))
        name = ":" + (await server.line(10)).strip()
        shows = await _show(house, name, logs) if watched else Display(name, "", ())
        yield replace(shows, parts=(server, *shows.parts))


async def _show(house: AsyncExitStack, name: str, logs: Path) -> Display:
    inner, outer = free_port(), known_port(house, PREFERRED_PORT)
    vnc = ["x11vnc", "-display", name, "-localhost", "-rfbport", str(inner), "-forever", "-shared", "-nopw", "-quiet"]
    web = ["websockify", "--web", NOVNC, f"127.0.0.1:{outer}", f"127.0.0.1:{inner}"]
    parts = []
    for what, argv, port in (("x11vnc", vnc, inner), ("noVNC", web, outer)):
        parts.append(await house.enter_async_context(running(what, argv, log=logs / f"{what}.log")))
        await reachable(parts[-1], port, 15)
    address = f"http://127.0.0.1:{outer}/vnc.html?autoconnect=1&resize=scale&reconnect=1"
    return Display(name, address, tuple(parts))
