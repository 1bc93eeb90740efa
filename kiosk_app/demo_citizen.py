"""A scripted citizen: eyes and fingers at the real window, hands at the bench.

The eyes read what the kiosk says can be touched now (``[screen] targets``); the fingers move the X pointer and
press with ``xdotool``, so that a touch takes the way of every touch: X server, SDL, Kivy, widget, intent. The
hands are the bench's HTTP calls, the telephone is the simulated payment provider's. Rule: a step waits for what it
wants to see, with a deadline, and never for a while; what took how long is kept.
"""

import asyncio
import http.client
import json
import os
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from PIL import Image, ImageGrab

LOOK_EVERY = 0.03
PRESS = 0.06
PATIENCE = 12.0
STILL = 1.0


class Lost(Exception):
    """The citizen does not see what should be there; the message says what was wanted and what is there."""


class VisitOver(Exception):
    """The visit ended before the script did, as it was meant to (the power went)."""


Strike = Callable[["Citizen"], Awaitable[None]]


@dataclass(frozen=True)
class Sight:
    """What the window shows: the view's name, what it asks for, and where what can be touched has its centre."""

    view: str
    serial: int = 0
    targets: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    asks: str = ""


async def fetch(address: str, method: str, path: str, body: bytes | None = None) -> bytes:
    """One plain HTTP call on the loopback. Raises OSError, and Lost when it is refused."""

    def call() -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
        try:
            connection.request(method, path, body)
            reply = connection.getresponse()
            return reply.status, reply.read()
        finally:
            connection.close()

    status, answer = await asyncio.to_thread(call)
    if status >= 300:
        raise Lost(f"{method} {path}: {status} {answer.decode(errors='replace')}")
    return answer


