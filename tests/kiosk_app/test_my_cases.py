"""One list of everything somebody has going on: by their card, and honest about who did not answer."""

from kiosk_app.views import Back, Chosen, Menu, Sorry, Table, text
from tests.social import begins, shows
from tests.stand import Stand, story


@story
async def test_one_card_shows_what_was_paid_and_done_everywhere(stand: Stand) -> None:
    await stand.person.pays_a_fine()
    reference = stand.books_here.entries(kind="payment")[-1].reference
    await stand.until(lambda: stand.states(reference)[-1] == "settled")
    await stand.person.goes()
    page = await shows(stand, "my_cases", "zhang", Table)
    [row] = page.rows
    what, state, _, amount = row.cells
    assert dict(what.args)["what"] == text("cases.what.fines")  # type: ignore[union-attr] # a sentence
    assert state == text("cases.state.accepted")
    assert amount != "—"
    assert page.facts == ()
    stand.person.touches(Back())
    await stand.person.sees(Menu)


@story
async def test_who_has_nothing_going_on_is_told_so(stand: Stand) -> None:
    page = await shows(stand, "my_cases", "wang", Table)
    assert (page.rows, page.empty) == ((), text("my_cases.none"))


@story
async def test_a_department_that_does_not_answer_is_named_and_the_rest_is_shown(stand: Stand) -> None:
    stand.front.exit_entry.available = False  # type: ignore[attr-defined] # the reference platform's own adapter
    page = await shows(stand, "my_cases", "zhang", Table)
    assert page.facts == (text("cases.away.exit_entry"),)


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
