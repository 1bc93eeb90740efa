"""Papers for a case at a counter: which are lacking, photographed here, looked at, sent, a slip.

The counter's procedure: the card; the cases that lack something; each paper under the camera; a last look at what
goes; the hand-in (``steps/handing_in.py``). Going back keeps what was photographed, and sends nothing. Pictures live in
this visit's memory only.
"""

from kiosk_app.contract.case_papers import AskLacking, Lacking, LackingCase, LackingPaper
from kiosk_app.contract.guide import Said
from kiosk_app.desk import Desk
from kiosk_app.devices import DocumentCamera
from kiosk_app.errors import DeviceError, DeviceOffline
from kiosk_app.services.steps.choose import one_of
from kiosk_app.services.steps.handing_in import HandingIn
from kiosk_app.services.steps.insured import show_card
from kiosk_app.services.steps.look_up import look_up
from kiosk_app.services.steps.pages import read_page
from kiosk_app.services.steps.photograph import Shot, photograph
from kiosk_app.services.steps.shown import both, long_day, paper_name, paper_names
from kiosk_app.views import (
    Choice,
    ChooseOne,
    Chosen,
    Column,
    PortraitReview,
    Sorry,
    Steps,
    Table,
    TableRow,
    text,
)

STEPS = tuple(text(f"case_papers.step.{name}") for name in ("identify", "case", "shoot", "send"))
CARD, CASE, SHOOT, SEND = (Steps(STEPS, at) for at in range(4))
COLUMNS = (
    Column(title=text("case_papers.column.paper"), share=1.3),
    Column(title=text("case_papers.column.state"), share=1.0),
)
GO, NEXT = "send", "next"

Taken = dict[str, tuple[Shot, ...]]
"""By the key of the paper."""


async def send_papers(desk: Desk) -> bool:
    """The whole procedure; True if the citizen wants another service afterwards."""
    camera = desk.document_camera
    if camera is None:
        raise DeviceOffline("document_camera", "this machine has none")
    person = await show_card(desk, CARD)
    if person is None:
        return True
    ask = AskLacking(number=person.key.number)
    lacking = await look_up(desk, ask, Lacking, CARD)
    if lacking is None:
        return True
    if not lacking.cases:
        return await nothing_lacks(desk)
    taken: dict[str, Taken] = {case.case: {} for case in lacking.cases}
    while (case := await choose_case(desk, lacking.cases)) is not None:
        mine = taken[case.case]
        while await collect(desk, camera, case, mine, lacking.kept_days):
            over = await HandingIn(desk, ask.number, case, mine, SEND).run()
            if over is not None:
                return over
    return True


async def nothing_lacks(desk: Desk) -> bool:
    """Say so, and where else to ask; True for another service."""
    view = Sorry(
        title=text("case_papers.none"),
        detail=text("case_papers.none.detail"),
        facts=(text("sorry.phone", phone=desk.site.hotline),),
        actions=(("other", text("sorry.action.other")),),
        steps=CASE,
    )
    return await desk.ask(view) == Chosen("other")


async def choose_case(desk: Desk, cases: list[LackingCase]) -> LackingCase | None:
    """For which case; None for "back"."""
    rows = tuple(
        Choice(
            key=case.case,
            title=case.title,
            title_en=case.title_en,
            lines=(
                both(Said(zh=case.centre, en=case.centre_en)),
                text("case_papers.row.lacks", papers=paper_names(case.papers)),
                text("case_papers.row.until", until=long_day(case.until)),
            ),
        )
        for case in cases
    )
    key = await one_of(desk, ChooseOne(title=text("case_papers.title"), rows=rows, steps=CASE))
    return next((case for case in cases if case.case == key), None)


# --- what will be sent ---


async def collect(desk: Desk, camera: DocumentCamera, case: LackingCase, taken: Taken, kept_days: int) -> bool:
    """Fill ``taken`` until the citizen sends it (True) or goes back. Raises Left, WalkedAway."""
    papers = {paper.key: paper for paper in case.papers}
    while True:
        key = await read_page(desk, last_look(case, taken, kept_days))
        if key is None or key == GO:
            return key == GO
        paper = next(p for p in case.papers if p.key not in taken) if key == NEXT else papers[key]
        if paper.key in taken and await _looked_through(desk, paper, taken[paper.key]):
            continue
        try:
            shots = await photograph(desk, camera, paper, SHOOT)
        except DeviceError as error:
            await desk.ask(_no_camera(error))
            continue
        if shots:
            taken[paper.key] = shots


def _no_camera(error: DeviceError) -> Sorry:
    """What was photographed can still be sent."""
    back = ("back", text("sorry.action.back"))
    return Sorry(title=text(error.citizen), detail=text("case_papers.still_here"), actions=(back,), steps=SHOOT)


async def _looked_through(desk: Desk, paper: LackingPaper, shots: tuple[Shot, ...]) -> bool:
    """Show every page once more; False: it shall be photographed again."""
    for number, shot in enumerate(shots, 1):
        view = PortraitReview(
            title=text("page.title.of", paper=paper_name(paper), number=number),
            picture=shot.data,
            size=shot.size,
            large=True,
            use=text("page.use"),
            again=text("page.all_again"),
            steps=SHOOT,
        )
        if await desk.ask(view) == Chosen("again"):
            return False
    return True


def last_look(case: LackingCase, taken: Taken, kept_days: int) -> Table:
    """Every paper that is asked for, and how much of it is here."""
    left = [paper for paper in case.papers if paper.key not in taken]
    send = (GO, text("case_papers.send_these" if left else "case_papers.send"))
    actions = [send] if taken else []
    if left:
        actions.append((NEXT, text("page.take")))
    return Table(
        title=text("case_papers.look.title" if left else "case_papers.look.ready"),
        subtitle=text("case_papers.look.next", paper=paper_name(left[0])) if left else None,
        facts=(
            text("case_papers.for", title=both(Said(zh=case.title, en=case.title_en))),
            text("case_papers.kept", centre=both(Said(zh=case.centre, en=case.centre_en)), days=kept_days),
        ),
        columns=COLUMNS,
        rows=tuple(_row(paper, taken.get(paper.key)) for paper in case.papers),
        actions=tuple(actions),
        steps=SHOOT if left else SEND,
    )


def _row(paper: LackingPaper, shots: tuple[Shot, ...] | None) -> TableRow:
    state = text("case_papers.state.taken", count=len(shots)) if shots else text("case_papers.state.lacking")
    return TableRow(cells=(paper_name(paper), state), key=paper.key)
