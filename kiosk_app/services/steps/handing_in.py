"""Photographed papers on their way to a counter: page by page, then the hand-in that names them all, then the slip.

Before the hand-in has left nothing counts: a send that is lost can be done again or given up, and the pages are still
here. After it, if the answer is lost, the way is the counter's, with the number under which it would be found. What
central has is not sent again, and nothing is handed in twice.
"""

from collections.abc import Mapping

import structlog

from kiosk_app.contract.case_papers import HandedIn, HandIn, LackingCase, PageKept, SendPage, SentPaper
from kiosk_app.contract.guide import Said
from kiosk_app.desk import Desk
from kiosk_app.errors import CentralRefused, CentralUnreachable
from kiosk_app.papers.case_papers import papers_slip
from kiosk_app.services.steps.counter import request_now, to_counter
from kiosk_app.services.steps.deliver import Papers, deliver
from kiosk_app.services.steps.look_up import AGAIN
from kiosk_app.services.steps.photograph import Shot
from kiosk_app.services.steps.shown import both, paper_names
from kiosk_app.views import Chosen, Done, Printing, Sorry, Steps, text

log = structlog.get_logger()

MISSING = "pages-missing"
SECONDS_A_PAGE = 2
PAGE_DEADLINE = 30.0
"""Seconds for one page: a large one on a slow line."""
ALL_AGAIN = 1
"""How often everything is sent once more because central does not have it any more."""


class HandingIn:
    """One hand-in of ``taken`` (pages by the key of their paper) to the case of who has this identity ``number``."""

    def __init__(
        self, desk: Desk, number: str, case: LackingCase, taken: Mapping[str, tuple[Shot, ...]], steps: Steps
    ) -> None:
        self._desk, self._number, self._case, self._taken, self._steps = desk, number, case, taken, steps
        self._request = request_now(desk, "papers")
        self._there: set[tuple[str, int]] = set()
        self._left = ALL_AGAIN
        self._named = False
        """Whether the hand-in itself has left: from then on it may have arrived."""

    async def run(self) -> bool | None:
        """True or False when it is over, as a service ends; None: back to the papers, of which none was handed in.

        Raises Left, WalkedAway.
        """
        while True:
            try:
                got = await self._send()
            except CentralUnreachable as error:
                log.warning("papers not sent", named=self._named)
                answer = await self._desk.ask(self._unsent(error))
                if answer == Chosen("again"):
                    continue
                if not self._named:
                    return None
                return await to_counter(self._desk, text("counter.unsent"), self._steps, reference=self._request)
            except CentralRefused as refused:
                if refused.code == MISSING and self._left:
                    self._left -= 1  # they were wiped meanwhile: all of them once more
                    self._there.clear()
                    continue
                return await self._refused(refused)
            else:
                log.info("papers handed in", papers=len(self._taken), pages=got.pages)
                return await self._proof(got)

    async def _send(self) -> HandedIn:
        """Page by page, then the hand-in. Raises CentralUnreachable, CentralRefused."""
        pages = [(key, at, shot) for key, shots in self._taken.items() for at, shot in enumerate(shots, 1)]
        for done, (key, at, shot) in enumerate(pages):
            self._show(done, len(pages))
            if (key, at) in self._there:
                continue
            page = SendPage(
                request=self._request, number=self._number, case=self._case.case, paper=key, page=at,
                digest=shot.digest, picture=shot.data,
            )  # fmt: skip
            await self._desk.central.ask(page, PageKept, deadline=PAGE_DEADLINE)
            self._there.add((key, at))
        self._show(len(pages), len(pages))
        papers = [SentPaper(paper=key, digests=[shot.digest for shot in shots]) for key, shots in self._taken.items()]
        self._named = True
        told = HandIn(request=self._request, number=self._number, case=self._case.case, papers=papers)
        return await self._desk.central.ask(told, HandedIn)

    def _show(self, done: int, count: int) -> None:
        detail = text("case_papers.sending.page", at=min(done + 1, count), count=count)
        view = Printing(
            title=text("case_papers.sending"),
            detail=detail,
            percent=100 * done // (count + 1),
            usually=SECONDS_A_PAGE * count,
            steps=self._steps,
        )
        self._desk.screen.put(view)

    def _unsent(self, error: CentralUnreachable) -> Sorry:
        if not self._named:
            return Sorry(title=text(error.citizen), detail=text("case_papers.unsent"), actions=AGAIN, steps=self._steps)
        counter = ("counter", text("case_papers.to_counter"))
        return Sorry(
            title=text("case_papers.unsure"),
            detail=text("look_up.again"),
            actions=(counter, AGAIN[1]),
            steps=self._steps,
        )

    async def _refused(self, refused: CentralRefused) -> bool:
        log.warning("papers refused", code=refused.code)
        view = Sorry(
            title=text(refused.sentence),
            detail=text("case_papers.refused"),
            facts=(text("sorry.phone", phone=self._desk.site.hotline),),
            actions=(("other", text("sorry.action.other")),),
            steps=self._steps,
        )
        return await self._desk.ask(view) == Chosen("other")

    async def _proof(self, got: HandedIn) -> bool:
        missing = (text("case_papers.fact.missing", papers=paper_names(got.missing)),) if got.missing else ()
        view = Done(
            title=text("case_papers.done"),
            facts=(
                text("case_papers.fact.receipt", number=got.receipt),
                text("case_papers.for", title=both(Said(zh=self._case.title, en=self._case.title_en))),
                text("case_papers.fact.pages", papers=len(self._taken), pages=got.pages),
                text("case_papers.fact.looked_at"),
            ),
            warnings=missing,
            steps=self._steps,
        )
        sent = [(paper, len(self._taken[paper.key])) for paper in self._case.papers if paper.key in self._taken]
        slip = papers_slip(got, self._case, sent, site=self._desk.site.name, hotline=self._desk.site.hotline)
        return await deliver(self._desk, view, Papers(got.receipt, slip), self._steps)
