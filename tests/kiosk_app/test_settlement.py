"""What became of money when central refuses, is away, or comes back late; and when the terminal can undo no more."""

import asyncio

import msgspec
import pytest

from hardware.simulators import card_terminal_flow
from kiosk_app.books import close_case, read_books
from kiosk_app.contract import BatchReply, Rejection
from kiosk_app.views import Attract, Chosen, Done, Leave, Marked, Menu, Pay, Sorry
from tests.stand import Stand, story


async def _refused(stand: Stand) -> Sorry:
    """Somebody pays the decision at a counter while the citizen chooses."""
    await stand.person.begins()
    choose = await stand.person.shows_card()
    stand.pay_at_counter()
    stand.person.touches(_all(choose.marked))
    await stand.person.pays()
    return await stand.person.sees(Sorry)


def _all(keys: tuple[str, ...]) -> Marked:
    return Marked(keys)


@story
async def test_a_decision_already_paid_elsewhere_gives_the_money_back_at_once_with_a_slip(stand: Stand) -> None:
    sorry = await _refused(stand)
    assert (sorry.title.id, sorry.detail.id) == ("pay.trouble.reversed", "refused.already-paid")
    assert stand.states() == ["intended", "requested", "approved", "fulfilled", "reversing", "reversed"]
    assert stand.standing() == []
    assert [b.kind for b in stand.card_terminal.ledger.bookings] == ["payment", "reversal"]
    assert stand.card_terminal.ledger.bookings[1].original == 1  # 84 66: the terminal undid it by itself
    [slip] = stand.slips()
    assert "已原路退回" in slip
    stand.person.touches(Chosen("other"))
    await stand.person.sees(Menu)
    await stand.until(lambda: stand.machine.waiting_reports() == 0)
    assert stand.books().held == 0


@story
async def test_a_withhold_that_is_lost_says_the_money_is_on_its_way_back_and_ends_in_a_reversal(stand: Stand) -> None:
    stand.card_terminal.cut_at("settling")
    sorry = await _refused(stand)
    assert sorry.title.id == "pay.trouble.reversing"
    assert "正在原路退回" in stand.slips()[0]
    await stand.until(lambda: stand.states()[-1] == "reversed", within=20)
    assert stand.standing() == []


@story
async def test_a_payment_the_terminal_does_not_answer_for_is_named_to_central_until_it_does(stand: Stand) -> None:
    await stand.person.comes_to_pay()
    await stand.person.inserts_card()
    stand.card_terminal.unplug_at("decided")
    await stand.person.types_pin()
    await stand.person.sees(Sorry, within=200)
    [issue] = stand.heartbeat().issues
    assert issue.split()[0] in {"unknown", "reversing"}
    assert stand.machine.till.why_closed()
    await stand.card_terminal.plug_in()
    await stand.until(lambda: stand.heartbeat().issues == [], within=200)


@story
async def test_a_reversal_the_terminal_refuses_is_a_case_for_a_person(stand: Stand) -> None:
    stand.card_terminal.abandons("keep")
    await stand.person.begins()
    choose = await stand.person.shows_card()
    stand.pay_at_counter()
    stand.network.lose_replies = 1.0
    stand.person.touches(_all(choose.marked))
    await stand.person.pays()
    await stand.person.sees(Done)
    stand.card_terminal.close_day()
    stand.network.lose_replies = 0.0
    await stand.until(lambda: stand.states()[-1] == "refund due", within=1800)
    code, _, words = stand.books_here.entries(kind="payment")[-1].body["why"].partition(": ")
    assert code.startswith("reversal refused ")
    assert words  # the terminal's own: a make that knows day and reference says them here, and nowhere else
    assert [case for case in stand.heartbeat().issues if case.startswith("refund due")]
    assert stand.machine.till.why_closed() == ""  # one case does not close the till
    books = read_books(stand.books_here, stand.machine._records.outbox)
    [line] = books.payments
    assert (line.state, line.open, line.reported) == ("refund due", True, "refused already-paid")
    assert books.days[0].owed == line.amount

    close_case(stand.books_here, line.reference, "4711")
    books = read_books(stand.books_here, stand.machine._records.outbox)
    assert (books.payments[0].state, books.payments[0].open) == ("refunded", False)
    assert (books.days[0].owed, books.days[0].returned) == (0, line.amount)
    assert stand.heartbeat().issues == []  # the running machine sees that the case was closed beside it


