"""The till with a citizen and a terminal: taken, declined, cancelled, lost, unplugged; in the end the books agree."""

import asyncio
from datetime import timedelta

import pytest

from kiosk_app.devices import TerminalNotice
from kiosk_app.errors import TillClosed
from kiosk_app.money.amounts import Fen
from kiosk_app.money.means import Notice
from kiosk_app.views import Attract, Chosen, Done, Leave, Pay, Sorry
from tests.stand import PARKING, WRONG_LANE, WRONG_PIN, Stand, story
from tests.worlds.world import SITE

PAID = ["intended", "requested", "approved", "fulfilled", "completed", "settled"]
STAGES = ("accepted", "card", "pin", "host", "decided", "told", "held", "settling")


async def _agree(stand: Stand) -> None:
    """Every fen at the terminal is at central, and nothing is open."""
    await stand.until(lambda: stand.machine.till.open_payments == [], within=600)
    await stand.until(lambda: stand.machine.waiting_reports() == 0, within=1800)
    assert sum(booking.amount for booking in stand.standing()) == stand.books().held


def _ready(stand: Stand) -> bool:
    return isinstance(stand.glass.view, Attract)


# --- declined --------------------------------------------------------------------------------------------------


@story
@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (5, "pay.declined.other_card"),
        (14, "pay.declined.other_card"),
        (41, "pay.declined.other_card"),
        (51, "pay.declined.funds"),
        (54, "pay.declined.card_expired"),
        (55, "pay.declined.wrong_pin"),
        (61, "pay.declined.amount"),
        (75, "pay.declined.pin_locked"),
        (91, "pay.declined.bank_unreachable"),
        (97, "pay.declined.terminal"),
        (45, "pay.declined.insert_card"),
        (88, "pay.declined.other_card"),
    ],
)
async def test_each_refusal_of_the_bank_has_its_sentence_and_nothing_is_taken(
    stand: Stand, code: int, sentence: str
) -> None:
    stand.card_terminal.bank_says(code)
    await stand.person.comes_to_pay()
    await stand.person.pays()
    sorry = await stand.person.sees(Sorry)
    assert (sorry.title.id, sorry.detail.id) == (sentence, "pay.nothing_taken")
    assert stand.states() == ["intended", "requested", "declined"]
    assert stand.standing() == []


@story
async def test_after_a_refusal_the_citizen_may_try_again_under_a_new_reference(stand: Stand) -> None:
    await stand.person.comes_to_pay()
    await stand.person.inserts_card("sample-empty")
    await stand.person.types_pin()
    await stand.person.sees(Sorry, "pay.declined.funds")
    stand.card_terminal.remove_card()
    stand.person.touches(Chosen("again"))
    await stand.person.pays()
    await stand.person.sees(Done)
    entries = stand.books_here.entries(kind="payment")
    references = list(dict.fromkeys(entry.reference for entry in entries))
    assert [stand.states(r)[-1] for r in references] == ["declined", "settled"]
    await _agree(stand)


@story
async def test_a_wrong_pin_is_asked_again_and_three_of_them_end_it(stand: Stand) -> None:
    await stand.person.comes_to_pay()
    await stand.person.inserts_card()
    await stand.person.types_pin(WRONG_PIN)
    for _ in range(2):
        await stand.person.sees(Pay, "pay.title.wrong_pin")
        stand.card_terminal.type_pin(WRONG_PIN)
    sorry = await stand.person.sees(Sorry)
    assert sorry.title.id == "pay.declined.pin_locked"
    assert stand.states()[-1] == "declined"


@story
async def test_who_never_shows_a_card_is_told_and_not_timed_out_before(stand: Stand) -> None:
    stand.card_terminal.timings = type(stand.card_terminal.timings)(citizen=170.0)
    await stand.person.comes_to_pay()
    began = asyncio.get_running_loop().time()
    sorry = await stand.person.sees(Sorry, within=200)
    assert sorry.title.id == "pay.declined.cancelled"
    assert asyncio.get_running_loop().time() - began > 169
    stand.person.touches(Leave())
    await stand.person.sees(Attract)


