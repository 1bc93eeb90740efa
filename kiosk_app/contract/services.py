"""A service as data: questions, a fee, a paper. A section of the signed catalogue, and how one walks through it.

Kiosk and central walk by the same functions, so that what is asked, what it costs and what may be answered cannot
differ. An answer is a word: the key of an option, a whole number, digits, a day (ISO). A service with a field that a
release does not know is not served by it at all (``forbid_unknown_fields``): a rule that is not understood must not be
left out. So rows travel open (:class:`Offers`), and each is read by itself (:mod:`kiosk_app.contract.services_check`).
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Final, Literal

import msgspec

from kiosk_app.contract.common import Amount
from kiosk_app.contract.guide import GuideEntry, Initials, Said

MOST_SERVICES, MOST_QUESTIONS, MOST_OPTIONS, MOST_LINES = 30, 12, 9, 12
MOST_FEE: Final = 1_000_000
"""Fen: what a machine takes for paper is never more than this; a slip of the pen is caught."""
MENU: Final = ("social", "border", "road")
"""The families of the menu (their tile, picture and colour) in which a service can stand."""
BESIDE: Final = "hall"
"""The one in which none can: what is around every visit."""

Picture = Literal[
    "", "person", "coin", "cross", "purse", "seal", "columns", "helmet", "pin", "calendar", "camera", "copies", "folder"
]
"""What can stand on a tile; "": the family's."""
Key = Annotated[str, msgspec.Meta(pattern=r"\A[a-z][a-z0-9_]{1,31}\Z")]
Shape = Annotated[str, msgspec.Meta(pattern=r"\A[0-9#]{1,20}\Z")]
"""Digits as they are written: ``#`` is any, a digit is itself. ``1##########`` is a mobile telephone."""
Answers = Annotated[dict[Key, Annotated[str, msgspec.Meta(min_length=1, max_length=32)]], msgspec.Meta(max_length=12)]
Lines = Annotated[list[Said], msgspec.Meta(max_length=MOST_LINES)]


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Every part of a service: an unknown field is refused, see above."""


class When(_Strict, frozen=True, kw_only=True):
    """Only if the ``question`` before, a choice, was asked and answered with one of ``among``."""

    question: Key
    among: Annotated[list[Key], msgspec.Meta(min_length=1, max_length=MOST_OPTIONS)]


class _Question(_Strict, frozen=True, kw_only=True):
    """What all have. ``when``: all of these must hold; none: it is always asked."""

    id: Key
    ask: Said
    help: Said | None = None
    when: Annotated[list[When], msgspec.Meta(max_length=3)] = []


class Option(_Strict, frozen=True, kw_only=True):
    """One thing to choose."""

    key: Key
    title: Said
    line: Said | None = None


class OneOf(_Question, frozen=True, kw_only=True, tag="choice", tag_field="kind"):
    """One of several."""

    options: Annotated[list[Option], msgspec.Meta(min_length=2, max_length=MOST_OPTIONS)]


class HowMany(_Question, frozen=True, kw_only=True, tag="count", tag_field="kind"):
    """A whole number from ``least`` to ``most`` of ``unit``."""

    least: Annotated[int, msgspec.Meta(ge=0, le=9999)]
    most: Annotated[int, msgspec.Meta(ge=1, le=9999)]
    unit: Said


class Digits(_Question, frozen=True, kw_only=True, tag="digits", tag_field="kind"):
    """A telephone, an account: of one of these shapes. Taken as personal: it is masked wherever it is shown again."""

    shapes: Annotated[list[Shape], msgspec.Meta(min_length=1, max_length=6)]


class Day(_Question, frozen=True, kw_only=True, tag="day", tag_field="kind"):
    """A day, from ``earliest`` to ``latest`` days after today (before it: negative)."""

    earliest: Annotated[int, msgspec.Meta(ge=-40_000, le=3660)]
    latest: Annotated[int, msgspec.Meta(ge=-40_000, le=3660)]


Question = OneOf | HowMany | Digits | Day


class Fixed(_Strict, frozen=True, kw_only=True, tag="fixed", tag_field="kind"):
    """The same for everybody, ``times`` the answer of a count if it names one; in fen."""

    fen: Annotated[int, msgspec.Meta(ge=1, le=MOST_FEE)]
    times: Key | None = None


class ByAnswer(_Strict, frozen=True, kw_only=True, tag="answer", tag_field="kind"):
    """By the option chosen at ``question``, in fen; ``times`` the answer of a count if it names one."""

    question: Key
    fen: dict[Key, Amount]
    times: Key | None = None


class Sheet(_Strict, frozen=True, kw_only=True):
    """An A4 page on the house's paper: ``title``, whose paper it is (``office``), and paragraphs."""

    title: Said
    office: Said
    body: Annotated[Lines, msgspec.Meta(min_length=1)]


