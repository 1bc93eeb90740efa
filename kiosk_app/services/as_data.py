"""Any service that is data (:mod:`kiosk_app.contract.services`): question by question, the fee, the paper.

The counter's procedure: what it is, what to bring and what it costs; who is it, if that must be known; question by
question, with a way back; everything once more before it counts; central looks at it before any money moves; the money;
the report, which may be refused and then gives the money back; the slip, and the page if there is one. What costs
nothing is taken up at once; the same request again is not a second one.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

from kiosk_app.contract.requests import NOBODY, AskRequest, Requested, ServicePaid
from kiosk_app.contract.services import After, DataService, asked, fee_of, upcoming
from kiosk_app.desk import Charge, Desk
from kiosk_app.errors import StoreError
from kiosk_app.local_time import LOCAL
from kiosk_app.money.amounts import ZERO, Fen, yuan
from kiosk_app.papers.as_data import SAMPLE, Asked, request_sheet, request_slip, said
from kiosk_app.services.steps.counter import request_now, to_counter
from kiosk_app.services.steps.deliver import Papers, deliver
from kiosk_app.services.steps.insured import InsuredPerson, show_card
from kiosk_app.services.steps.look_up import look_up
from kiosk_app.services.steps.pages import read_page
from kiosk_app.services.steps.paid import to_prove, to_read, to_report
from kiosk_app.services.steps.question import answer_to
from kiosk_app.services.steps.shown import BLANK, both, short_time
from kiosk_app.views import Chosen, Column, Done, Sorry, Steps, Table, TableRow, Text, text

COLUMNS = (Column(title=text("guide.column.what"), share=0.5), Column(title=text("guide.column.said"), share=1.0))
REQUEST, BEGIN, CONFIRM = "request", "begin", "confirm"


@dataclass(frozen=True)
class Visit:
    """One way through a service: it, who asks, and what was answered so far."""

    service: DataService
    person: InsuredPerson | None = field(default=None, repr=False)
    answers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def at(self, step: str) -> Steps:
        """Where the citizen is; only what this service has is a step."""
        card, pays = ("card",) * self.service.identify, ("pay",) * (self.service.fee is not None)
        names = ("read", *card, "answer", "check", *pays, "proof")
        return Steps(tuple(text(f"as_data.step.{name}") for name in names), names.index(step))


async def serve_offered(desk: Desk, *, key: str) -> bool:
    """The whole procedure; True if the citizen wants another service afterwards."""
    while True:
        visit, version = Visit(desk.prices.service(key)), desk.prices.version  # what holds for the whole visit
        if await read_page(desk, about(desk, visit)) is None:
            return True
        person = await show_card(desk, visit.at("card")) if visit.service.identify else None
        if visit.service.identify and person is None:
            continue
        answers = await fill_in(desk, visit)
        if answers is None:
            continue
        visit = Visit(visit.service, person, answers)
        request = request_now(desk, key)
        reply = await ask_for(desk, visit, request, version)
        if reply is None and fee_of(visit.service, answers):
            return True
        if reply is None:  # nobody knows whether it arrived
            return await to_counter(desk, text("counter.unsent"), visit.at("check"), reference=request)
        if not reply.changed:
            return await take_up(desk, visit, reply, version)
        await desk.prices.at_least(reply.catalogue)
        if not await hear_of_change(desk, visit):
            return True


# --- before anything counts --------------------------------------------------------------------------------------


def about(desk: Desk, visit: Visit) -> Table:
    """What it is and takes, before the citizen begins."""
    service = visit.service
    rows = [("what", both(service.about)), ("who", both(service.who))]
    rows += [("bring", both(thing)) for thing in service.bring]
    rows += [("long", text("guide.takes", count=service.minutes)), ("fee", fee(desk, service))]
    rows += [("after", ready(service.after))] if service.after is not None else []
    before = ["", *(name for name, _ in rows)]
    labels = [
        BLANK if name == last else text(f"as_data.row.{name}") for (name, _), last in zip(rows, before, strict=False)
    ]
    return Table(
        title=both(service.title),
        facts=(both(SAMPLE),) if service.sample else (),
        columns=COLUMNS,
        rows=tuple(TableRow(cells=(label, words)) for label, (_, words) in zip(labels, rows, strict=True)),
        actions=((BEGIN, text("as_data.begin")),),
        steps=visit.at("read"),
    )


def fee(desk: Desk, service: DataService) -> Text:
    """What it costs, or between what; each, where it goes by a count."""
    span = desk.prices.between("service", today(desk), service.id)
    if service.fee is None or span is None:
        return text("guide.fee.free")
    low, high = span
    words = text("guide.fee.one" if low == high else "guide.fee.span", low=yuan(low), high=yuan(high))
    return text("as_data.each", fee=words) if service.fee.times else words


def ready(after: After) -> Text:
    """What is due from the counter afterwards."""
    return text("as_data.ready" if after.days else "as_data.ready_now", days=after.days, where=both(after.where))


async def fill_in(desk: Desk, visit: Visit) -> dict[str, str] | None:
    """Question by question, then everything once more; None for "back" out of the first. Back is the one before."""
    answers: dict[str, str] = {}
    while True:
        question = upcoming(visit.service, answers)
        if question is not None:
            answer = await answer_to(desk, question, visit.service.fee, today(desk), visit.at("answer"))
            if answer is not None:
                answers[question.id] = answer
                continue
        elif await read_page(desk, last_look(visit, answers)) == CONFIRM:
            return answers
        if not answers:
            return None
        answers.popitem()


def last_look(visit: Visit, answers: Mapping[str, str]) -> Table:
    """Every answer, and the sum."""
    service, amount = visit.service, Fen(fee_of(visit.service, answers))
    rows = [TableRow(cells=(both(one.ask), both(said(one, answers[one.id])))) for one in asked(service, answers)]
    if service.fee is not None:
        cost = text("as_data.sum", amount=amount) if amount else text("guide.fee.free")
        rows.append(TableRow(cells=(text("as_data.row.fee"), cost)))
    return Table(
        title=text("as_data.check", title=both(service.title)),
        facts=(both(SAMPLE),) if service.sample else (),
        columns=COLUMNS,
        rows=tuple(rows),
        empty=text("as_data.nothing_asked"),
        actions=((CONFIRM, text("as_data.pay" if amount else "as_data.hand_in", amount=amount)),),
        steps=visit.at("check"),
    )


async def ask_for(desk: Desk, visit: Visit, request: str, version: int) -> Requested | None:
    """Central looks at it; None for "back". Raises CentralRefused."""
    holder = visit.person.key.number if visit.person is not None else NOBODY
    question = AskRequest(
        request=request, service=visit.service.id, catalogue=version, answers=dict(visit.answers), holder=holder
    )
    costs = fee_of(visit.service, visit.answers)
    detail = text("pay.nothing_taken" if costs else "look_up.again")
    return await look_up(desk, question, Requested, visit.at("check"), work=text("as_data.asking"), detail=detail)


async def hear_of_change(desk: Desk, visit: Visit) -> bool:
    """The service is another one now: nothing was taken, and it begins anew; False for another service."""
    view = Sorry(
        title=text("as_data.changed", title=both(visit.service.title)),
        detail=text("pay.nothing_taken"),
        actions=(("other", text("sorry.action.other")), ("again", text("as_data.again"))),
        steps=visit.at("check"),
    )
    return await desk.ask(view) == Chosen("again")


# --- what counts -------------------------------------------------------------------------------------------------


async def take_up(desk: Desk, visit: Visit, reply: Requested, version: int) -> bool:
    """The money if it costs something, and the papers; True for another service."""
    amount = desk.prices.request(visit.service, dict(visit.answers), reply)
    if not amount:
        with suppress(StoreError):  # central has it: a store that died in this visit keeps nobody's number back
            desk.journal.append(reply.number, REQUEST, "accepted", {"service": visit.service.id})
        return await hand_over(desk, visit, made(desk, visit, reply.number))
    purpose = text("as_data.purpose", title=both(visit.service.title))
    async with (
        desk.charge(amount, purpose, visit.at("pay")) as charge,
        desk.working(text("work.reporting"), text("work.waits.central"), usually=2, steps=visit.at("pay")),
    ):
        report = ServicePaid(
            reference=charge.reference,
            amount=charge.amount,
            paid_at=charge.approved_at,
            token=reply.token,
            service=visit.service.id,
            catalogue=version,
            **to_report(charge),
        )
        verdict = await desk.central.report(charge, report)
    return await hand_over(desk, visit, made(desk, visit, verdict.voucher if verdict else "", charge))


def made(desk: Desk, visit: Visit, number: str, charge: Charge | None = None) -> Asked:
    """For the papers. What cost nothing has the case's number and no other."""
    return Asked(
        service=visit.service,
        answers=visit.answers,
        reference=charge.reference if charge else number,
        number=number,
        amount=charge.amount if charge else ZERO,
        at=charge.approved_at if charge else desk.clock.now(),
        by=to_prove(charge) if charge else None,
        name=visit.person.name if visit.person else "",
        site=desk.site.name,
        hotline=desk.site.hotline,
    )