# --- cancelled by the citizen ----------------------------------------------------------------------------------


@story
async def test_cancelled_before_the_card_takes_nothing_and_ends_the_visit(stand: Stand) -> None:
    await stand.person.comes_to_pay()
    await stand.person.sees(Pay, "pay.title.insert_card")
    stand.person.touches(Leave())
    await stand.person.sees(Pay, "pay.title.cancelling")
    await stand.person.sees(Attract)
    assert stand.states() == ["intended", "requested", "unknown", "declined"]
    assert stand.card_terminal.ledger.bookings == []


@story
async def test_cancelled_at_the_red_key_takes_nothing(stand: Stand) -> None:
    await stand.person.comes_to_pay()
    await stand.person.inserts_card()
    await stand.person.sees(Pay, "pay.title.enter_pin")
    stand.card_terminal.press_cancel()
    sorry = await stand.person.sees(Sorry)
    assert sorry.title.id == "pay.declined.cancelled"
    assert stand.states()[-1] == "declined"


@story
@pytest.mark.parametrize("wait", [0.0, 0.1, 0.4, 0.78, 0.8, 0.81, 0.9, 1.5, 2.9])
async def test_cancelled_while_the_bank_decides_gives_back_whatever_it_said(stand: Stand, wait: float) -> None:
    """A card is tapped in the instant in which "cancel" is touched."""
    await stand.person.comes_to_pay(WRONG_LANE)
    await stand.person.sees(Pay, "pay.title.insert_card")
    stand.card_terminal.tap("sample")
    cancel = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(wait, cancel.set_result, None)
    await cancel
    if isinstance(stand.glass.view, Pay) and stand.glass.listens:
        stand.person.touches(Leave())
        end = await stand.person.sees(Attract)
        assert end
        assert stand.standing() == []
        assert stand.states()[-1] in {"declined", "reversed"}
    else:
        await stand.person.sees(Done)
        assert stand.states()[:5] == PAID[:5]
    await _agree(stand)


@story
async def test_a_cancel_in_the_instant_of_the_approval_gives_the_money_back(stand: Stand) -> None:
    cancel = asyncio.Event()
    pay = stand.machine.till._terminal.pay
    await stand.person.sees(Attract)

    async def pays_and_cancels(*given: object) -> object:
        receipt = await pay(*given)  # type: ignore[arg-type]
        cancel.set()
        return receipt

    stand.machine.till._terminal.pay = pays_and_cancels  # type: ignore[method-assign,assignment]
    stand.card_terminal.insert("sample")

    def told(_: str, notice: Notice | None) -> None:
        if notice is TerminalNotice.ENTER_PIN:
            stand.card_terminal.type_pin()

    with pytest.raises(Exception, match="cancelled"):
        async with stand.machine.till.charge(Fen(100), told, cancel):
            raise AssertionError("the body must not run")
    assert stand.states() == ["intended", "requested", "approved", "reversing", "reversed"]
    assert stand.standing() == []


@story
async def test_cancelled_while_the_terminal_cannot_give_back_ends_with_a_slip_not_in_silence(stand: Stand) -> None:
    """The bank was faster than the cancel, and cannot be reached for the reversal."""
    await stand.person.comes_to_pay(WRONG_LANE)
    await stand.person.sees(Pay, "pay.title.insert_card")
    stand.card_terminal.lose_next_answer()
    stand.card_terminal.tap("sample")
    await asyncio.sleep(0.3)
    stand.person.touches(Leave())
    await stand.until(lambda: stand.card_terminal.ledger.bookings)
    stand.card_terminal.bank_line(0)
    sorry = await stand.person.sees(Sorry, within=180)
    assert sorry.title.id.startswith("pay.trouble.")
    assert [fact.id for fact in sorry.facts] == ["sorry.reference", "sorry.phone"]
    stand.card_terminal.bank_line(1)
    stand.person.touches(Leave())
    await _agree(stand)
    assert stand.states()[-1] == "reversed"


