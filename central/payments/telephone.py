"""The sample citizen's telephone, as a page and as plain HTTP calls; only where the simulated provider serves.

    GET  /phone             the page: what can be paid, and what is wrong with the provider
    GET  /phone/trades      the provider's own ledger, oldest first
    POST /phone/scan        {"code": ""}            what the telephone shows; "" is the newest that can be paid
    POST /phone/pay         {"code": "", "lag": 0}  confirm; the money arrives ``lag`` seconds later
    POST /phone/faults      any of ``Faults``: {"down": true}, {"in_flight": "late"}, {"refunds": "refuse"} ...

(Declining needs no call: the code is simply not paid.) Like the bench it answers this machine only, and no other
page in a browser.
"""

from pathlib import Path
from typing import Any

import msgspec
from litestar import MediaType, Request, Response, Router, get, post
from litestar.exceptions import HTTPException

from central.payments.simulated import Faults, NotPossible, SimulatedProvider, Trade

PAGE = Path(__file__).parents[1] / "templates" / "telephone.html"


class Wanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which code, and how long the money is under way."""

    code: str = ""
    lag: float = 0.0


def router(provider: SimulatedProvider) -> Router:
    """The telephone below ``/phone``."""

    @get("/", media_type=MediaType.HTML, sync_to_thread=False)
    def page() -> bytes:
        return PAGE.read_bytes()

    @get("/trades", sync_to_thread=True)
    def trades() -> Response[bytes]:
        with provider.book() as book:
            return _json({"trades": list(book.trades.values()), "faults": book.faults})

    @post("/scan", status_code=200)
    async def scan(request: Request[Any, Any, Any]) -> Response[bytes]:
        wanted = await _given(request, Wanted)
        return _json(_possible(lambda: provider.scan(wanted.code)))

    @post("/pay", status_code=200)
    async def pay(request: Request[Any, Any, Any]) -> Response[bytes]:
        wanted = await _given(request, Wanted)
        return _json(_possible(lambda: provider.pay(wanted.code, lag=wanted.lag)))

    @post("/faults", status_code=200)
    async def faults(request: Request[Any, Any, Any]) -> Response[bytes]:
        given = await _given(request, dict[str, Any])
        unknown = given.keys() - set(Faults.__struct_fields__)
        if unknown:
            raise HTTPException(status_code=400, detail=f"unknown: {', '.join(sorted(unknown))}")
        try:
            provider.set_faults(**given)
        except msgspec.ValidationError as error:
            raise HTTPException(status_code=400, detail=str(error)) from error
        return _json(given)

    return Router("/phone", route_handlers=[page, trades, scan, pay, faults], before_request=_from_here)


def _from_here(request: Request[Any, Any, Any]) -> None:
    """Refuse a browser that was led here by another page."""
    origin = request.headers.get("origin", "")
    if origin.removeprefix("http://") not in {"", request.headers.get("host", "")}:
        raise HTTPException(status_code=403, detail="only this page's own buttons")


async def _given(request: Request[Any, Any, Any], kind: Any) -> Any:
    try:
        return msgspec.json.decode(await request.body() or b"{}", type=kind)
    except msgspec.DecodeError as error:
        raise HTTPException(status_code=400, detail=str(error)) from error


def _possible(act: Any) -> Trade:
    try:
        trade: Trade = act()
    except NotPossible as no:
        raise HTTPException(status_code=409, detail=str(no)) from no
    return trade


def _json(content: object) -> Response[bytes]:
    return Response(msgspec.json.encode(content), media_type=MediaType.JSON)
