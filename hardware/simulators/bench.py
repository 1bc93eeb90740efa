"""The bench: one local web page with the hands of all simulators, and the same hands as plain HTTP calls.

    GET  /                       the page
    GET  /state                  every device: what one can see of it, and its hands
    GET  /events                 the same as server-sent events, one after every change
    POST /hand/<role>/<hand>     a JSON object of arguments; answers with the device's new state
    GET  /paper/<role>/<name>    a printed paper: 1.png, 1.pdf, 1.txt, as the printer has it

Rules. The bench knows no device: whatever has ``hands()`` and ``state()`` gets a card and calls. A call that
cannot be meant is refused with one sentence that names what is allowed. It is reached from this machine only,
and by no foreign web page (host and origin are checked).
"""

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec
from litestar import Litestar, MediaType, Request, Response, get, post
from litestar.exceptions import HTTPException
from litestar.params import FromPath
from litestar.response import ServerSentEvent

PAGE = Path(__file__).with_name("bench_page.html")
LOOK_EVERY = 0.1
MEDIA = {"png": "image/png", "pdf": "application/pdf", "txt": "text/plain; charset=utf-8"}


class Part(Protocol):
    """Anything on the bench."""

    def hands(self) -> Mapping[str, tuple[str, tuple[str, ...]]]:
        """By name: the label and the names of the parameters."""

    def state(self) -> Mapping[str, Any]:
        """What one can see of it, as JSON."""


class Papers(Protocol):
    """What a printer has printed."""

    def names(self) -> Sequence[str]:
        """The names to show, oldest first: ``1.png``."""

    def read(self, name: str) -> bytes | None:
        """The paper of that name, or None when there is none."""


class Refused(HTTPException):
    """The call cannot be meant; ``detail`` names what is allowed."""


class Bench:
    """All parts by role, and the papers of those that print."""

    def __init__(self, parts: Mapping[str, Part], papers: Mapping[str, Papers]) -> None:
        self._parts, self._papers = parts, papers
        self.closing = asyncio.Event()

    def picture(self) -> bytes:
        """Everything one can see, as JSON."""
        return msgspec.json.encode({role: self._card(role, part) for role, part in self._parts.items()})

    def _card(self, role: str, part: Part) -> dict[str, Any]:
        card = {"state": part.state(), "hands": _offer(part)}
        return card | ({"papers": self._papers[role].names()} if role in self._papers else {})

    async def use(self, role: str, name: str, given: object) -> Mapping[str, Any]:
        """Let the hand act. Raises Refused."""
        part = self._parts.get(role)
        if part is None:
            raise Refused(status_code=404, detail=f"No role {role!r}; there are: {', '.join(self._parts)}.")
        if name not in part.hands():
            raise Refused(status_code=404, detail=f"{role} has no hand {name!r}; it has: {', '.join(part.hands())}.")
        method = getattr(part, name)
        try:
            done = method(**_chosen(part.state(), _arguments(method, given)))
            if inspect.isawaitable(done):
                await done
        except ValueError as error:
            raise Refused(status_code=400, detail=f"{role}/{name}: {error}") from error
        return part.state()

    def paper(self, role: str, name: str) -> bytes:
        """A printed paper. Raises Refused."""
        papers = self._papers.get(role)
        if papers is None:
            raise Refused(status_code=404, detail=f"{role!r} prints nothing; these do: {', '.join(self._papers)}.")
        paper = papers.read(name)
        if paper is None:
            raise Refused(status_code=404, detail=f"{role} has no paper {name!r}; GET /state lists what it printed.")
        return paper

    async def changes(self) -> AsyncIterator[bytes]:
        """The picture now, and again after every change."""
        shown = b""
        while not self.closing.is_set():
            picture = self.picture()
            if picture != shown:
                yield (shown := picture)
            await asyncio.sleep(LOOK_EVERY)


