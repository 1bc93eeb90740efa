"""The bench as a web application: one local page, and the same hands as plain HTTP calls.

    GET  /                       the page; its other files are under /page/
    GET  /state                  every device: what one can see of it, its hands, what is wrong with it
    GET  /events                 server-sent events: everything once, then each device that changed; and the scene
    POST /hand/<role>/<hand>     a JSON object of arguments; answers with the device's new state
    POST /right[/<role>]         put everything (or one device) right; answers with the hands that did it
    GET  /paper/<role>/<name>    a printed paper: 1.png, 1.pdf, 1.txt, as the printer has it
    GET  /wallet                 sample persons, their cards, and where each card can be put
    GET  /scenes                 the scenes, and the one that plays
    POST /scene/<name>, /stop    play a scene; stop it

It is reached from this machine only, and by no foreign web page (host and origin are checked); the page loads
nothing from anywhere else (``Content-Security-Policy``).
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
from litestar import Litestar, MediaType, Request, Response, get, post
from litestar.params import FromPath
from litestar.response import ServerSentEvent, ServerSentEventMessage

from hardware.simulators.bench import LOOK_EVERY, Bench, Refused
from hardware.simulators.bench_scenes import Player
from hardware.simulators.bench_wallet import wallet

PAGE = Path(__file__).with_name("bench_page")
MEDIA = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "pdf": "application/pdf",
    "txt": "text/plain; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "html": "text/html; charset=utf-8",
}
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


def _from_here(request: Request[Any, Any, Any]) -> None:
    """Refuse a browser that was led here by another page, under our name or another."""
    host, origin = request.headers.get("host", ""), request.headers.get("origin", "")
    if host.partition(":")[0] not in {"127.0.0.1", "localhost"} or origin.removeprefix("http://") not in {"", host}:
        raise Refused("The bench serves its own page and scripts on this machine only.", 403)


def _refusal(_: Request[Any, Any, Any], refused: Refused) -> Response[dict[str, str]]:
    return Response({"error": refused.detail}, status_code=refused.status_code)


def _file(name: str) -> Response[bytes]:
    path = PAGE / name
    if path.parent != PAGE or not path.is_file():
        raise Refused(f"No file {name!r}; there are: {', '.join(sorted(p.name for p in PAGE.iterdir()))}.", 404)
    return Response(path.read_bytes(), media_type=_media(name))


def _media(name: str) -> str:
    return MEDIA.get(name.rpartition(".")[2], "application/octet-stream")


async def _news(bench: Bench, player: Player) -> AsyncIterator[ServerSentEventMessage]:
    """The devices that changed, without a name, and the scene as ``scene``; nothing while nothing changes."""
    told: dict[str, bytes] = {}
    scene = None
    while not bench.closing.is_set():
        if changed := bench.news(told):
            yield ServerSentEventMessage(data=changed)
        if player.now != scene:
            scene = player.now
            yield ServerSentEventMessage(data=msgspec.json.encode(scene), event="scene")
        await asyncio.sleep(LOOK_EVERY)


def application(bench: Bench, player: Player) -> Litestar:
    """The bench as a web application."""
    return Litestar(
        [*_to_see(bench, player), *_to_act(bench), *_to_play(bench, player)],
        before_request=_from_here,
        exception_handlers={Refused: _refusal},
        response_headers=HEADERS,
        openapi_config=None,
    )


def _to_see(bench: Bench, player: Player) -> list[Any]:
    """The page and what it shows of the devices."""

    @get("/")
    async def page() -> Response[bytes]:
        return _file("index.html")

    @get("/page/{name:str}")
    async def part_of_page(name: FromPath[str]) -> Response[bytes]:
        return _file(name)

    @get("/state", media_type=MediaType.JSON)
    async def state() -> bytes:
        return bench.picture()

    @get("/events")
    async def events() -> ServerSentEvent:
        return ServerSentEvent(_news(bench, player))

    @get("/paper/{role:str}/{name:str}")
    async def paper(role: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        return Response(await asyncio.to_thread(bench.paper, role, name), media_type=_media(name))

    @get("/absent")
    async def absent() -> dict[str, str]:
        return dict(bench.absent)

    return [page, part_of_page, state, events, paper, absent]


def _to_act(bench: Bench) -> list[Any]:
    """The hands."""

    @post("/hand/{role:str}/{name:str}", status_code=200)
    async def use(request: Request[Any, Any, Any], role: FromPath[str], name: FromPath[str]) -> dict[str, Any]:
        try:
            given = msgspec.json.decode(await request.body() or b"{}")
        except msgspec.DecodeError as error:
            raise Refused(f"The body is not JSON: {error}.") from error
        return dict(await bench.use(role, name, given))

    @post("/right", status_code=200)
    async def all_right() -> list[str]:
        return await bench.put_right()

    @post("/right/{role:str}", status_code=200)
    async def right(role: FromPath[str]) -> list[str]:
        return await bench.put_right(role)

    return [use, all_right, right]


def _to_play(bench: Bench, player: Player) -> list[Any]:
    """The wallet and the scenes."""

    @get("/wallet", media_type=MediaType.JSON)
    async def persons() -> bytes:
        return msgspec.json.encode(wallet(bench.roles))

    @get("/scenes", media_type=MediaType.JSON)
    async def scenes() -> bytes:
        return msgspec.json.encode({"scenes": player.programme(), "now": player.now})

    @post("/scene/{name:str}", status_code=200)
    async def play(name: FromPath[str]) -> dict[str, str]:
        player.play(name)
        return {"playing": name}

    @post("/stop", status_code=200)
    async def stop() -> dict[str, str]:
        return {"stopped": await player.stop()}

    return [persons, scenes, play, stop]