class After(_Strict, frozen=True, kw_only=True):
    """What is due from the counter afterwards: in so many working days, 0 for at once, ``where``."""

    days: Annotated[int, msgspec.Meta(ge=0, le=90)]
    where: Said


class DataService(_Strict, frozen=True, kw_only=True):
    """Everything about one. ``identify``: by card, else nobody is asked. ``fee`` None: free. ``picture``: on its tile.
    ``sample``: an example, whose fees are nobody's, and every paper and screen says so. ``slip``: lines of the slip
    beside reference, sum and time, which it always has. Placeholders (``{reference}``, ``{answer}``) are filled in in
    ``slip`` and ``sheet`` only; a line with an answer that was not asked for is left out.
    """

    id: Key
    family: Literal["social", "border", "road"]
    title: Said
    initials: Initials
    picture: Picture = ""
    about: Said
    who: Said
    bring: Annotated[list[Said], msgspec.Meta(max_length=8)]
    minutes: Annotated[int, msgspec.Meta(ge=1, le=60)]
    identify: bool
    questions: Annotated[list[Question], msgspec.Meta(max_length=MOST_QUESTIONS)] = []
    fee: Fixed | ByAnswer | None = None
    slip: Lines = []
    sheet: Sheet | None = None
    after: After | None = None
    sample: bool = False

    def entry(self) -> GuideEntry:
        """The same for the guide, which nobody writes a second time."""
        return GuideEntry(
            id=self.id, family=self.family, title=self.title, initials=self.initials, service=self.id, who=self.who,
            bring=self.bring, minutes=self.minutes, days=self.after.days if self.after else 0,
            fee="service" if self.fee else "free",
        )  # fmt: skip


class Offers(msgspec.Struct, frozen=True, kw_only=True):
    """The section: services as they were written. Each reader takes those that it can serve."""

    services: Annotated[list[dict[str, Any]], msgspec.Meta(max_length=MOST_SERVICES)]


# --- walking through ---------------------------------------------------------------------------------------------


def upcoming(service: DataService, answers: Mapping[str, str]) -> Question | None:
    """The next question that was not answered; None when there is none left."""
    return next((one for one in service.questions if one.id not in answers and _is_asked(one, answers)), None)


def asked(service: DataService, answers: Mapping[str, str]) -> list[Question]:
    """Every question that these answers lead to."""
    return [one for one in service.questions if _is_asked(one, answers)]


def _is_asked(question: Question, answers: Mapping[str, str]) -> bool:
    return all(answers.get(when.question) in when.among for when in question.when)


def fits(question: Question, said: str, today: date) -> bool:
    """Whether this may be answered."""
    match question:
        case OneOf():
            return said in {option.key for option in question.options}
        case HowMany():
            return re.fullmatch("[0-9]{1,4}", said, re.ASCII) is not None and (
                question.least <= int(said) <= question.most
            )
        case Digits():
            return any(re.fullmatch(shape.replace("#", "[0-9]"), said, re.ASCII) for shape in question.shapes)
        case Day():
            day = day_of(said)
            if day is None:
                return False
            return timedelta(question.earliest) <= day - today <= timedelta(question.latest)


def day_of(said: str) -> date | None:
    """``2026-11-26`` as a day, if it is one."""
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", said, re.ASCII):
        return None
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def allowed(service: DataService, answers: Mapping[str, str], today: date) -> bool:
    """Whether exactly what is asked was answered, and each with what may be answered."""
    questions = asked(service, answers)
    return {one.id for one in questions} == answers.keys() and all(fits(q, answers[q.id], today) for q in questions)


def fee_of(service: DataService, answers: Mapping[str, str]) -> int:
    """Fen for these answers, which are ``allowed``."""
    match service.fee:
        case None:
            return 0
        case Fixed(fen=fen):
            each = fen
        case ByAnswer(question=question, fen=by):
            each = by[answers[question]]
    return each * int(answers[service.fee.times]) if service.fee.times else each


def fees_of(service: DataService) -> list[int]:
    """Everything that one of it may cost."""
    match service.fee:
        case None:
            return []
        case Fixed(fen=fen):
            return [fen]
        case ByAnswer(fen=by):
            return list(by.values())


PLACE: Final = re.compile(r"\{([a-z0-9_]+)\}")
"""A placeholder. Nothing is evaluated: the name between the braces, or nothing."""


def filled(line: str, value: Callable[[str], str | None]) -> str | None:
    """The line with its placeholders filled in; None if one of them has no value: the line is left out."""
    values = {name: value(name) for name in PLACE.findall(line)}
    if None in values.values():
        return None
    return PLACE.sub(lambda found: values[found[1]] or "", line)
