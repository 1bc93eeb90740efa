"""The public verification page: is this certificate genuine, and is what stands on it what was certified?

    GET  /verify/                  type the code, or choose the file
    GET  /verify/CODE              what the register says, masked (where the QR code leads)
    POST /verify/CODE/compare      name and last four of the number from the paper: the same or not
    POST /verify/file              the PDF: unchanged, altered, forged

Rules. Whoever has the paper has the code, so the page may confirm what the paper says; it never says more than masked
facts. Each caller may ask so many times a minute, and each certificate can be compared so many times a minute and so
many times wrongly in its whole life, so that nobody finds out a name by trying, however patient. A file is looked at in
memory and forgotten. Each answer is a word and a sign, not only a colour, and says what to do.
(The page is public in real life; here it shares the console's listener.)
"""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any, Final

import jinja2
from litestar import MediaType, Request, Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery

from central import codes
from central.certificates.office import CertificateOffice, Registered
from central.clock import Clock
from central.departments.rules import masked_name
from central.limits import Limits
from central.problems import Refused
from stationery.social import INSURANCES, in_words

PER_MINUTE: Final[Mapping[str, int]] = {"code": 30, "caller": 30, "compare": 6, "file": 6}
LARGEST: Final = 1_000_000
"""Bytes of a file; ours have a tenth of that."""
SEE_NO_MORE: Final = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


class Pages:
    """What is answered, and how often."""

    def __init__(self, office: CertificateOffice, clock: Clock, templates: jinja2.Environment) -> None:
        self.office, self._clock, self._limits = office, clock, Limits(PER_MINUTE)
        self._template = templates.get_template("certificate.html")

    def page(self, status: int = 200, **shown: Any) -> Response[str]:
        """The page, with what was found."""
        words = {"masked_name": masked_name, "show": codes.show, "insurances": INSURANCES, "in_words": in_words}
        known: dict[str, Any] = {"found": None, "examined": None, "compared": None, "code": "", "problem": ""}
        known["hotline"] = self.office.hotline
        text = self._template.render(**words | known | shown)
        return Response(text, status_code=status, media_type=MediaType.HTML, headers=SEE_NO_MORE)

    def allowed(self, request: Request[Any, Any, Any], what: str, whom: str = "") -> bool:
        """Count one; ``whom`` in place of the caller."""
        try:
            self._limits.count(whom or (request.client.host if request.client else ""), what, self._clock.now())
        except Refused:
            return False
        return True

    def find(self, typed: str) -> Registered | Response[str]:
        """The certificate with this code, or the page that says there is none."""
        try:
            found = self.office.find(typed)
        except codes.MistypedError:
            return self.page(400, problem="mistyped", code=typed[:40])
        return found or self.page(404, problem="unknown", code=typed[:40])

    def look(self, request: Request[Any, Any, Any], code: str) -> Response[str]:
        """What the register says of this code."""
        if not self.allowed(request, "code"):
            return self.page(429, problem="too-many")
        found = self.find(code)
        return found if isinstance(found, Response) else self.page(found=found)

    def compare(self, request: Request[Any, Any, Any], code: str, said: Mapping[str, str]) -> Response[str]:
        """The certificate, and whether it is of who was said to hold it."""
        if not self.allowed(request, "caller"):
            return self.page(429, problem="too-many")
        found = self.find(code)
        if isinstance(found, Response):
            return found
        if not self.allowed(request, "compare", found.code):
            return self.page(429, problem="too-many")
        try:
            agrees = self.office.agrees(found, said.get("name", ""), said.get("ending", ""))
        except Refused:
            return self.page(429, found=found, problem="guessed-out")
        return self.page(found=found, compared=agrees)


def router(office: CertificateOffice, clock: Clock, templates: jinja2.Environment) -> Router:
    """The pages below ``/verify``."""
    pages = Pages(office, clock, templates)

    @get("/", sync_to_thread=True)
    def ask(request: Request[Any, Any, Any], code: FromQuery[str] = "") -> Response[str]:
        return pages.look(request, code) if code else pages.page()

    @get("/{code:str}", sync_to_thread=True)
    def by_code(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[str]:
        return pages.look(request, code)

    @post("/{code:str}/compare", status_code=200)
    async def compare(
        request: Request[Any, Any, Any],
        code: FromPath[str],
        data: Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)],
    ) -> Response[str]:
        return pages.compare(request, code, data)

    @post("/file", status_code=200, request_max_body_size=LARGEST + 10_000)
    async def examine(
        request: Request[Any, Any, Any],
        data: Annotated[dict[str, UploadFile], Body(media_type=RequestEncodingType.MULTI_PART)],
    ) -> Response[str]:
        if not pages.allowed(request, "file"):
            return pages.page(429, problem="too-many")
        file = data.get("file")
        content = b"" if file is None else await file.read()
        if not content:
            return pages.page(400, problem="no-file")
        examined = await asyncio.to_thread(pages.office.examine, content)
        return pages.page(examined=examined, found=examined.registered)

    return Router("/verify", route_handlers=[ask, by_code, compare, examine])
