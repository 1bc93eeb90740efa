"""One list of everything somebody has going on: by their card, and honest about who did not answer."""

from datetime import UTC, date, datetime

from kiosk_app.contract.cases import Cases, MyCase, Office, OfficeCases
from kiosk_app.services.my_cases import page
from kiosk_app.services.steps.shown import day
from kiosk_app.views import Back, Chosen, Menu, Sorry, Table, text
from tests.social import begins, shows
from tests.stand import Stand, story


@story
async def test_one_card_shows_what_was_paid_and_done_everywhere(stand: Stand) -> None:
    await stand.person.pays_a_fine()
    reference = stand.books_here.entries(kind="payment")[-1].reference
    await stand.until(lambda: stand.states(reference)[-1] == "settled")
    await stand.person.goes()
    shown = await shows(stand, "my_cases", "zhang", Table)
    row, *at_counters = shown.rows  # the newest first; the others lack papers since days
    assert {row.cells[1] for row in at_counters} == {text("cases.state.lacking")}
    what, state, _, amount = row.cells
    assert dict(what.args)["what"] == text("cases.what.fines")  # type: ignore[union-attr] # a sentence
    assert state == text("cases.state.accepted")
    assert amount != "—"
    assert shown.facts == ()
    stand.person.touches(Back())
    await stand.person.sees(Menu)


def test_the_newest_stands_first_whichever_department_it_is_of() -> None:
    def case(number: str, on: int) -> MyCase:
        return MyCase(number=number, what="living", state="done", at=datetime(2026, 3, on, 4, tzinfo=UTC), lines=[])

    cases = Cases(
        offices=[
            OfficeCases(office=Office.TRAFFIC, cases=[case("1", 2)]),
            OfficeCases(office=Office.SOCIAL, cases=[case("2", 1), case("3", 3)]),
        ],
        asked_at=datetime(2026, 3, 4, tzinfo=UTC),
    )
    assert [row.cells[2] for row in page(cases).rows] == [day(date(2026, 3, of)) for of in (3, 2, 1)]


@story
async def test_who_has_nothing_going_on_is_told_so(stand: Stand) -> None:
    shown = await shows(stand, "my_cases", "wang", Table)
    assert (shown.rows, shown.empty) == ((), text("my_cases.none"))


@story
async def test_a_department_that_does_not_answer_is_named_and_the_rest_is_shown(stand: Stand) -> None:
    stand.front.exit_entry.available = False  # type: ignore[attr-defined] # the reference platform's own adapter
    shown = await shows(stand, "my_cases", "zhang", Table)
    assert shown.facts == (text("cases.away.exit_entry"),)


@story
async def test_the_card_in_the_slot_is_as_good_as_the_one_on_the_reader(stand: Stand) -> None:
    await begins(stand, "my_cases")
    stand.chip_card_reader.insert("zhang")
    await stand.person.sees(Table)


@story
async def test_central_gone_before_the_look_up_is_said_and_one_touch_asks_again(stand: Stand) -> None:
    await begins(stand, "my_cases")
    stand.network.up = False
    stand.id_card_reader.lay("zhang")
    sorry = await stand.person.sees(Sorry)
    assert sorry.detail == text("look_up.nothing_done")
    stand.network.up = True
    stand.person.touches(Chosen("again"))
    await stand.person.sees(Table)
