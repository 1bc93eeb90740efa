"""The page on which a photo is fetched by its code: a form, the file, nothing else. Public in real life.

The code comes in a body, or after the ``#`` of a link, which no server ever sees; so it stands in nobody's log. Callers
behind one proxy count as one.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import jinja2
from litestar import MediaType, Request, Response, get, post
from litestar.handlers import HTTPRouteHandler

from central.front import Front
from central.problems import Refused

PATH: Final = "/photo"
NO_COPIES: Final = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
WORDS: Final = {
    "": "",
    "code-mistyped": "取件码有误，请核对。The code is mistyped; please check it.",
    "no-photo": "没有找到照片，可能已过期或已删除。No photo waits under this code: it is over, or was deleted.",
    "too-many": "尝试次数太多，请一分钟后再试。Too many tries; wait a minute.",
    "deleted": "照片已删除。The photo was deleted.",
}


@lru_cache(maxsize=1)  # the template is a file of this package
def _template() -> jinja2.Template:
    folder = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
    return jinja2.Environment(loader=folder, autoescape=True, undefined=jinja2.StrictUndefined).get_template(
        "photo.html"
    )


def _page(word: str = "", status: int = 200) -> Response[Any]:
    words = _template().render(said=WORDS[word])
    return Response(words, status_code=status, media_type=MediaType.HTML, headers=NO_COPIES)


def handlers(front: Front) -> list[HTTPRouteHandler]:
    """The page and what its two buttons do."""

    @get(PATH, sync_to_thread=False)
    def form() -> Response[Any]:
        return _page()

    @post(PATH, status_code=200)
    async def fetch(request: Request[Any, Any, Any]) -> Response[Any]:
        asked = await request.form()
        caller, code = request.client.host if request.client else "", str(asked.get("code", ""))[:64]
        try:
            if asked.get("do") == "delete":
                front.photos.drop(caller, code)
                return _page("deleted")
            data = front.photos.fetch(caller, code)
        except Refused as refused:
            return _page(refused.code, refused.status)
        headers = NO_COPIES | {"content-disposition": 'attachment; filename="photo.jpg"'}
        return Response(data, media_type="image/jpeg", headers=headers)

    return [form, fetch]