async def hand_over(desk: Desk, visit: Visit, done: Asked) -> bool:
    """Slip and page, and the last view."""
    sheet = visit.service.sheet
    papers = Papers(
        done.reference,
        request_slip(done),
        document=(lambda: request_sheet(done, sheet)) if sheet is not None else None,
        title=f"{REQUEST} {done.reference}",
        what="cases.what.service",
        holder=visit.person.key.number if visit.person is not None else "",
        both=sheet is not None,
    )
    return await deliver(desk, done_view(visit, done), papers, visit.at("proof"))


def done_view(visit: Visit, done: Asked) -> Done:
    """What was asked for, under which number, and what comes next."""
    reported = text("as_data.done.number", number=done.number) if done.number else text("as_data.done.later")
    return Done(
        title=text("as_data.done.paid" if done.by else "as_data.done.handed_in"),
        amount=done.amount if done.by else None,
        paid_by=to_read(done.by) if done.by else None,
        facts=(
            text("as_data.done.what", title=both(visit.service.title), time=short_time(done.at)),
            *((text("done.fact.reference", reference=done.reference),) if done.by else ()),
            reported,
            *((ready(visit.service.after),) if visit.service.after is not None else ()),
            *((both(SAMPLE),) if visit.service.sample else ()),
        ),
        steps=visit.at("proof"),
    )


def today(desk: Desk) -> date:
    """The day in China."""
    return desk.clock.now().astimezone(LOCAL).date()
