"""Contributions of residents and of the flexibly employed: choose a grade or base, pay it (``domain.md`` 6.1, 6.3).

The counter's procedure: who is it; what can be paid by oneself now, and why the rest cannot, or for whom in the family;
which grade, at the price of the signed catalogue; the money; the report to the department, which may refuse; the slip.
What is refused after the money was taken goes back the way it came (:mod:`kiosk_app.money.charge`).
"""

from datetime import date

from kiosk_app.contract import ContributionPaid
from kiosk_app.contract.social import AskDues, Due, Dues, Grade
from kiosk_app.desk import Charge, Desk
from kiosk_app.errors import CatalogueMissing
from kiosk_app.local_time import LOCAL
from kiosk_app.money.amounts import Fen, yuan
from kiosk_app.papers.insured_slips import Contribution, contribution_slip
from kiosk_app.services.steps.choose import one_of
from kiosk_app.services.steps.deliver import Papers, deliver
from kiosk_app.services.steps.family import for_family
from kiosk_app.services.steps.insured import InsuredPerson, ask_about_insured
from kiosk_app.services.steps.look_up import AGAIN
from kiosk_app.services.steps.paid import to_prove, to_read, to_report
from kiosk_app.services.steps.shown import period, short_time
from kiosk_app.views import Choice, ChooseOne, Chosen, Done, Sorry, Steps, text

STEPS = tuple(text(f"contribution.step.{name}") for name in ("identify", "choose", "pay", "proof"))
CARD, CHOOSE, PAY, PROOF = (Steps(STEPS, at) for at in range(4))
FAMILY = Chosen("family")
FAMILY_ROW = Choice(key=FAMILY.key, name=text("contribution.family"), lines=(text("contribution.family.what"),))


async def pay_contribution(desk: Desk) -> bool:
    """The whole procedure; True if the citizen wants another service afterwards."""
    found = await ask_about_insured(desk, AskDues, Dues, CARD, detail=text("pay.nothing_taken"))
    if found is None:
        return True
    person, own = found
    if not await know_prices(desk, own):
        return True
    chosen = await what_to_pay(desk, person, own)
    if chosen is None:
        return True
    dues, (due, grade) = chosen
    payer = "" if dues is own else own.token
    amount = desk.prices.contribution(due.scheme, grade, today(desk))
    purpose = text("contribution.pay.purpose", title=due.title, period=period(due.period))
    async with (
        desk.charge(amount, purpose, PAY) as charge,
        desk.working(text("work.reporting"), text("work.waits.central"), usually=2, steps=PAY),
    ):
        verdict = await desk.central.report(charge, claim(charge, dues.token, due, grade, payer=payer))
    paid = Contribution(
        reference=charge.reference,
        amount=charge.amount,
        title=due.title,
        title_en=due.title_en,
        period=period(due.period),
        base=Fen(grade.base),
        paid_at=charge.approved_at,
        by=to_prove(charge),
        voucher=verdict.voucher if verdict else None,
        payer=own.name,
        insured="" if dues is own else dues.name,
        site=desk.site.name,
        hotline=desk.site.hotline,
    )
    papers = Papers(paid.reference, contribution_slip(paid), what="cases.what.contribution", holder=person.key.number)
    return await deliver(desk, done_view(paid), papers, PROOF)


def today(desk: Desk) -> date:
    """The day in China, by which grades hold."""
    return desk.clock.now().astimezone(LOCAL).date()


async def know_prices(desk: Desk, dues: Dues) -> bool:
    """Have the catalogue by which the department decided; False for "back"."""
    while True:
        try:
            await desk.prices.at_least(dues.catalogue)
        except CatalogueMissing as error:
            sorry = Sorry(title=text(error.citizen), detail=text("pay.nothing_taken"), actions=AGAIN, steps=CARD)
        else:
            return True
        if await desk.ask(sorry) != Chosen("again"):
            return False