# --- the answer is lost ----------------------------------------------------------------------------------------


@story
async def test_an_answer_lost_after_the_booking_is_found_and_the_fine_is_paid(stand: Stand) -> None:
    stand.card_terminal.lose_next_answer()
    await stand.person.comes_to_pay()
    await stand.person.pays()
    await stand.person.sees(Done)
    assert stand.states()[:4] == ["intended", "requested", "unknown", "approved"]
    await _agree(stand)
    assert stand.states()[-1] == "settled"


@story
async def test_an_answer_lost_before_the_booking_takes_nothing_and_can_be_repeated(stand: Stand) -> None:
    stand.card_terminal.cut_at("host")
    stand.card_terminal.bank_says(5)
    await stand.person.comes_to_pay()
    await stand.person.pays()
    sorry = await stand.person.sees(Sorry)
    assert (sorry.title.id, sorry.detail.id) == ("pay.declined.terminal", "pay.nothing_taken")
    assert stand.states() == ["intended", "requested", "unknown", "declined"]
    stand.person.touches(Chosen("again"))
    await stand.person.pays()
    await stand.person.sees(Done)
    await _agree(stand)


@story
@pytest.mark.parametrize("policy", ["keep", "reverse"])
@pytest.mark.parametrize("stage", STAGES)
async def test_a_line_cut_at_any_stage_leaves_books_that_agree(stand: Stand, stage: str, policy: str) -> None:
    stand.card_terminal.abandons(policy)
    stand.card_terminal.cut_at(stage)
    await stand.person.comes_to_pay()
    stand.card_terminal.insert("sample")
    stand.card_terminal.changed.set()
    await stand.until(lambda: stand.card_terminal.stage in {"pin", "host"} or not stand.card_terminal.working)
    await stand.until(lambda: stand.card_terminal.stage == "pin" or isinstance(stand.glass.view, Sorry), within=30)
    stand.card_terminal.type_pin()
    await stand.until(lambda: isinstance(stand.glass.view, Done | Sorry), within=200)
    view = stand.glass.view
    if isinstance(view, Done):
        await _agree(stand)
        assert stand.states()[-1] == "settled"
    else:
        assert isinstance(view, Sorry)
        stand.person.touches(Leave())
        await _agree(stand)
        assert stand.standing() == []
        assert stand.states()[-1] in {"declined", "reversed", "abandoned"}


@story
@pytest.mark.parametrize("stage", STAGES)
async def test_a_terminal_unplugged_at_any_stage_costs_a_slip_and_settles_when_it_is_back(
    stand: Stand, stage: str
) -> None:
    stand.card_terminal.unplug_at(stage)
    await stand.person.comes_to_pay()
    if stage == "held":  # central thinks, meanwhile the terminal waits
        stand.network.lose_replies = 1.0
    stand.card_terminal.insert("sample")
    await stand.until(lambda: stand.card_terminal.stage == "pin" or not stand.card_terminal.plugged, within=30)
    stand.card_terminal.type_pin()
    sorry = await stand.person.sees(Sorry, within=200)
    assert sorry.title.id.startswith("pay.trouble.")
    reference = dict(sorry.facts[0].args)["reference"]
    [slip] = stand.slips()
    assert str(reference) in slip
    assert SITE.hotline in slip
    stand.person.touches(Leave())

    await stand.until(lambda: stand.heartbeat().services["traffic_fines"] == "menu.closed.till")
    assert stand.heartbeat().services["endorsement"] == "menu.closed.till"  # what costs nothing stays open
    with pytest.raises(TillClosed):
        async with stand.machine.till.charge(Fen(100), lambda *_: None, asyncio.Event()):
            pass
    await asyncio.sleep(90)
    assert stand.machine.till.why_closed() == "menu.closed.till"

    stand.network.lose_replies = 0.0
    await stand.card_terminal.plug_in()
    await stand.until(lambda: _ready(stand))
    await _agree(stand)
    assert stand.states()[-1] in {"declined", "reversed", "settled"}


