"""The permit in the machine, from the open slot until it is with its citizen again, or they are told where it is.

Rule: whatever ends the block, a card that is inside comes out before anything else is said: what was refused, what
failed, who left. One that is forgotten for 30 s is taken in, and a slip says where to fetch it. Only a machine that
goes down leaves the card where it is: the next start asks for it first (:mod:`kiosk_app.custody`).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from kiosk_app.contract.exit_entry import PermitKey
from kiosk_app.desk import Desk, Held, Place
from kiosk_app.devices import Permit, PermitKind
from kiosk_app.errors import CentralRefused, CitizenError, KioskError, PaymentTrouble, VisitEnded
from kiosk_app.views import Chosen, Done, PlaceCard, Sorry, Steps, Text, text

NOT_AT_ONCE = 0.3
"""Seconds: what is over by then needs no view."""
KEPT_SHOWN = 20.0
OTHER = Chosen("other")


@asynccontextmanager
async def permit_held(desk: Desk) -> AsyncIterator[Held]:
    """Custody of one permit. Raises StoreError, DeviceError before anything opens; and what the block raises."""
    held = desk.receive_permit()
    try:
        try:
            yield held
        except Exception as error:
            await return_permit(desk, held, _why(error))
            raise
        await return_permit(desk, held)
    finally:
        held.leave()


def _why(error: Exception) -> Text | None:
    """What is said beside "take your permit"; nothing to somebody who left, and money has a view of its own."""
    if isinstance(error, VisitEnded | PaymentTrouble):
        return None
    if isinstance(error, CentralRefused):
        return text(error.sentence)
    return text(error.citizen if isinstance(error, KioskError) else KioskError.citizen)


async def insert_permit(desk: Desk, held: Held, steps: Steps, *, other: Text | None = None) -> Permit | Chosen | None:
    """The permit, OTHER if the citizen takes the other way, None for "back". Raises Left, WalkedAway, DeviceError."""
    view = PlaceCard(
        title=text("permit.insert.title"), other=other, seconds=desk.patience.card, slot="permit_unit", steps=steps
    )
    while True:
        try:
            answer = await desk.ask_or(view, held.take(), within=desk.patience.card)
        except CitizenError as error:
            view = replace(view, problem=text(error.citizen))
            await return_permit(desk, held, text(error.citizen), steps=steps)
            held.again()
            continue
        if isinstance(answer, Permit):
            return answer
        return OTHER if answer == OTHER else None


def key_of(permit: Permit) -> PermitKey:
    """A permit as central asks for it."""
    return PermitKey(
        kind="CD" if permit.kind is PermitKind.TAIWAN else "CS",
        number=permit.number,
        expiry=permit.expiry,
        birth=permit.birth,
    )


async def return_permit(desk: Desk, held: Held, why: Text | None = None, *, steps: Steps | None = None) -> None:
    """Bring it out and say so until it is taken; keep it and say so if nobody takes it. Raises nothing of the unit.

    ``steps`` only while the procedure goes on.
    """
    if held.told:
        return
    held.offer()
    out = asyncio.create_task(held.bring_out(), name="permit out")
    try:
        await asyncio.wait({out}, timeout=NOT_AT_ONCE)
        if not out.done():
            desk.screen.put(
                Done(
                    title=text("permit.take.title"),
                    take=("permit",),
                    warnings=(why,) if why is not None else (),
                    seconds=30,
                    steps=steps,
                )
            )
        stay = await out
    finally:
        out.cancel()
    held.told = True
    if stay.place in {Place.RETURNED, Place.ABSENT}:
        return
    outcome = await desk.print_slip(stay.reference, desk.permit_slip(stay))
    kept = stay.place is Place.RETAINED
    sorry = Sorry(
        title=text("permit.kept.title" if kept else "permit.stuck.title"),
        detail=text("permit.kept.detail" if outcome else "permit.kept.no_slip"),
        facts=(text("permit.kept.number", number=stay.reference), text("sorry.phone", phone=desk.site.hotline)),
        steps=steps,
    )
    await desk.last_view(sorry, KEPT_SHOWN)
