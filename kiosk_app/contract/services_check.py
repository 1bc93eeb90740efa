"""What is wrong with a service as data, in plain words: at publishing, and again where a kiosk takes the document.

A definition without a fault can be walked to its end by whoever answers what is asked: every question can come up,
every way through has its fee, every placeholder its value or its line is left out (``tests/kiosk_app/test_walks.py``).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, get_args

import msgspec

from kiosk_app.contract.guide import Said
from kiosk_app.contract.house import BUILT_IN
from kiosk_app.contract.services import (
    BESIDE,
    MENU,
    MOST_FEE,
    PLACE,
    ByAnswer,
    DataService,
    Day,
    Digits,
    Fixed,
    HowMany,
    Offers,
    OneOf,
    Picture,
    Question,
)

OURS: Final = ("reference", "number", "name", "sum", "time", "site")
"""Placeholders that are no question's: of the payment, the case, the card, the machine."""
TITLE, TITLE_EN, LINE, LINE_EN, HEAD, HEAD_EN = 14, 40, 60, 140, 18, 60
"""Letters that fit: of a tile, of a line on paper, at the head of a page."""
_HAN: Final = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
Known = Mapping[str, frozenset[str]]


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What is read of a service that this release cannot serve: enough to say so on its tile."""

    id: str
    family: str
    title: Said
    about: Said


def readable(offers: Offers | None) -> tuple[list[DataService], list[Head]]:
    """The services that this release can serve, and the heads of those that it cannot."""
    services, heads = [], []
    for row in offers.services if offers is not None else []:
        try:
            service = msgspec.convert(row, DataService)
            sound = not any(faults(service))
        except msgspec.ValidationError:
            sound = False
        if sound:
            services.append(service)
        else:
            with_head = _head(row)
            heads += [with_head] if with_head is not None else []
    return services, heads


def _head(row: Mapping[str, Any]) -> Head | None:
    try:
        return msgspec.convert(row, Head)
    except msgspec.ValidationError:
        return None


def untranslated(row: Any, at: str = "") -> Iterator[str]:
    """Every sentence that is there in one language only, before anything else is said of the file."""
    if isinstance(row, Mapping):
        for language, other in (("en", "zh"), ("zh", "en")):
            if other in row and not str(row.get(language, "")).strip():
                yield f"{at}: the {'English' if language == 'en' else 'Chinese'} is missing"
        for name, value in row.items():
            yield from untranslated(value, f"{at}.{name}" if at else str(name))
    elif isinstance(row, list):
        for place, value in enumerate(row):
            yield from untranslated(value, f"{at}[{place}]")


def in_plain_words(error: msgspec.ValidationError) -> str:
    """What cannot be read, for somebody who writes services and no programs."""
    said = str(error)
    for pattern, words in (
        ("[a-z][a-z0-9_]", "a short name (small letters, digits and _, beginning with a letter)"),
        ("[0-9#]", "digits, and # for any digit"),
        ("[a-z]{1,24}", "first letters in pinyin, small"),
    ):
        if pattern in said:
            said = f"expected {words} - at {said.rpartition(' - at ')[2]}"
    if said.endswith("$.picture`"):
        said = f"expected one of {', '.join(filter(None, get_args(Picture)))} - at `$.picture`"
    return said.replace(" - at `$.", ": in `")


def faults_of_all(services: Sequence[DataService]) -> Iterator[str]:
    """What keeps them from being published together."""
    for name, times in Counter(one.id for one in services).items():
        if times > 1:
            yield f"service {name} is there {times} times"
    for service in services:
        for fault in faults(service):
            yield f"service {service.id}: {fault}"


def faults(service: DataService) -> Iterator[str]:
    """What is wrong with one of them."""
    if service.id in BUILT_IN:
        yield "its id is that of a service which every machine has"
    if service.id in {*MENU, BESIDE}:
        yield "its id is that of a family: who touches the family's tile would begin it"
    yield from _of_words(service)
    yield from _of_questions(service.questions)
    if not any(_of_questions(service.questions)):
        yield from _of_fee(service)
        yield from _of_papers(service)


# --- words -------------------------------------------------------------------------------------------------------


def _of_words(service: DataService) -> Iterator[str]:
    short = partial(_too_long, zh=TITLE, en=TITLE_EN)
    yield from short(service.title, "title")
    for at, said in _sentences(service):
        if _HAN.search(said.en):
            yield f"{at}: its English has Chinese characters in it"
        if not said.zh.strip() or not said.en.strip():
            yield f"{at}: is empty"
        if any(_is_no_letter(letter) for letter in said.zh + said.en):
            yield f"{at}: it has characters that cannot be seen"
        if not at.startswith(("slip", "sheet.body")) and ({"{", "}"} & {*said.zh, *said.en}):
            yield f"{at}: placeholders are filled in on papers only"
    for question in service.questions:
        yield from short(question.ask, f"question {question.id}")
        for option in question.options if isinstance(question, OneOf) else []:
            yield from _too_long(option.title, f"option {option.key} of {question.id}", zh=20, en=48)
    if service.sheet is not None:
        yield from _too_long(service.sheet.title, "sheet title", zh=HEAD, en=HEAD_EN)
        yield from _too_long(service.sheet.office, "sheet office", zh=HEAD, en=HEAD_EN)
    for place, line in enumerate(service.slip):
        yield from _too_long(line, f"slip line {place + 1}", zh=LINE, en=LINE_EN)


def _is_no_letter(letter: str) -> bool:
    """Of control, of direction, the end of a line: a printer obeys them, and nobody reads them."""
    return unicodedata.category(letter) in {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}


def _too_long(said: Said, at: str, *, zh: int, en: int) -> Iterator[str]:
    for language, words, most in (("Chinese", said.zh, zh), ("English", said.en, en)):
        if len(words) > most:
            yield f"{at}: its {language} is longer than {most} letters"


def _sentences(service: DataService) -> Iterator[tuple[str, Said]]:
    yield from (("title", service.title), ("about", service.about), ("who", service.who))
    yield from ((f"bring {at + 1}", said) for at, said in enumerate(service.bring))
    for question in service.questions:
        yield f"question {question.id}", question.ask
        if question.help is not None:
            yield f"help of {question.id}", question.help
        if isinstance(question, HowMany):
            yield f"unit of {question.id}", question.unit
        for option in question.options if isinstance(question, OneOf) else []:
            yield f"option {option.key} of {question.id}", option.title
            if option.line is not None:
                yield f"line of {option.key} of {question.id}", option.line
    yield from ((f"slip line {at + 1}", said) for at, said in enumerate(service.slip))
    if service.sheet is not None:
        yield from (("sheet title", service.sheet.title), ("sheet office", service.sheet.office))
        yield from ((f"sheet.body {at + 1}", said) for at, said in enumerate(service.sheet.body))
    if service.after is not None:
        yield "after", service.after.where


# --- questions ---------------------------------------------------------------------------------------------------


def _of_questions(questions: Sequence[Question]) -> Iterator[str]:
    known: dict[str, Known] = {}
    by_id: dict[str, Question] = {}
    for question in questions:
        at = f"question {question.id}"
        if question.id in by_id:
            yield f"{at} is there twice"
        if question.id in OURS:
            yield f"{at}: this name is a placeholder of the house"
        yield from (f"{at}: {fault}" for fault in _of_bounds(question))
        wrong = [fault for when in question.when for fault in _of_when(when.question, when.among, by_id)]
        yield from (f"{at}: {fault}" for fault in wrong)
        if not wrong:
            known[question.id] = _needed(question, known)
            if not all(known[question.id].values()):
                yield f"{at} can never be reached: its conditions exclude each other"
        by_id[question.id] = question


def _of_when(name: str, among: Sequence[str], before: Mapping[str, Question]) -> Iterator[str]:
    question = before.get(name)
    if not isinstance(question, OneOf):
        yield f"it depends on {name}, which is no choice before it"
        return
    keys = {option.key for option in question.options}
    yield from (f"it can never be reached by {key}: {name} has no such option" for key in among if key not in keys)


def _needed(question: Question, known: Mapping[str, Known]) -> Known:
    """Which options of which choices lead here: of its own conditions and of theirs; an empty set leads nowhere."""
    needed: dict[str, frozenset[str]] = {}
    for when in question.when:
        for name, keys in ({when.question: frozenset(when.among)} | dict(known.get(when.question, {}))).items():
            needed[name] = needed.get(name, keys) & keys
    return needed


def _of_bounds(question: Question) -> Iterator[str]:
    match question:
        case OneOf():
            for key, times in Counter(option.key for option in question.options).items():
                if times > 1:
                    yield f"option {key} is there {times} times"
        case HowMany() if question.least > question.most:
            yield "its least is more than its most"
        case Day() if question.earliest > question.latest:
            yield "its earliest day is after its latest"
        case Digits() if len(set(question.shapes)) != len(question.shapes):
            yield "a shape is there twice"
        case _:
            pass


# --- fee and papers ----------------------------------------------------------------------------------------------


def _of_fee(service: DataService) -> Iterator[str]:
    fee, by_id = service.fee, {one.id: one for one in service.questions}
    if fee is None:
        return
    most = fee.fen if isinstance(fee, Fixed) else max(fee.fen.values(), default=0)
    if isinstance(fee, ByAnswer):
        yield from _of_answers(fee, by_id.get(fee.question))
    if fee.times is not None:
        count = by_id.get(fee.times)
        if not isinstance(count, HowMany):
            yield f"the fee is times {fee.times}, which is no count"
        elif count.when:
            yield f"the fee is times {fee.times}, which is not always asked"
        else:
            most *= count.most
    if most > MOST_FEE:
        yield f"the fee can be {most} fen: more than {MOST_FEE} is no fee of a machine"
    if most == 0:
        yield "its fee is never more than nothing: leave the fee out"


def _of_answers(fee: ByAnswer, question: Question | None) -> Iterator[str]:
    if not isinstance(question, OneOf):
        yield f"the fee goes by {fee.question}, which is no choice"
        return
    if question.when:
        yield f"the fee goes by {fee.question}, which is not always asked"
    keys = {option.key for option in question.options}
    yield from (f"there is a fee for {key}, and {fee.question} has no such answer" for key in fee.fen.keys() - keys)
    yield from (f"the answer {key} of {fee.question} has no fee" for key in sorted(keys - fee.fen.keys()))


def _of_papers(service: DataService) -> Iterator[str]:
    known = {*OURS, *(one.id for one in service.questions)}
    lines = [(f"slip line {at + 1}", said) for at, said in enumerate(service.slip)]
    if service.sheet is not None:
        lines += [(f"sheet.body {at + 1}", said) for at, said in enumerate(service.sheet.body)]
    for at, said in lines:
        for language, words in (("Chinese", said.zh), ("English", said.en)):
            for name in PLACE.findall(words):
                if name not in known:
                    yield f"{at}: unknown placeholder {{{name}}}"
                if name == "name" and not service.identify:
                    yield f"{at}: {{name}}, and nobody is identified"
                if name == "sum" and service.fee is None:
                    yield f"{at}: {{sum}}, and there is no fee"
            if "{" in PLACE.sub("", words) or "}" in PLACE.sub("", words):
                yield f"{at}: a brace of its {language} begins or ends no placeholder"
        if set(PLACE.findall(said.zh)) != set(PLACE.findall(said.en)):
            yield f"{at}: its two languages have different placeholders"