class Citizen:
    """Somebody at the machine. ``out`` gets numbered pictures; ``papers``: what stands on each; ``timings``."""

    def __init__(
        self,
        display: str,
        targets: Path,
        bench: str,
        out: Path,
        *,
        telephone: str = "",
        strikes: Mapping[str, Strike] | None = None,
    ) -> None:
        self._display, self._targets, self._bench, self.out = display, targets, bench, out
        self._telephone = telephone
        self._strikes = strikes or {}
        self._began = self._last = time.monotonic()
        self.papers: dict[str, str] = {}
        self.timings: list[dict[str, Any]] = []
        self._pictures = 0

    # --- eyes ---

    def look(self) -> Sight:
        """What is there now."""
        with suppress(OSError, ValueError, KeyError):
            seen = json.loads(self._targets.read_bytes())
            targets = {t["key"]: (t["x"] + t["w"] // 2, t["y"] + t["h"] // 2) for t in seen["targets"]}
            return Sight(seen["view"], seen["serial"], targets, seen.get("asks", ""))
        return Sight("nothing")

    async def see(self, view: str, *, target: str = "", within: float = PATIENCE) -> Sight:
        """Wait for a view, and for something on it that can be touched. Raises Lost."""

        def there() -> Sight | None:
            sight = self.look()
            return sight if sight.view == view and (not target or target in sight.targets) else None

        return await self._wait(there, f"view {view} {target}".strip(), within)

    async def gone(self, target: str, *, within: float = PATIENCE) -> Sight:
        """Wait until something cannot be touched any more: the next view is there. Raises Lost."""

        def without() -> Sight | None:
            sight = self.look()
            return None if target in sight.targets else sight

        return await self._wait(without, f"a view without {target}", within)

    async def turned(self, before: Sight, *, within: float = PATIENCE) -> Sight:
        """Wait until another page is there than ``before``, of the same kind or not. Raises Lost."""

        def there() -> Sight | None:
            sight = self.look()
            return sight if sight.serial != before.serial else None

        return await self._wait(there, f"another page than {before.view}", within)

    async def asked(self, before: str, *, until: Collection[str], within: float = PATIENCE) -> Sight:
        """What the picture asks for next, once it is another thing than ``before``; or one of the views ``until``."""

        def news() -> Sight | None:
            sight = self.look()
            return sight if sight.view in until or (sight.view == "LivePortrait" and sight.asks != before) else None

        return await self._wait(news, f"another gesture than {before!r}, or one of {', '.join(until)}", within)

    async def told(self, sentence: str, *, within: float = PATIENCE) -> Sight:
        """Wait until the desk under the camera is shown with this sentence. Raises Lost."""

        def said() -> Sight | None:
            sight = self.look()
            return sight if sight.view == "LivePage" and sight.asks == sentence else None

        return await self._wait(said, f"the desk with {sentence}", within)

    async def on_bench(self, wanted: Callable[[dict[str, Any]], Any], what: str, *, within: float = PATIENCE) -> Any:
        """Wait until ``wanted`` finds something true in the bench's state. Raises Lost."""
        end = time.monotonic() + within
        while True:
            found = wanted(await self.bench_state())
            if found:
                return found
            if time.monotonic() > end:
                raise Lost(f"waited {within:g} s for {what}; the screen shows {self.look()}")
            await asyncio.sleep(LOOK_EVERY * 3)

    async def bench_state(self) -> dict[str, Any]:
        """Every device as the bench shows it, by role."""
        state: dict[str, Any] = json.loads(await fetch(self._bench, "GET", "/state"))
        return state

    async def paper(self, role: str, name: str) -> bytes:
        """A printed paper, by the bench's name for it."""
        return await fetch(self._bench, "GET", f"/paper/{role}/{name}")

    async def _wait(self, there: Callable[[], Sight | None], what: str, within: float) -> Sight:
        end = time.monotonic() + within
        while True:
            sight = there()
            if sight is not None:
                return sight
            if time.monotonic() > end:
                raise Lost(f"waited {within:g} s for {what}; the screen shows {self.look()}")
            await asyncio.sleep(LOOK_EVERY)

    # --- fingers and hands ---

    async def touch(self, view: str, target: str, *, within: float = PATIENCE) -> None:
        """Press and release a target of ``view`` as soon as it is there."""
        x, y = (await self.see(view, target=target, within=within)).targets[target]
        argv = ["mousemove", str(x), str(y), "mousedown", "1", "sleep", str(PRESS), "mouseup", "1"]
        finger = await asyncio.create_subprocess_exec("xdotool", *argv, env={**os.environ, "DISPLAY": self._display})
        if await finger.wait():
            raise Lost(f"xdotool ended with {finger.returncode}")

    async def answer(self, view: str, target: str, *, picture: str) -> None:
        """See a view, keep a picture of it, and touch what is wanted of it."""
        await self.see(view, target=target)
        await self.picture(picture)
        await self.touch(view, target)

    async def hand(self, role: str, name: str, **arguments: str | int) -> dict[str, Any]:
        """Use a hand of the bench; the device's state afterwards."""
        answer = await fetch(self._bench, "POST", f"/hand/{role}/{name}", json.dumps(arguments).encode())
        state: dict[str, Any] = json.loads(answer)
        return state

    async def bill(self, *, within: float = PATIENCE) -> dict[str, Any]:
        """What the telephone shows of the code on the screen, as soon as there is one. Raises Lost."""
        end = time.monotonic() + within
        while True:
            try:
                bill: dict[str, Any] = json.loads(await fetch(self._telephone, "POST", "/phone/scan", b"{}"))
            except Lost:
                if time.monotonic() > end:
                    raise
            else:
                return bill
            await asyncio.sleep(LOOK_EVERY * 3)

    async def confirm(self, bill: dict[str, Any]) -> None:
        """Pay what the telephone shows. Raises Lost when it cannot be paid."""
        await fetch(self._telephone, "POST", "/phone/pay", json.dumps({"code": bill["code"]}).encode())

    async def moment(self, name: str) -> None:
        """A moment of the script has come: a fault may strike now."""
        if name in self._strikes:
            await self._strikes[name](self)

    # --- memory ---

    async def picture(self, name: str) -> None:
        """Keep what the screen shows, once it is still, as NN-name.png, and how long the step took."""
        now = time.monotonic()
        self.timings.append({"step": name, "seconds": round(now - self._last, 2), "at": round(now - self._began, 2)})
        self._last = now
        self._pictures += 1
        path = self.out / f"{self._pictures:02d}-{name}.png"
        picture = await self._still()
        await asyncio.to_thread(picture.save, path, compress_level=1)

    async def _still(self) -> Image.Image:
        """The screen when two looks in a row are equal (a pressed button, half a frame), or after a while anyway."""
        end = time.monotonic() + STILL
        before = await asyncio.to_thread(ImageGrab.grab, xdisplay=self._display)
        while True:
            await asyncio.sleep(LOOK_EVERY * 2)
            now = await asyncio.to_thread(ImageGrab.grab, xdisplay=self._display)
            if now.tobytes() == before.tobytes() or time.monotonic() > end:
                return now
            before = now
