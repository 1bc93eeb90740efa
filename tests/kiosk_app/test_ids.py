"""UUIDv7 from an injected clock and randomness."""

from datetime import UTC, datetime, timedelta
from random import Random
from uuid import RFC_4122, UUID

from hypothesis import given
from hypothesis import strategies as st

from kiosk_app.ids import uuid7

BEGIN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


class Ticking:
    """A clock one sets."""

    def __init__(self, now: datetime = BEGIN) -> None:
        self.at = now

    def now(self) -> datetime:
        return self.at


def test_it_is_a_uuid_of_version_7_and_says_the_millisecond() -> None:
    made = UUID(uuid7(Ticking(), Random(1))())
    assert (made.version, made.variant) == (7, RFC_4122)
    assert made.int >> 80 == int(BEGIN.timestamp() * 1000)


def test_the_same_clock_and_randomness_give_the_same_ids() -> None:
    first, again = (uuid7(Ticking(), Random(5)) for _ in range(2))
    assert [first() for _ in range(50)] == [again() for _ in range(50)]


@given(st.integers(1, 10**10), st.integers())
def test_a_later_one_sorts_behind(milliseconds: int, seed: int) -> None:
    clock = Ticking()
    make = uuid7(clock, Random(seed))
    earlier = make()
    clock.at += timedelta(milliseconds=milliseconds)
    assert make() > earlier


def test_a_million_in_one_millisecond_do_not_collide() -> None:
    make = uuid7(Ticking(), Random(3))
    assert len({make() for _ in range(20_000)}) == 20_000
