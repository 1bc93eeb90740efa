"""Power as a table: what the UPS said when, and what the machine may do then."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_app.devices import UpsReading
from kiosk_app.power import Limits, Outlook, Power

LIMITS = Limits(runtime=180, charge=15, charged=30, sure=5, back=30, recharge=3600, blind=60, grace=60)
NORMAL, ON_BATTERY, SHUT_DOWN = Power

MAINS = UpsReading(True, 100, 900)
DARK = UpsReading(False, 90, 800)
SHORT = UpsReading(False, 40, 170)
WORN = UpsReading(True, 9, 80, replace_battery=True)
FLAT = UpsReading(True, 9)
MUTE = UpsReading(None, 99)
Said = UpsReading | None


def machine(*story: tuple[float, Said], booted: float = -1000) -> Power:
    """Each (second, reading) holds until the next; the outlook is asked every second."""
    outlook = Outlook(booted=booted)
    for n, (begin, said) in enumerate(story):
        end = story[n + 1][0] if n + 1 < len(story) else begin + 1
        now = begin
        while now < end:
            outlook = outlook.after(said, now, LIMITS)
            now += 1
    return outlook.power


@pytest.mark.parametrize(
    ("why", "story", "power"),
    [
        ("mains", [(0, MAINS)], NORMAL),
        ("one reading on battery closes the till", [(0, MAINS), (10, DARK)], ON_BATTERY),
        ("mains back are not trusted at once", [(0, MAINS), (10, DARK), (20, MAINS), (49, MAINS)], ON_BATTERY),
        ("but after half a minute", [(0, MAINS), (10, DARK), (20, MAINS), (50, MAINS)], NORMAL),
        ("flicker starts it again", [(0, DARK), (10, MAINS), (35, DARK), (36, MAINS), (65, MAINS)], ON_BATTERY),
        ("a short runtime ends it", [(0, MAINS), (10, SHORT), (15, SHORT)], SHUT_DOWN),
        ("a jump of the estimate does not", [(0, MAINS), (10, SHORT), (14, DARK), (30, DARK)], ON_BATTERY),
        ("a jump that comes again counts anew", [(0, SHORT), (4, DARK), (5, SHORT), (9, SHORT)], ON_BATTERY),
        ("exactly the limit is still enough", [(0, UpsReading(False, 50, 180)), (20, DARK)], ON_BATTERY),
        ("LB ends it whatever the runtime", [(0, UpsReading(False, 50, 900, low=True)), (6, None)], SHUT_DOWN),
        ("an empty battery ends it without runtime", [(0, UpsReading(False, 14)), (6, None)], SHUT_DOWN),
        ("low on mains is no end", [(0, UpsReading(True, 5, 50, low=True)), (100, MAINS)], NORMAL),
        ("low on mains takes no money yet", [(0, UpsReading(True, 5, 50, low=True))], ON_BATTERY),
        ("an order is obeyed on mains too", [(0, MAINS), (9, UpsReading(True, 100, 900, forced=True))], SHUT_DOWN),
        ("an order without a word of mains", [(0, MAINS), (9, UpsReading(None, forced=True))], SHUT_DOWN),
        ("shutdown is final", [(0, SHORT), (10, MAINS), (1000, MAINS)], SHUT_DOWN),
        ("charging: the next end must be carried", [(0, DARK), (10, UpsReading(True, 29)), (100, None)], ON_BATTERY),
        ("charged", [(0, DARK), (10, UpsReading(True, 30)), (40, UpsReading(True, 30))], NORMAL),
        ("a worn battery never charges, and serves", [(0, DARK), (10, WORN), (41, WORN)], NORMAL),
        ("no battery keeps it closed for ever", [(0, DARK), (10, FLAT), (3610, FLAT)], NORMAL),
        ("but for an hour it does", [(0, DARK), (10, FLAT), (3609, FLAT)], ON_BATTERY),
        ("upsd gone on mains: serves on", [(0, MAINS), (10, None), (9999, None)], NORMAL),
        ("upsd gone on battery is not mains", [(0, MAINS), (10, DARK), (20, None), (500, None)], ON_BATTERY),
        ("and the battery drains on", [(0, MAINS), (10, DARK), (20, None), (650, None)], SHUT_DOWN),
        ("dark, silent, runtime never said", [(0, UpsReading(False)), (10, None), (80, None)], SHUT_DOWN),
        ("dark and talking, runtime never said", [(0, UpsReading(False)), (80, UpsReading(False))], ON_BATTERY),
        ("neither mains nor battery is silence", [(0, MAINS), (10, DARK), (20, MUTE), (60, MUTE)], ON_BATTERY),
    ],
)  # fmt: skip
def test_the_table(why: str, story: list[tuple[float, Said]], power: Power) -> None:
    assert machine(*story) is power, why


@pytest.mark.parametrize(
    ("why", "story", "power"),
    [
        ("nothing is known yet", [(0, None)], ON_BATTERY),
        ("the UPS speaks", [(0, None), (10, MAINS)], NORMAL),
        ("it never speaks: serve, with its alarm", [(0, None), (60, None)], NORMAL),
        ("it speaks late, of darkness", [(0, None), (70, DARK)], ON_BATTERY),
        ("woken by short mains: no shutdown in the grace", [(0, SHORT), (59, SHORT)], ON_BATTERY),
        ("but after it", [(0, SHORT), (60, SHORT)], SHUT_DOWN),
        ("woken with an empty battery: no money", [(0, FLAT), (50, UpsReading(True, 29))], ON_BATTERY),
        ("an order counts in the grace too", [(0, UpsReading(False, 90, 800, forced=True))], SHUT_DOWN),
    ],
)  # fmt: skip
def test_the_table_of_the_boot(why: str, story: list[tuple[float, Said]], power: Power) -> None:
    assert machine(*story, booted=0) is power, why


READINGS = st.none() | st.builds(
    UpsReading,
    on_mains=st.sampled_from([True, False, None]),
    charge=st.none() | st.integers(0, 100),
    runtime=st.none() | st.integers(0, 2000),
    low=st.booleans(),
    replace_battery=st.booleans(),
)


@given(st.lists(st.tuples(st.integers(1, 30), READINGS), max_size=60))
def test_whatever_it_says_the_till_is_never_open_on_battery_and_never_shut_down_on_mains(
    said: list[tuple[int, Said]],
) -> None:
    outlook, now, known = Outlook(booted=0), 0.0, None
    for wait, reading in said:
        before, now = outlook, now + wait
        outlook = outlook.after(reading, now, LIMITS)
        known = reading.on_mains if reading is not None and reading.on_mains is not None else known
        if known is False:
            assert outlook.power is not NORMAL
        if known is not False:
            assert outlook.power is not SHUT_DOWN or before.power is SHUT_DOWN
        if before.power is SHUT_DOWN:
            assert outlook.power is SHUT_DOWN