@story
async def test_central_unreachable_after_the_approval_is_a_provisional_receipt_and_is_reported_later(
    stand: Stand,
) -> None:
    await stand.person.comes_to_pay()
    await stand.person.inserts_card()
    await stand.person.sees(Pay, "pay.title.enter_pin")
    stand.network.up = False
    stand.card_terminal.type_pin()
    done = await stand.person.sees(Done)
    assert "done.fact.reported_later" in [fact.id for fact in done.facts]
    assert "稍后自动报送" in stand.slips()[0]
    assert stand.states()[-1] == "completed"
    stand.person.takes_everything()
    stand.person.touches(Leave())
    closed = await stand.person.sees(Sorry)
    assert closed.detail.id == "menu.closed.central"

    stand.network.up = True
    await stand.person.sees(Attract, within=1000)
    await stand.until(lambda: stand.states()[-1] == "settled", within=60)
    assert stand.books().held == stand.standing()[0].amount
    assert len(stand.slips()) == 1


@story
async def test_a_report_refused_after_the_citizen_went_is_reversed_by_the_receipt_number(stand: Stand) -> None:
    await stand.person.begins()
    choose = await stand.person.shows_card()
    stand.pay_at_counter()
    stand.person.touches(_all(choose.marked))
    await stand.person.inserts_card()
    await stand.person.sees(Pay, "pay.title.enter_pin")
    stand.network.up = False
    stand.card_terminal.type_pin()
    await stand.person.sees(Done)
    assert stand.states()[-1] == "completed"
    stand.network.up = True
    await stand.until(lambda: stand.states()[-1] == "reversed", within=1000)
    assert stand.states()[-3:] == ["completed", "reversing", "reversed"]
    assert stand.standing() == []
    await stand.until(lambda: stand.machine.waiting_reports() == 0, within=100)
    assert stand.books().held == 0


