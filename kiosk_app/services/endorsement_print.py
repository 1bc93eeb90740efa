"""Printing what was approved: the right to, the print itself, what became of it, and once more if the back is spoiled.

Rules. Nothing is printed without central's right to this very job. A print is followed for HOLD seconds, so long as a
terminal can be held (84 9C: two minutes at least); what is not known then is neither printed nor not printed. It
stays open: the money stays, the card's record too, and whoever learns the outcome reports it. A back that was spoiled
is printed anew once, if there is time; if that does not mend it the money goes back and the holder has card and slip.
"""

import asyncio
from dataclasses import replace

from kiosk_app.contract.exit_entry import AskPrint, Case, CaseState, PrintRight
from kiosk_app.desk import Desk, Held
from kiosk_app.devices import EndorsementOutcome, EndorsementResult, Permit
from kiosk_app.errors import CentralRefused, DeviceError, EndorsementNotPrinted, PermitSpoiled
from kiosk_app.money.amounts import Fen
from kiosk_app.papers.permits import Endorsements, endorsement_receipt
from kiosk_app.services.endorsement_choice import endorsed, fact
from kiosk_app.services.steps.deliver import Papers, deliver
from kiosk_app.services.steps.permit import key_of
from kiosk_app.views import Done, Printing, Steps, text

HOLD = 100.0
ONE_PRINT = 45.0
RELEASE, LOOK = 5.0, 0.5
"""Seconds until central has heard of the outcome before, so that it gives the next right; and between two questions."""
SOON = frozenset({"printing-elsewhere", "not-settled"})
"""Refusals that a report on its way may lift."""


async def print_approved(
    desk: Desk, held: Held, permit: Permit, approval: str, steps: Steps, *, paying: str = ""
) -> bool:
    """True: it is on the card. False: nobody knows yet. ``paying``: the payment that is held meanwhile, if one is.

    Raises EndorsementNotPrinted, PermitSpoiled, and CentralError or a unit's error while nothing was printed.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + HOLD
    endorsed_so_far = permit.endorsed
    while True:
        job = held.next_job()
        question = AskPrint(approval=approval, permit=key_of(permit), job=job, endorsed=endorsed_so_far, paying=paying)
        right = await _right(desk, question, steps)
        result = await _print(desk, held, job, tuple(right.lines), within=end - loop.time(), steps=steps)
        if result.outcome is EndorsementOutcome.PRINTED:
            return True
        if result.outcome is EndorsementOutcome.UNKNOWN:
            return False
        if result.outcome is EndorsementOutcome.NOT_PRINTED:
            raise EndorsementNotPrinted("permit_unit", result.reason)
        if end - loop.time() < ONE_PRINT or endorsed_so_far > permit.endorsed or not held.can_print:
            raise PermitSpoiled("permit_unit", result.reason)
        endorsed_so_far += 1  # the unit counts each erasing on the card


async def _right(desk: Desk, question: AskPrint, steps: Steps) -> PrintRight:
    loop = asyncio.get_running_loop()
    end = loop.time() + RELEASE
    async with desk.working(text("work.approving"), text("work.waits.central"), usually=2, steps=steps):
        while True:
            try:
                return await desk.central.ask(question, PrintRight)
            except CentralRefused as error:
                if error.code not in SOON or loop.time() > end:
                    raise
            await asyncio.sleep(LOOK)


async def _print(
    desk: Desk, held: Held, job: str, lines: tuple[str, ...], *, within: float, steps: Steps
) -> EndorsementResult:
    def told(percent: int) -> None:
        desk.screen.put(
            Printing(
                title=text("endorsement.print.title"),
                detail=text("endorsement.print.detail"),
                percent=percent,
                steps=steps,
            )
        )

    told(0)
    return await held.print(job, lines, told, within=within)


async def print_owed(desk: Desk, held: Held, permit: Permit, case: Case, steps: Steps) -> bool:
    """Print what is owed, here or elsewhere, free of charge; True if the citizen wants another service.

    It was paid before. Or its money went back after the back was spoiled: then the others are put on the card again,
    and nothing is said to have been bought. Raises what :func:`print_approved` does; a slip keeps the claim then.
    """
    paid = case.state is not CaseState.GIVEN_BACK
    held.ordered(case.approval, case.reference)
    done = Endorsements(
        reference=case.reference or case.approval,
        approval=case.approval,
        items=tuple(endorsed(item) for item in case.items) if paid else (),
        amount=Fen(case.fee if paid else 0),
        by=None,
        at=desk.clock.now(),
        printed=False,
        site=desk.site.name,
        hotline=desk.site.hotline,
    )
    try:
        printed = await print_approved(desk, held, permit, case.approval, steps)
    except DeviceError:
        await desk.print_slip(held.stay.reference, endorsement_receipt(done))
        raise
    held.offer()
    titles = ("endorsement.doubt.title", "endorsement.owed.title")
    if not paid:
        titles = ("endorsement.mended.doubt", "endorsement.mended.title")
    view = Done(
        title=text(titles[printed]),
        facts=(*(fact(item) for item in case.items if paid), text("done.fact.reference", reference=done.reference)),
        warnings=() if printed else (text("endorsement.doubt.warning"),),
        steps=steps,
    )
    receipt = endorsement_receipt(replace(done, printed=printed))
    return await deliver(desk, view, Papers(done.reference, receipt, what="cases.what.endorsement"), steps)
