"""Satisfaction after the visit: one touch on the goodbye view at most, counted without any person."""

import pytest

from central import feedback
from kiosk_app.views import Attract, Done, Leave, Rated
from tests.stand import Stand, story


def counts(stand: Stand) -> list[list[int]]:
    with stand.front.store.read() as central:
        return [line.counts for line in feedback.scores(central, stand.clock.now().date())]


@story
async def test_one_touch_rates_the_visit_and_ends_it(stand: Stand) -> None:
    for score in (5, 5, 2):
        done = await _visit(stand)
        assert done.faces
        stand.person.touches(Rated(score))
        await stand.person.sees(Attract)
    await stand.until(lambda: sum(map(sum, counts(stand))) == 3)
    assert counts(stand) == [[0, 1, 0, 0, 2]]


async def _visit(stand: Stand) -> Done:
    done = await stand.person.pays_a_fine()
    stand.person.takes_everything()
    return done


@story
async def test_who_only_leaves_is_asked_nothing_more_and_counted_nowhere(stand: Stand) -> None:
    await _visit(stand)
    stand.person.touches(Leave())
    await stand.person.sees(Attract, within=5)
    assert counts(stand) == []


@story
async def test_a_score_says_nothing_of_who_gave_it(stand: Stand) -> None:
    await _visit(stand)
    payment = stand.books_here.entries(kind="payment")[-1].reference
    stand.person.touches(Rated(1))
    await stand.until(lambda: counts(stand))
    [score] = stand.books_here.entries(kind="rating")
    assert (score.reference, dict(score.body)) == ("rating", {})
    with stand.engine.connect() as central:
        [raw] = central.exec_driver_sql("SELECT raw FROM event WHERE stream = 'rating'").scalars()
    assert payment.encode() not in raw
    assert b'"body":{"score":1}' in raw


@story
async def test_a_store_in_trouble_costs_the_count_and_not_the_goodbye(stand: Stand) -> None:
    await _visit(stand)
    stand.kill_store()
    stand.person.touches(Rated(4))
    await stand.until(lambda: stand.glass.forgotten == 1)
    assert counts(stand) == []


@pytest.mark.parametrize("score", [0, 6])
def test_central_takes_no_score_beyond_five_faces(score: int) -> None:
    from kiosk_app.contract import RatingGiven, body_of, schema_of  # noqa: PLC0415
    from tests.central.fleet import fleet  # noqa: PLC0415

    central = fleet()
    name, _ = schema_of(RatingGiven(score=3))
    event = central.kiosk.raw(name, {"score": score}, "rating")
    [rejected] = central.send(event).streams["rating"].rejected
    assert rejected.code == "bad-body"
    with pytest.raises(Exception, match="score"):
        body_of(event)
