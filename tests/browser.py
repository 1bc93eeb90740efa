"""Debian's Chromium without a window, led over its debugging pipe: what a person sees and does on a page of ours.

DevTools speaks JSON, each message ended by a zero byte, on descriptors 3 and 4 (``--remote-debugging-pipe``): no
port, no web socket, nothing to install. Keys and the pointer are real input events, not calls of the page.
"""

import asyncio
import base64
import itertools
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium")
_FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars", "--mute-audio")
_WITH_PIPE = """\
import os, sys
for number, ours in ((3, sys.argv[1]), (4, sys.argv[2])):
    os.dup2(int(ours), number)
os.execv(sys.argv[3], sys.argv[3:])
"""
KEYS = {"Tab": 9, "Enter": 13, "Escape": 27}


class Page:
    """One page. Everything that the page complains of is in ``complaints``."""

    def __init__(self, reader: asyncio.StreamReader, writer: int) -> None:
        self._reader, self._writer = reader, writer
        self._ids = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._session = ""
        self.complaints: list[str] = []

    async def listen(self) -> None:
        while True:
            told = json.loads((await self._reader.readuntil(b"\0"))[:-1])
            if "id" in told:
                self._answers.pop(told["id"]).set_result(told)
            elif told["method"] in {"Runtime.exceptionThrown", "Log.entryAdded"}:
                self.complaints.append(json.dumps(told["params"], ensure_ascii=False)[:600])

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._ids)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        question = {"id": number, "method": method, "params": params}
        os.write(
            self._writer,
            json.dumps(question | ({"sessionId": self._session} if self._session else {})).encode() + b"\0",
        )
        async with asyncio.timeout(30):
            told = await answer
        if "error" in told:
            raise AssertionError(f"{method}: {told['error']}")
        result: dict[str, Any] = told["result"]
        return result

    async def open(self, address: str, width: int, height: int) -> None:
        target = (await self.ask("Target.createTarget", url="about:blank"))["targetId"]
        self._session = (await self.ask("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            await self.ask(f"{domain}.enable")
        await self.size(width, height)
        await self.ask("Page.navigate", url=address)

    async def size(self, width: int, height: int) -> None:
        await self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )

    async def js(self, expression: str) -> Any:
        """The value of ``expression`` on the page. Raises AssertionError when it throws."""
        told = await self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in told:
            raise AssertionError(f"{expression}: {told['exceptionDetails']}")
        return told["result"].get("value")

    async def until(self, expression: str, within: float = 15.0) -> Any:
        """The value of ``expression`` as soon as it is true. Raises AssertionError."""
        end = asyncio.get_running_loop().time() + within
        while asyncio.get_running_loop().time() < end:
            if value := await self.js(expression):
                return value
            await asyncio.sleep(0.05)
        raise AssertionError(f"never true: {expression}; the page complains: {self.complaints}")

    async def press(self, key: str, *, shift: bool = False) -> None:
        for kind in ("keyDown", "keyUp"):
            text = {"text": "\r"} if (key, kind) == ("Enter", "keyDown") else {}
            await self.ask(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, modifiers=8 * shift,
                windowsVirtualKeyCode=KEYS[key], **text,
            )  # fmt: skip

    async def pointer(self, kind: str, x: float, y: float) -> None:
        await self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    async def drag(self, what: str, onto: str) -> None:
        """Drag the middle of one element (a selector) onto the middle of another."""
        ends = [await self._middle(selector) for selector in (what, onto)]
        (x, y), (to_x, to_y) = ends
        await self.pointer("mousePressed", x, y)
        for part in (0.1, 0.5, 1.0):
            await self.pointer("mouseMoved", x + (to_x - x) * part, y + (to_y - y) * part)
        await self.pointer("mouseReleased", to_x, to_y)

    async def click(self, selector: str) -> None:
        await self.until(
            f"(e => e && (e.scrollIntoViewIfNeeded(), true))(document.querySelector({json.dumps(selector)}))"
        )
        x, y = await self._middle(selector)
        await self.pointer("mousePressed", x, y)
        await self.pointer("mouseReleased", x, y)

    async def _middle(self, selector: str) -> tuple[float, float]:
        middle = "(b => b && [b.x + b.width / 2, b.y + b.height / 2])"
        box = await self.until(f"{middle}(document.querySelector({json.dumps(selector)})?.getBoundingClientRect())")
        return box[0], box[1]

    async def picture(self, path: Path, *, whole: bool = False) -> None:
        """A screenshot; ``whole``: also what one must scroll to."""
        data = await self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        await asyncio.to_thread(path.write_bytes, base64.b64decode(data["data"]))


@asynccontextmanager
async def browser(folder: Path, address: str, *, width: int = 1680, height: int = 1050) -> AsyncIterator[Page]:
    """A page at ``address`` in a browser of its own, whose profile lives in ``folder``."""
    assert CHROMIUM is not None
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", "-c", _WITH_PIPE, str(theirs_in), str(theirs_out), CHROMIUM, *_FLAGS),
        *("--remote-debugging-pipe", f"--user-data-dir={folder}", "about:blank"),
        pass_fds=(theirs_in, theirs_out),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "HOME": str(folder)},
    )
    os.close(theirs_in)
    os.close(theirs_out)
    reader = asyncio.StreamReader(limit=64 * 1024 * 1024)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(ours_in, "rb")
    )
    page = Page(reader, ours_out)
    listening = asyncio.create_task(page.listen())
    try:
        await page.open(address, width, height)
        yield page
    finally:
        listening.cancel()
        await asyncio.wait([listening])
        os.killpg(process.pid, 9)
        await process.wait()
        transport.close()
        os.close(ours_out)
