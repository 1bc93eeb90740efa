"""What became of a complaint, a praise or a suggestion: in a line of a list, and on a page with the office's answer."""

from kiosk_app.contract.feedback import KINDS, TOPICS, AskMatter, Matter
from kiosk_app.desk import Desk
from kiosk_app.services.steps.choose import one_of, typed
from kiosk_app.services.steps.look_up import look_up
from kiosk_app.services.steps.shown import long_day, moment
from kiosk_app.views import Choice, ChooseOne, Column, EnterNumber, Steps, Table, TableRow, Text, text

REFERENCE = (20,)
"""Digits of its number (``docs/decisions/0007``)."""
ENDING = (4,)
STATES = frozenset({"received", "taken", "settled", "ended"})
LEFT = ("phone", "nothing")
COLUMNS = (Column(title=text("guide.column.what"), share=0.42), Column(title=text("guide.column.said"), share=1.0))


async def matter_by_number(desk: Desk, steps: Steps) -> Matter | None:
    """By the number of its slip and what was left then; None for "back". Raises CentralRefused, Left, WalkedAway."""
    hint = text("matter.number.hint")
    number = await typed(
        desk, EnterNumber(title=text("matter.number.title"), hint=hint, lengths=REFERENCE, steps=steps)
    )
    if number is None:
        return None
    rows = tuple(Choice(key=key, name=text(f"matter.left.{key}")) for key in LEFT)
    left = await one_of(desk, ChooseOne(title=text("matter.left.title"), rows=rows, steps=steps))
    ending: str | None = ""
    if left == "phone":
        hint = text("matter.ending.hint")
        view = EnterNumber(title=text("matter.ending.title"), hint=hint, lengths=ENDING, steps=steps)
        ending = await typed(desk, view)
    if left is None or ending is None:
        return None
    ask = AskMatter(reference=number, ending=ending)
    return await look_up(desk, ask, Matter, steps, detail=text("look_up.nothing_done"))


def about(matter: Matter) -> Text:
    """What it was and what about."""
    kind = matter.kind if matter.kind in KINDS else KINDS[0]
    topic = matter.topic if matter.topic in TOPICS else "other"
    what, title = text(f"complaint.kind.{kind}"), text(f"complaint.topic.{topic}")
    return text("cases.about", what=what, title=title)


def matter_state(matter: Matter) -> Text:
    """How far it is."""
    return text(f"matter.state.{matter.state if matter.state in STATES else 'received'}")


def answer_page(matter: Matter, steps: Steps) -> Table:
    """Everything about it; the answer is last and long."""
    rows: list[tuple[str, Text | str]] = [
        ("about", about(matter)),
        ("number", matter.reference),
        ("at", moment(matter.at)),
    ]
    rows.append(("state", matter_state(matter)))
    if matter.state == "settled":
        answer = text("plain", words=matter.answer) if matter.answer else text("matter.answer.none")
        rows.append(("answer", answer))
    if matter.state == "ended":
        rows.append(("answer", text("matter.answer.ended")))
    if matter.until is not None:
        rows.append(("until", long_day(matter.until)))
    return Table(
        title=text("matter.title"),
        columns=COLUMNS,
        rows=tuple(TableRow(cells=(text(f"matter.row.{name}"), words)) for name, words in rows),
        steps=steps,
    )
