"""However much is wrong with a machine, its heartbeat is never refused for its size, and says that it is short."""

from datetime import UTC, datetime

import msgspec
import pytest

from central.limits import CAPS
from kiosk_app.contract import DeviceReport, Heartbeat, OutboxReport
from kiosk_app.fitted import ROLES
from kiosk_app.fitting import MOST, encoded
from tests.central.fleet import KIOSK
from tests.central.test_orders import REFERENCE, Town

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def beat(issues: int, *, reason: str = "", at: datetime = NOW) -> Heartbeat:
    device = DeviceReport(state="online", reason=reason, supplies={"paper": "ok"}, levels={"paper": 80})
    return Heartbeat(
        seq=1, state="open", screen="idle", since=at, devices=dict.fromkeys(ROLES, device), services={},
        outbox=OutboxReport(count=0), at_wall=at,
        issues=[f"refund due {int(REFERENCE) + 1 + number}" for number in range(issues)],
    )  # fmt: skip


def test_the_limit_is_centrals() -> None:
    assert CAPS["/hb"] == MOST


def test_a_heartbeat_that_fits_says_everything() -> None:
    assert encoded(beat(20)) == msgspec.json.encode(beat(20))


@pytest.mark.parametrize("count", [150, 151, 152, 153, 154, 155, 300, 5000])
@pytest.mark.parametrize("extra", range(4))
def test_what_has_no_room_is_counted_and_the_oldest_stays(count: int, extra: int) -> None:
    whole = beat(count, reason="x" * extra)
    said = msgspec.json.decode(encoded(whole), type=Heartbeat)
    assert len(encoded(whole)) <= MOST
    *kept, last = said.issues
    if said != whole:
        assert last == f"left out: {count - len(kept)} more, see `kiosk books`"
        assert kept == whole.issues[: len(kept)]
        assert len(encoded(whole)) > MOST - 100  # and no more is left out than must be
    assert said.devices == whole.devices


def test_a_driver_that_says_too_much_does_not_silence_its_machine() -> None:
    said = msgspec.json.decode(encoded(beat(3, reason="x" * 9_000)), type=Heartbeat)
    assert {device.state for device in said.devices.values()} == {"online"}
    assert said.issues == beat(3).issues


def test_a_payment_that_may_be_among_those_left_out_is_not_given_back_as_if_the_kiosk_knew_nothing() -> None:
    town = Town()
    town.pay()
    town.clock.turn(minutes=30)
    for count, why in ((20, "unreported"), (500, "kiosk-holds-it")):
        assert town.front.post(KIOSK, "/hb", encoded(beat(count, at=town.clock.now())))[0] == 200
        town.clock.turn(days=1)
        assert town.whys() == [why]
