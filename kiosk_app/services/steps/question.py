"""One question of a service that is data, asked until it is answered with what may be answered, or "back"."""

from datetime import date, timedelta

from kiosk_app.contract.services import ByAnswer, Day, Digits, Fixed, HowMany, OneOf, Question, day_of, fits
from kiosk_app.desk import Desk
from kiosk_app.money.amounts import ZERO, Fen
from kiosk_app.services.steps.choose import one_of, typed
from kiosk_app.services.steps.shown import both, day
from kiosk_app.views import Choice, ChooseOne, EnterNumber, Steps, Text, text

DAY_DIGITS, DAY_GROUPS = (8,), (4, 2, 2)
MOBILE, MOBILE_GROUPS = "1##########", (3, 4, 4)


async def answer_to(
    desk: Desk, question: Question, fee: Fixed | ByAnswer | None, today: date, steps: Steps
) -> str | None:
    """The answer; None for "back". Raises Left, WalkedAway."""
    if isinstance(question, OneOf):
        return await one_of(desk, choice(question, fee, steps))
    problem: Text | None = None
    while True:
        digits = await typed(desk, entry(question, today, problem, steps))
        if digits is None:
            return None
        answer = _answer(question, digits)
        if fits(question, answer, today):
            return answer
        if isinstance(question, Day):
            problem = text("question.day.wrong", hint=day_bounds(question, today))
        else:
            problem = text("question.wrong", hint=hint(question, today))


def choice(question: OneOf, fee: Fixed | ByAnswer | None, steps: Steps) -> ChooseOne:
    """The options, with what each costs where the fee goes by this answer."""
    fees = fee.fen if isinstance(fee, ByAnswer) and fee.question == question.id else {}
    rows = tuple(
        Choice(
            key=option.key,
            name=both(option.title),
            lines=(both(option.line),) if option.line is not None else (),
            amount=Fen(fees[option.key]) if option.key in fees else ZERO,
        )
        for option in question.options
    )
    help_ = both(question.help) if question.help is not None else None
    return ChooseOne(title=both(question.ask), subtitle=help_, rows=rows, steps=steps)


def entry(question: HowMany | Digits | Day, today: date, problem: Text | None, steps: Steps) -> EnterNumber:
    """The number pad, for as many digits as the answer can have."""
    groups: tuple[int, ...] = ()
    match question:
        case HowMany():
            lengths = tuple(range(1, len(str(question.most)) + 1))
        case Digits():
            lengths = tuple(sorted({len(shape) for shape in question.shapes}))
            groups = MOBILE_GROUPS if question.shapes == [MOBILE] else ()
        case Day():
            lengths, groups = DAY_DIGITS, DAY_GROUPS
    return EnterNumber(
        title=both(question.ask),
        hint=hint(question, today),
        lengths=lengths,
        problem=problem,
        steps=steps,
        groups=groups,
    )


def hint(question: HowMany | Digits | Day, today: date) -> Text:
    """What may be typed: in the service's words, or as the bounds say it."""
    match question:
        case HowMany():
            bounds = text("question.count", least=question.least, most=question.most, unit=both(question.unit))
        case Digits():
            bounds = text("question.digits")
        case Day():
            bounds = day_bounds(question, today)
    if question.help is None:
        return bounds
    match question:
        case HowMany():
            return text("question.help", help=both(question.help), bounds=bounds)
        case Digits():
            return both(question.help)
        case Day():  # the service says between which days; with both it was too long to be read
            return text(
                "question.help", help=both(question.help), bounds=text("question.day.how", example=_example(today))
            )


def day_bounds(question: Day, today: date) -> Text:
    """From which day to which."""
    first, last = (today + timedelta(days) for days in (question.earliest, question.latest))
    return text("question.day", first=day(first), last=day(last), example=_example(first))


def _example(on: date) -> str:
    return f"{on:%Y %m %d}"


def _answer(question: HowMany | Digits | Day, digits: str) -> str:
    """What was typed as the answer it stands for: ``007`` is 7, and eight digits are a day."""
    if isinstance(question, HowMany):
        return str(int(digits))
    if isinstance(question, Day):
        on = day_of(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}")
        return on.isoformat() if on is not None else digits
    return digits
