"""A new endorsement on an electronic travel permit: the procedure of ``domain.md`` 4.4, in its order.

Permit in, its line read and checked; whose is it, and may this person be served here; is it this person
(:mod:`~kiosk_app.services.endorsement_identity`); what is wanted of what may be had; central's approval of exactly
that, at the fee of the signed catalogue; the money; the print on the card, while the terminal is held
(``docs/decisions/0018``); the receipt; the card. Several endorsements are one approval, one payment and one print.

Whatever ends it, the card comes out (:mod:`kiosk_app.services.steps.permit`). What was paid and not printed is given
back, or stays open at central and is printed free of charge wherever the card is put in.
"""

from kiosk_app.contract.exit_entry import (
    Apply,
    Approval,
    AskHolder,
    EndorsementFee,
    EndorsementsPaid,
    Holder,
    IdentityCheck,
    Offer,
    Sameness,
)
from kiosk_app.desk import Charge, Desk, Held
from kiosk_app.devices import IdentityCard, Permit
from kiosk_app.errors import CatalogueMissing, CentralRefused, CentralUnreachable
from kiosk_app.local_time import LOCAL
from kiosk_app.money.amounts import Fen, total
from kiosk_app.papers.permits import Endorsements, endorsement_receipt
from kiosk_app.services.endorsement_choice import choose_endorsements, endorsed, fact
from kiosk_app.services.endorsement_identity import check_identity, compared
from kiosk_app.services.endorsement_print import print_approved, print_owed
from kiosk_app.services.steps.counter import to_counter
from kiosk_app.services.steps.deliver import Papers, deliver
from kiosk_app.services.steps.identify import place_card
from kiosk_app.services.steps.paid import to_prove, to_read, to_report
from kiosk_app.services.steps.permit import insert_permit, key_of, permit_held
from kiosk_app.views import Chosen, Done, Sorry, Steps, text

STEPS = tuple(text(f"endorsement.step.{name}") for name in ("permit", "face", "choose", "pay", "print"))
PERMIT, FACE, CHOOSE, PAY, PRINT = (Steps(STEPS, at) for at in range(5))
AGAIN = (("back", text("sorry.action.back")), ("again", text("sorry.action.again")))


async def endorse(desk: Desk, *, card_first: bool = False) -> bool:  # noqa: PLR0911 - each is a way out of the procedure
    """The whole procedure; True if the citizen wants another service. ``card_first``: the identity card before all."""
    owner: IdentityCard | None = None
    if card_first:
        answer = await place_card(desk, PERMIT, other=text("identify.other_counter"))
        if not isinstance(answer, IdentityCard):
            return True if answer is None else await to_counter(desk, text("counter.no_card"), PERMIT)
        owner = answer
    async with permit_held(desk) as held:
        permit = await insert_permit(desk, held, PERMIT)
        if not isinstance(permit, Permit):
            return True
        holder = await find_holder(desk, held, permit, owner)
        if holder is None:
            return True
        if holder.unfinished:
            return await print_owed(desk, held, permit, holder.unfinished[0], PRINT)
        check = await check_identity(desk, held, permit, holder, owner=owner, steps=FACE)
        if check is None:  # the step has shown where to go, and printed it
            return True
        wanted = await choose_endorsements(desk, holder, CHOOSE)
        if not wanted:
            return True
        approval = await approve(desk, held, permit, holder, wanted=wanted, check=check)
        return await pay_and_print(desk, held, permit, approval)


async def find_holder(desk: Desk, held: Held, permit: Permit, owner: IdentityCard | None) -> Holder | None:
    """Whose permit it is, asked as often as the citizen wants to; None for "back".

    Raises CentralRefused: the permit is not known so, is another person's than the identity card, or its holder cannot
    be served here. More than "please go to the counter" is not said, whatever the reason (4.3).
    """
    question = AskHolder(permit=key_of(permit), endorsed=permit.endorsed)
    while True:
        try:
            async with desk.working(text("work.looking_up"), text("work.waits.central"), usually=2, steps=PERMIT):
                holder = await desk.central.ask(question, Holder)
                await desk.prices.at_least(holder.catalogue)
        except (CentralUnreachable, CatalogueMissing) as error:
            sorry = Sorry(title=text(error.citizen), detail=text("pay.nothing_taken"), actions=AGAIN, steps=PERMIT)
        else:
            break
        if await desk.ask(sorry) != Chosen("again"):
            return None
    held.known(holder.token)
    if holder.refused:
        raise CentralRefused(holder.refused.replace("_", "-"))
    today = desk.clock.now().astimezone(LOCAL).date()
    if owner is not None and compared(owner, permit, holder, today=today) is not Sameness.SAME:
        raise CentralRefused("not-the-holder")
    return holder


async def approve(
    desk: Desk, held: Held, permit: Permit, holder: Holder, *, wanted: list[Offer], check: IdentityCheck
) -> Approval:
    """Central's approval of exactly this, at exactly the fee that was shown. Raises CentralError, FeeDiffers."""
    fee = total(desk.prices.fee(permit.kind.value, offer) for offer in wanted)
    application = Apply(
        request=held.stay.reference,
        permit=key_of(permit),
        offers=[offer.id for offer in wanted],
        replaces=sorted({number for offer in wanted for number in offer.replaces}),
        fee=fee,
        catalogue=holder.catalogue,
        check=check,
        endorsed=permit.endorsed,
    )
    async with desk.working(text("work.approving"), text("work.waits.central"), usually=3, steps=CHOOSE):
        approval = await desk.central.ask(application, Approval)
    desk.prices.agree(permit.kind.value, approval, fee)
    return approval


async def pay_and_print(desk: Desk, held: Held, permit: Permit, approval: Approval) -> bool:
    """The money, and while it can still go back by itself, the print. Raises PaymentTrouble and what charge does."""
    purpose = text("endorsement.pay.purpose", count=len(approval.items))
    async with desk.charge(Fen(approval.fee), purpose, PAY) as charge:
        held.ordered(approval.approval, charge.reference)
        async with desk.working(text("work.reporting"), text("work.waits.central"), usually=2, steps=PAY):
            if await desk.central.report(charge, claim(charge, approval)) is None:
                raise CentralUnreachable("no word on the payment: nothing is printed")
        printed = await print_approved(desk, held, permit, approval.approval, PRINT, paying=charge.reference)
    done = Endorsements(
        reference=charge.reference,
        approval=approval.approval,
        items=tuple(endorsed(item) for item in approval.items),
        amount=charge.amount,
        by=to_prove(charge),
        at=desk.clock.now(),
        printed=printed,
        site=desk.site.name,
        hotline=desk.site.hotline,
    )
    held.offer()
    view = Done(
        title=text("endorsement.done.title" if printed else "endorsement.doubt.title"),
        amount=charge.amount,
        paid_by=to_read(to_prove(charge)),
        facts=(*(fact(item) for item in approval.items), text("done.fact.reference", reference=charge.reference)),
        warnings=() if printed else (text("endorsement.doubt.warning"),),
        steps=PRINT,
    )
    return await deliver(
        desk, view, Papers(charge.reference, endorsement_receipt(done), what="cases.what.endorsement"), PRINT
    )


def claim(charge: Charge, approval: Approval) -> EndorsementsPaid:
    """The report to the department: this approval is paid by this payment."""
    return EndorsementsPaid(
        reference=charge.reference,
        amount=charge.amount,
        approval=approval.approval,
        items=[EndorsementFee(number=item.number, fee=item.fee) for item in approval.items],
        paid_at=charge.approved_at,
        **to_report(charge),
    )