@story
async def test_a_terminal_that_loses_its_power_forgets_nothing_it_booked(stand: Stand) -> None:
    stand.card_terminal.power_loss_at("told")
    await stand.person.comes_to_pay()
    await stand.person.pays()
    await stand.until(lambda: not stand.card_terminal.plugged)
    await asyncio.sleep(2)
    await stand.card_terminal.plug_in()
    await stand.until(lambda: isinstance(stand.glass.view, Done | Sorry))
    await _agree(stand)


@story
async def test_a_terminal_that_goes_silent_is_not_what_the_citizen_is_told_to_use(stand: Stand) -> None:
    stand.card_terminal.unplug_at("pin")
    await stand.person.comes_to_pay()
    await stand.person.inserts_card()
    await stand.person.sees(Pay, "pay.trouble.unknown", within=10)


@story
async def test_a_bug_that_keeps_the_slip_back_keeps_no_sentence_back_and_no_machine_down(stand: Stand) -> None:
    async def breaks(_: object) -> object:
        raise RuntimeError("a bug")

    stand.machine.desk.receipt_printer.print = breaks  # type: ignore[method-assign,assignment] # planted
    await stand.person.comes_to_pay(PARKING)
    stand.pay_at_counter()
    await stand.person.pays()
    sorry = await stand.person.sees(Sorry, "pay.trouble.reversed")
    assert [fact.id for fact in sorry.facts] == ["sorry.reference", "sorry.phone"]
    stand.machine._slips.prove_newest()  # as after a restart
    await asyncio.sleep(5)
    stand.alive()


# --- one at a time, and the till's own numbers -----------------------------------------------------------------


@story
async def test_two_charges_never_run_at_once(stand: Stand) -> None:
    await stand.person.sees(Attract)
    stand.card_terminal.insert("sample")

    def told(_: str, notice: Notice | None) -> None:
        if notice is TerminalNotice.ENTER_PIN:
            stand.card_terminal.type_pin()

    async with stand.machine.till.charge(Fen(100), told, asyncio.Event()):
        with pytest.raises(TillClosed):
            async with stand.machine.till.charge(Fen(100), told, asyncio.Event()):
                raise AssertionError("the body must not run")
    assert [booking.amount for booking in stand.standing()] == [100]
    assert stand.states()[-1] == "completed"


@story
async def test_a_till_with_an_open_payment_refuses_at_once_and_asks_the_terminal_nothing(stand: Stand) -> None:
    stand.card_terminal.unplug_at("host")
    await stand.person.comes_to_pay()
    await stand.person.pays()
    await stand.person.sees(Sorry, within=200)
    entries = stand.books_here.entries()
    before = asyncio.get_running_loop().time()
    with pytest.raises(TillClosed) as refused:
        async with stand.machine.till.charge(Fen(100), lambda *_: None, asyncio.Event()):
            pass
    assert refused.value.why == "menu.closed.till"
    assert asyncio.get_running_loop().time() == before
    assert stand.books_here.entries() == entries


@story
async def test_references_are_never_used_twice_across_restarts_and_days(stand: Stand) -> None:
    references = []
    for pause in (timedelta(), timedelta(minutes=1), timedelta(days=1), timedelta(days=3)):
        stand.shift_clock(pause)
        await stand.person.pays_a_fine()
        references.append(stand.books_here.entries(kind="payment")[-1].reference)
        await stand.person.goes()
        await stand.stop()
        await stand.start()
    assert sorted(set(references)) == references
    assert all(reference.startswith(SITE.machine) for reference in references)
    assert [reference[8:14] for reference in references] == ["261123", "261123", "261124", "261127"]


