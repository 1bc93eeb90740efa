"""The public verification page as somebody with a paper in hand sees it: drawn for the docs, to be looked at.

    python -m tests.central.verification_pictures FOLDER

A real central that seals, its real page over HTTP, Debian's Chromium: a genuine file, one with a byte changed, one that
somebody else sealed, a genuine code on a paper with other facts, another person's code, and a code that was never given
out. One picture each.
"""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from PIL import Image

from central import codes
from central.authority import Authority
from central.certificates.sealing import Sealer
from central.console import console_app
from kiosk_app.demo_children import free_port
from tests.browser import Page, browser
from tests.central.certified import LI, Certifying, certifying
from tests.central.test_certificates import forged

WIDTH, HEIGHT, SMALLER = 720, 900, 540


@asynccontextmanager
async def served(central: Certifying) -> AsyncIterator[str]:
    """The address of the page."""
    port = free_port()
    config = uvicorn.Config(console_app(central.front, port), port=port, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells it by a flag only
        await asyncio.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{port}/verify/"
    finally:
        server.should_exit = True
        await serving


def files(central: Certifying, folder: Path) -> Iterator[tuple[str, bytes]]:
    """What may be handed in, by the name of its picture."""
    made = central.ask()
    yield "verify_genuine", made.pdf
    altered = bytearray(made.pdf)
    altered[2000] ^= 1
    yield "verify_altered", bytes(altered)
    another = Sealer(Authority(folder / "forger", central.clock.now), central.clock.now)
    yield "verify_forged", another.seal(forged(central, name="李四样本", code=made.code), "局")


async def hand_in(page: Page, address: str, file: Path) -> None:
    """Choose the file and touch the button below it."""
    await page.ask("Page.navigate", url=address)
    await page.until("document.readyState === 'complete' && !!document.querySelector('input[type=file]')")
    root = await page.ask("DOM.getDocument")
    field = await page.ask("DOM.querySelector", nodeId=root["root"]["nodeId"], selector="input[type=file]")
    await page.ask("DOM.setFileInputFiles", nodeId=field["nodeId"], files=[str(file)])
    await page.click("form[enctype] button")
    await page.until("location.pathname.endsWith('/file') && document.readyState === 'complete'")


async def compare(page: Page, address: str, code: str, name: str, ending: str) -> None:
    """Look a code up, and type what the paper says."""
    await page.ask("Page.navigate", url=address + code.replace("-", ""))
    await page.until("document.readyState === 'complete' && !!document.querySelector('input[name=name]')")
    for field, value in (("name", name), ("ending", ending)):
        await page.js(f"document.querySelector('input[name={field}]').value = {value!r}")
    await page.click("form[action$=compare] button")
    await page.until("location.pathname.endsWith('/compare') && document.readyState === 'complete'")


async def keep(page: Page, path: Path) -> None:
    """The picture, small."""
    await page.picture(path)
    with Image.open(path) as picture:
        small = picture.convert("RGB").resize((SMALLER, SMALLER * HEIGHT // WIDTH), Image.Resampling.LANCZOS)
    small.quantize(160).save(path, optimize=True)


async def draw(out: Path, folder: Path, central: Certifying, shown: dict[str, bytes], mine: str, other: str) -> None:
    """All six. ``shown``: files; ``mine``, ``other``: the codes of two persons' certificates."""
    async with served(central) as address, browser(folder / "profile", address, width=WIDTH, height=HEIGHT) as page:
        for name, content in shown.items():
            file = folder / f"{name}.pdf"
            await asyncio.to_thread(file.write_bytes, content)
            await hand_in(page, address, file)
            await keep(page, out / f"{name}.png")
            central.clock.turn(minutes=1)
        await compare(page, address, mine, "李四样本", "0013")
        await keep(page, out / "verify_other_facts.png")
        await compare(page, address, other, "张样本", "0013")
        await keep(page, out / "verify_other_person.png")
        never = codes.show(codes.make(7, codes.CERTIFICATE)).replace("-", "")
        await page.ask("Page.navigate", url=address + never)
        await page.until("document.readyState === 'complete' && document.body.innerText.includes('查无此证明')")
        await keep(page, out / "verify_unknown.png")


def main() -> None:
    """The command."""
    out = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as where:
        folder = Path(where)
        central = certifying(folder)
        shown = dict(files(central, folder))  # sealing has a loop of its own
        asyncio.run(draw(out, folder, central, shown, central.ask().code, central.ask("visit-2", LI).code))


if __name__ == "__main__":
    main()
