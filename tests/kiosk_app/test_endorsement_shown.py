"""What somebody reads who wants an endorsement: what can be had first, in the counter's words, nothing for ¥0.00."""

from datetime import date

import pytest
from msgspec.structs import replace

from kiosk_app.contract.exit_entry import Offer
from kiosk_app.papers.permits import term
from kiosk_app.services.endorsement_choice import row
from kiosk_app.views import Attract, ChooseMany, ChooseOne, Chosen, Done, Leave, Marked
from tests.stand import Stand, story
from tests.traveller import Traveller, at_rest


@story
async def test_what_can_be_had_stands_above_what_cannot(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.inserts()
    await traveller.agrees()
    await stand.person.sees(ChooseMany, "endorsement.destination.title")
    stand.person.touches(Marked(("HK",)))
    purposes = await stand.person.sees(ChooseOne, "endorsement.purpose.title")
    assert [row.key for row in purposes.rows if row.refused is None] == [row.key for row in purposes.rows[:2]]
    group = next(row for row in purposes.rows if row.key == "L")
    assert [line.id for line in group.lines] == ["endorsement.purpose.group"]
    stand.person.touches(Chosen("G"))
    options = await stand.person.sees(ChooseOne, "endorsement.option.title")
    assert [row.title for row in options.rows] == ["三个月一次", "三个月二次", "一年一次", "一年二次", "一年多次"]
    assert [row.refused is None for row in options.rows] == [True, True, True, True, False]
    stand.person.touches(Leave())
    out = await stand.person.sees(Done, "permit.take.title")
    assert out.steps is None  # the procedure is over: no step of it is shown as the present one
    await traveller.takes()
    await at_rest(traveller)


@story
async def test_the_poster_names_families_and_not_a_dozen_services(stand: Stand) -> None:
    await stand.until(lambda: isinstance(stand.glass.view, Attract) and len(stand.glass.view.services) > 1)
    assert isinstance(stand.glass.view, Attract)
    named = [name.id for name in stand.glass.view.services]
    families = ["family.border.title", "family.hall.title", "family.social.title"]
    assert sorted(named) == [*families, "menu.traffic_fines.title"]


@pytest.mark.parametrize(
    ("months", "said"),
    [(3, ("三个月", "3 months")), (6, ("六个月", "6 months")), (12, ("一年", "1 year")), (24, ("两年", "2 years"))],
)
def test_a_term_is_named_as_the_counter_names_it(months: int, said: tuple[str, str]) -> None:
    assert term(months) == said


def test_a_shortened_term_is_not_called_by_its_full_name() -> None:
    day = date(2026, 11, 26)
    offer = Offer(
        id="HK.G.3m1", destination="HK", purpose="G", months=3, entries=1, stay=7, fee=1500, starts=day, valid_until=day
    )
    assert row(offer).title == "三个月一次"
    assert row(replace(offer, shortened=True)).title == "一次"