@story
async def test_a_clock_that_jumps_back_does_not_repeat_a_reference(stand: Stand) -> None:
    stand.shift_clock(timedelta(days=1))
    await stand.person.pays_a_fine()
    await stand.person.goes()
    stand.shift_clock(timedelta(days=-1))
    await stand.person.pays_a_fine()
    references = list(dict.fromkeys(entry.reference for entry in stand.books_here.entries(kind="payment")))
    assert len(references) == 2


@story
async def test_a_bug_after_the_approval_gives_the_money_back_and_says_so(stand: Stand) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    stand.machine.desk.central.report = broken  # type: ignore[method-assign,assignment]
    await stand.person.comes_to_pay()
    await stand.person.pays()
    sorry = await stand.person.sees(Sorry)
    assert sorry.title.id == "pay.trouble.reversed"
    assert stand.states() == ["intended", "requested", "approved", "reversing", "reversed"]
    assert stand.standing() == []
    assert len(stand.slips()) == 1
    bugs = [line for line in stand.logs if "ZeroDivisionError" in str(line)]
    assert bugs


@story
async def test_a_bug_after_the_report_left_gives_the_money_back_and_central_hears_it(stand: Stand) -> None:
    report = stand.machine.desk.central.report

    async def broken(*given: object) -> None:
        await report(*given)  # type: ignore[arg-type]
        raise ZeroDivisionError

    stand.machine.desk.central.report = broken  # type: ignore[method-assign,assignment]
    await stand.person.comes_to_pay()
    await stand.person.pays()
    await stand.person.sees(Sorry, "pay.trouble.reversed")
    await _agree(stand)
    assert stand.books().held == 0


@story
async def test_a_body_that_reports_nothing_is_still_completed(stand: Stand) -> None:
    await stand.person.sees(Attract)

    def told(_: str, notice: Notice | None) -> None:
        if notice is TerminalNotice.INSERT_CARD:
            stand.card_terminal.tap("sample")

    async with stand.machine.till.charge(Fen(100), told, asyncio.Event()) as charge:
        assert charge.receipt.amount == 100
    assert stand.states()[:5] == PAID[:5]


@story
async def test_an_old_payments_last_words_do_not_cover_what_is_shown_now(stand: Stand) -> None:
    """The bank answers a minute after the citizen cancelled; by then somebody else reads the screen."""
    stand.card_terminal.timings = type(stand.card_terminal.timings)(host=60.0)
    await stand.person.comes_to_pay(WRONG_LANE)
    await stand.person.sees(Pay, "pay.title.insert_card")
    stand.card_terminal.tap("sample")
    await asyncio.sleep(0.1)
    stand.person.touches(Leave())
    sorry = await stand.person.sees(Sorry, within=60)
    assert sorry.title.id == "pay.trouble.unknown"
    at = len(stand.glass.seen)
    await stand.until(lambda: stand.card_terminal.ledger.bookings)
    await asyncio.sleep(10)
    assert not [view for _, view in stand.glass.seen[at:] if isinstance(view, Pay)]
    await _agree(stand)
    assert stand.standing() == []


@story
async def test_a_bug_in_the_driver_after_the_booking_asks_the_terminal_instead_of_forgetting_the_money(
    stand: Stand,
) -> None:
    pay = stand.machine.till._terminal.pay

    async def pays_and_breaks(*given: object) -> object:
        await pay(*given)  # type: ignore[arg-type]
        raise IndexError

    stand.machine.till._terminal.pay = pays_and_breaks  # type: ignore[method-assign,assignment]
    await stand.person.comes_to_pay()
    await stand.person.pays()
    await stand.until(lambda: isinstance(stand.glass.view, Done | Sorry))
    await _agree(stand)
    assert [line for line in stand.logs if line["event"] == "bug" and line["error"] == "IndexError"]