async def what_to_pay(desk: Desk, person: InsuredPerson, own: Dues) -> tuple[Dues, tuple[Due, Grade]] | None:
    """Whose dues, and what of them; None for "back". Back from the family is one's own again."""
    while True:
        chosen = await choose(desk, own, family=True)
        if chosen is None:
            return None
        if not isinstance(chosen, Chosen):
            return own, chosen
        dues = await for_family(desk, person, CHOOSE)
        if dues is not None and await know_prices(desk, dues):
            theirs = await choose(desk, dues)
            if isinstance(theirs, tuple):
                return dues, theirs


async def choose(desk: Desk, dues: Dues, *, family: bool = False) -> tuple[Due, Grade] | Chosen | None:
    """Which scheme and which of its grades, or FAMILY; None for "back". Back from the grades is the schemes again."""
    open_ = {due.scheme: due for due in dues.dues if not due.refused}
    whose = "choose" if family else "family"
    view = ChooseOne(
        title=text(f"contribution.{whose}.{'title' if open_ else 'none'}", name=dues.name),
        rows=(*(scheme_row(due) for due in dues.dues), *([FAMILY_ROW] if family else [])),
        steps=CHOOSE,
    )
    while (scheme := await one_of(desk, view)) is not None:
        if scheme == FAMILY.key:
            return FAMILY
        due = open_[scheme]
        grade = await choose_grade(desk, due)
        if grade is not None:
            return due, grade
    return None


async def choose_grade(desk: Desk, due: Due) -> Grade | None:
    """Which one; None for "back"."""
    grades = {grade.grade: grade for grade in due.grades}
    view = ChooseOne(
        title=text("contribution.grade.title", title=text("named", zh=due.title, en=due.title_en)),
        subtitle=text("contribution.grade.base" if due.grades[0].base else "contribution.grade.year"),
        rows=tuple(grade_row(grade) for grade in due.grades),
        steps=CHOOSE,
    )
    chosen = await one_of(desk, view)
    return None if chosen is None else grades[chosen]


def scheme_row(due: Due) -> Choice:
    """One scheme and its period; what cannot be paid here says why and where to go."""
    return Choice(
        key=due.scheme,
        title=due.title,
        title_en=due.title_en,
        lines=(text("contribution.row.period", period=period(due.period)),),
        refused=text(f"contribution.refused.{due.refused}") if due.refused else None,
        done=due.refused == "paid",
    )


def grade_row(grade: Grade) -> Choice:
    """One grade: its price, and what it is counted from."""
    return Choice(
        key=grade.grade,
        name=text("contribution.row.base", amount=yuan(Fen(grade.base)))
        if grade.base
        else text("contribution.row.year", amount=yuan(Fen(grade.fen))),
        amount=Fen(grade.fen),
    )


def claim(charge: Charge, token: str, due: Due, grade: Grade, *, payer: str) -> ContributionPaid:
    """The report to the department: this grade is paid by this payment; ``payer``: somebody else of the family."""
    return ContributionPaid(
        reference=charge.reference,
        amount=charge.amount,
        token=token,
        scheme=due.scheme,
        period=due.period,
        grade=grade.grade,
        payer=payer,
        paid_at=charge.approved_at,
        **to_report(charge),
    )


def done_view(paid: Contribution) -> Done:
    """What was paid, by what, and how it was reported."""
    reported = (
        text("contribution.done.reported", time=short_time(paid.paid_at))
        if paid.voucher
        else text("contribution.done.reported_later")
    )
    return Done(
        title=text("contribution.done.title"),
        amount=paid.amount,
        paid_by=to_read(paid.by),
        facts=(
            *([text("contribution.done.insured", name=paid.insured)] if paid.insured else []),
            text("contribution.done.what", title=text("named", zh=paid.title, en=paid.title_en), period=paid.period),
            text("done.fact.reference", reference=paid.reference),
            reported,
        ),
        steps=PROOF,
    )