def _offer(part: Part) -> dict[str, Any]:
    """The hands of a part with their parameters, types and defaults: all that the page must know."""
    return {
        name: {"label": label, "arguments": [_argument(p) for p in _parameters(getattr(part, name))]}
        for name, (label, _) in part.hands().items()
    }


def _parameters(method: Callable[..., Any]) -> list[inspect.Parameter]:
    return list(inspect.signature(method).parameters.values())


def _argument(parameter: inspect.Parameter) -> dict[str, Any]:
    kind = "int" if parameter.annotation is int else "str"
    if parameter.default is inspect.Parameter.empty:
        return {"name": parameter.name, "type": kind}
    return {"name": parameter.name, "type": kind, "default": parameter.default}


def _arguments(method: Callable[..., Any], given: object) -> dict[str, Any]:
    """``given`` as keyword arguments. Raises ValueError with what is allowed."""
    known = {p.name: p for p in _parameters(method)}
    allowed = ", ".join(f"{p.name} ({_argument(p)['type']})" for p in known.values()) or "none"
    if not isinstance(given, dict):
        raise ValueError(f"the body must be a JSON object of arguments; allowed: {allowed}.")
    for name, value in given.items():
        if name not in known:
            raise ValueError(f"unknown argument {name!r}; allowed: {allowed}.")
        wanted = int if known[name].annotation is int else str
        if type(value) is not wanted:
            raise ValueError(f"{name} must be of type {wanted.__name__}; allowed: {allowed}.")
    missing = [n for n, p in known.items() if p.default is inspect.Parameter.empty and n not in given]
    if missing:
        raise ValueError(f"missing {', '.join(missing)}; allowed: {allowed}.")
    return given


def _chosen(state: Mapping[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Where the state lists what there is (``cards``), an argument (``card``) must be one of it. Raises ValueError."""
    for name, value in given.items():
        choices = state.get(f"{name}s")
        if isinstance(choices, list | tuple | dict) and value not in choices:
            raise ValueError(f"{name} must be one of: {', '.join(choices)}.")
    return given


def _from_here(request: Request[Any, Any, Any]) -> None:
    """Refuse a browser that was led here by another page, under our name or another."""
    host, origin = request.headers.get("host", ""), request.headers.get("origin", "")
    if host.partition(":")[0] not in {"127.0.0.1", "localhost"} or origin.removeprefix("http://") not in {"", host}:
        raise Refused(status_code=403, detail="The bench serves its own page and scripts on this machine only.")


def _refusal(_: Request[Any, Any, Any], refused: Refused) -> Response[dict[str, str]]:
    return Response({"error": refused.detail}, status_code=refused.status_code)


def application(bench: Bench) -> Litestar:
    """The bench as a web application."""

    @get("/", media_type=MediaType.HTML)
    async def page() -> bytes:
        return PAGE.read_bytes()

    @get("/state", media_type=MediaType.JSON)
    async def state() -> bytes:
        return bench.picture()

    @get("/events")
    async def events() -> ServerSentEvent:
        return ServerSentEvent(bench.changes())

    @post("/hand/{role:str}/{name:str}", status_code=200)
    async def use(request: Request[Any, Any, Any], role: FromPath[str], name: FromPath[str]) -> dict[str, Any]:
        try:
            given = msgspec.json.decode(await request.body() or b"{}")
        except msgspec.DecodeError as error:
            raise Refused(status_code=400, detail=f"The body is not JSON: {error}.") from error
        return dict(await bench.use(role, name, given))

    @get("/paper/{role:str}/{name:str}")
    async def paper(role: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        kind = MEDIA.get(name.rpartition(".")[2], "application/octet-stream")
        return Response(await asyncio.to_thread(bench.paper, role, name), media_type=kind)

    return Litestar(
        [page, state, events, use, paper],
        before_request=_from_here,
        exception_handlers={Refused: _refusal},
        openapi_config=None,
    )