@story
async def test_on_an_exchanged_terminal_nobody_elses_payment_is_reversed(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stand.person.begins()
    choose = await stand.person.shows_card()
    stand.pay_at_counter()
    stand.person.touches(_all(choose.marked))
    await stand.person.inserts_card()
    await stand.person.sees(Pay, "pay.title.enter_pin")
    stand.network.up = False
    stand.card_terminal.type_pin()
    await stand.person.sees(Done)
    monkeypatch.setattr(card_terminal_flow, "TERMINAL_ID", bytes.fromhex("00000002"))
    stand.network.up = True
    await stand.until(lambda: stand.states()[-1] == "refund due", within=1000)
    await stand.until(lambda: stand.machine.waiting_reports() == 0, within=100)
    assert len(stand.standing()) == 1
    assert stand.books().owed == stand.standing()[0].amount


@story
async def test_a_refusal_while_the_bank_is_unreachable_is_reversed_as_soon_as_it_is_back(stand: Stand) -> None:
    """Nothing else happens in between: settlement must come back by itself."""
    await stand.person.begins()
    choose = await stand.person.shows_card()
    stand.pay_at_counter()
    stand.person.touches(_all(choose.marked))
    await stand.person.inserts_card()
    await stand.person.sees(Pay, "pay.title.enter_pin")
    stand.network.up = False
    stand.card_terminal.type_pin()
    await stand.person.sees(Done)
    stand.card_terminal.bank_line(0)
    stand.network.up = True
    await stand.until(lambda: stand.states()[-1] == "reversing", within=1000)
    assert stand.machine.till.why_closed() == "menu.closed.till"
    await asyncio.sleep(60)
    assert stand.states()[-1] == "reversing"
    stand.card_terminal.bank_line(1)
    await stand.until(lambda: stand.states()[-1] == "reversed", within=60)
    assert stand.machine.till.why_closed() == ""


@story
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("state", ["intended", "requested", "approved", "fulfilled", "completed", "settled", "printed"])
async def test_a_plug_pulled_at_any_entry_is_settled_before_anybody_is_greeted(
    stand: Stand, state: str, when: str
) -> None:
    stand.cut_power_at(state, when=when)
    await stand.person.comes_to_pay()
    stand.card_terminal.insert("sample")
    stand.card_terminal.changed.set()
    paying = asyncio.create_task(_types_pin_when_asked(stand))
    await stand.dark()
    paying.cancel()
    stand.card_terminal.remove_card()
    await asyncio.sleep(30)
    await stand.start()
    await stand.person.sees(Attract)
    assert stand.machine.till.why_closed() == ""
    if stand.books_here.entries():
        assert stand.states()[-1] in {"abandoned", "declined", "reversed", "completed", "settled"}
    await stand.until(lambda: stand.machine.till.open_payments == [])
    await stand.until(lambda: stand.machine.waiting_reports() == 0, within=200)
    assert sum(b.amount for b in stand.standing()) == stand.books().held
    if stand.standing():
        reference = stand.books_here.entries(kind="payment")[-1].reference
        await stand.until(lambda: any(reference in slip for slip in stand.slips()))


async def _types_pin_when_asked(stand: Stand) -> None:
    await stand.person.sees(Pay, "pay.title.enter_pin")
    stand.card_terminal.type_pin()


@story
async def test_a_slip_that_nobody_waits_for_any_more_is_not_left_for_the_next_citizen(stand: Stand) -> None:
    stand.cut_power_at("settled", when="after")
    await stand.person.comes_to_pay()
    paying = asyncio.create_task(stand.person.pays())
    await stand.dark()
    paying.cancel()
    await asyncio.sleep(3600)
    await stand.start()
    await stand.person.sees(Attract)
    await asyncio.sleep(60)
    assert stand.states()[-1] == "settled"
    assert stand.slips() == []


@story
async def test_a_slip_the_citizen_has_is_not_printed_again_at_the_next_start(stand: Stand) -> None:
    await stand.person.pays_a_fine()
    await stand.person.goes()
    await stand.stop()
    await stand.start()
    await stand.person.sees(Attract)
    await asyncio.sleep(60)
    assert len(stand.slips()) == 1


@story
async def test_a_verdict_that_comes_while_settlement_is_busy_is_not_forgotten(stand: Stand) -> None:
    settlement = stand.machine.till.settlement
    await stand.person.sees(Attract)
    rounds: list[float] = []
    work = settlement.round

    async def slow() -> None:
        rounds.append(asyncio.get_running_loop().time())
        await asyncio.sleep(3)
        await work()

    settlement.round = slow  # type: ignore[method-assign]
    settlement.news()
    await asyncio.sleep(1)
    settlement.news()
    await asyncio.sleep(10)
    assert len(rounds) == 2


@story
async def test_a_report_in_quarantine_gives_the_money_back_though_central_gave_no_verdict(stand: Stand) -> None:
    post = stand.network.post

    async def puts_aside(path: str, body: bytes, *, deadline: float) -> bytes:
        answer = await post(path, body, deadline=deadline)
        if path != "/tx/batch":
            return answer
        reply = msgspec.json.decode(answer, type=BatchReply)
        aside = {
            stream: msgspec.structs.replace(
                ack, verdicts=[], rejected=[Rejection(seq=verdict.seq, code="bad-body") for verdict in ack.verdicts]
            )
            for stream, ack in reply.streams.items()
        }
        return msgspec.json.encode(BatchReply(streams=aside))

    stand.machine.reporting._transport.post = puts_aside  # type: ignore[method-assign] # a central that only rejects
    await stand.person.comes_to_pay()
    await stand.person.pays()
    await stand.person.sees(Sorry, "pay.trouble.reversed")
    assert stand.standing() == []
    assert stand.machine.till.open_payments == []


@story
async def test_a_payment_of_a_technician_in_between_is_not_taken_for_ours(stand: Stand) -> None:
    """Nobody can tell any more whether the fine still stands at the terminal: it is given back, by its number."""
    stand.cut_power_at("fulfilled")
    await stand.person.comes_to_pay()
    stand.card_terminal.insert("sample")
    typing = asyncio.create_task(_types_pin_when_asked(stand))
    await stand.dark()
    typing.cancel()
    await asyncio.sleep(30)
    stand.card_terminal.ledger.book("payment", 500, "622000EEEEEE0025")
    await stand.start()
    await stand.person.sees(Attract)
    assert stand.states()[-3:] == ["fulfilled", "reversing", "reversed"]
    assert [booking.amount for booking in stand.standing()] == [500]
    await stand.until(lambda: stand.machine.waiting_reports() == 0, within=100)
    assert stand.books().held == 0
