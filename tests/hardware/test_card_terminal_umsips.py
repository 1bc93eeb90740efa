"""The UnionPay library's driver: what only this terminal has. Records, reversals, stuck ones, its PIN pad, its faults.

What it shares with every terminal is in ``tests/contract``.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hardware.channel import Opener
from hardware.drivers.card_terminal_umsips import DRIVER, CardTerminalUmsips, Settings
from hardware.drivers.card_terminal_umsips_bank import PAUSES, TRIES
from hardware.drivers.card_terminal_umsips_book import Book
from hardware.drivers.card_terminal_umsips_host import TRANSACT
from hardware.protocols.umsips import Response
from hardware.simulators import card_terminal_umsips_bank
from hardware.simulators.card_terminal_umsips import UmsTerminalSimulator
from kiosk_app.devices import CardTerminal, DeviceState, PinTyped, TerminalNotice
from kiosk_app.errors import (
    DeviceError,
    DeviceFault,
    DeviceOffline,
    PaymentDeclined,
    PaymentUncertain,
    ReversalRefused,
    ReversalStuck,
)
from kiosk_app.money.amounts import Fen
from tests.contract.terminals import PRICE, UmsTable, outcome, story

NEW_YEAR = datetime(2026, 12, 31, 16, 0, 5, tzinfo=UTC)
"""Five seconds into 2027 where the bank is."""


class Ums(UmsTable):
    """The contract's table with a trace, settings and a look into the folder."""

    settings = Settings(library="")

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.trace: list[str] = []
        self.now = datetime(2026, 3, 2, tzinfo=UTC)

    def wired(self, opener: Opener) -> CardTerminal:
        return CardTerminalUmsips(
            opener,
            self.folder / "unionpay",
            settings=self.settings,
            now=lambda: self.now,
            trace=lambda way, data: self.trace.append(f"{way} {data.decode()}"),
        )

    @property
    def ums(self) -> CardTerminalUmsips:
        assert isinstance(self.driver, CardTerminalUmsips)
        return self.driver

    def record(self) -> dict[str, Any] | None:
        path = self.folder / "unionpay" / "open.json"
        return msgspec.json.decode(path.read_bytes()) if path.exists() else None

    def asked(self, kind: str) -> int:
        """How often the library was asked for this type and answered."""
        return sum(line.startswith(f"< {kind} ") for line in self.trace)

    async def sold(self, amount: Fen = PRICE) -> int:
        """A payment that is delivered and over; its receipt number."""
        receipt = await self.approved(amount)
        await self.driver.deliver()
        self.sim.remove_card()
        await self.wait(lambda: self.driver.condition.supplies["card"] == "none")
        return receipt.receipt_no

    async def lost(self) -> None:
        """A payment that is booked, whose answer never comes, and whose reversals the bank does not do."""
        self.sim.reversals_say("96")
        self.sim.lose_next_answer()
        assert isinstance(await outcome(await self.pays()), PaymentUncertain)

    async def begin(self) -> None:
        """Power on, without waiting for anything."""
        self.driver = self.wired(self.opener)
        self._running = asyncio.create_task(self.driver.run())

    async def stuck(self) -> None:
        await self.wait(lambda: self.driver.condition.reason == "reversal_stuck", seconds=2000)


def tells(tell: Callable[[Ums], Awaitable[None]], make: type[Ums] = Ums) -> None:
    story(make, tell)


# --- the record ------------------------------------------------------------------------------------------------


def test_a_record_is_on_the_disk_before_the_bank_is_asked_and_gone_after_its_answer() -> None:
    async def tell(table: Ums) -> None:
        paying = await table.pays()
        assert table.record() is None
        await table.until("sent")
        sale = {"number": 1, "kind": "sale", "amount": PRICE, "trace": 0, "terminal": "44070001"}
        assert table.record() == {**sale, "tries": 0, "strayed": 0}
        await paying
        assert table.record() is None

    tells(tell)


def test_a_refusal_leaves_no_record_and_no_reversal_is_sent() -> None:
    async def tell(table: Ums) -> None:
        assert isinstance(await outcome(await table.pays(card="sample-empty")), PaymentDeclined)
        assert table.record() is None
        await table.driver.last()
        assert table.asked("06") == 0

    tells(tell)


def test_the_folder_holds_no_card_number_not_even_a_masked_one() -> None:
    async def tell(table: Ums) -> None:
        await table.sold()
        await table.lost()
        files = [path.read_text() for path in (table.folder / "unionpay").glob("*.json")]
        assert len(files) == 2
        assert not [text for text in files if "622000" in text or "***" in text]

    tells(tell)


def test_a_lost_payment_is_undone_before_anybody_else_pays_also_when_nobody_asks() -> None:
    async def tell(table: Ums) -> None:
        table.sim.lose_next_answer()
        assert isinstance(await outcome(await table.pays()), PaymentUncertain)
        await table.wait(lambda: table.taken == 0)
        assert table.record() is None

    tells(tell)


def test_a_host_that_ends_before_it_called_the_library_costs_no_reversal() -> None:
    """A needless 06 could hit the payment before."""

    async def tell(table: Ums) -> None:
        await table.sold()
        answer, table.sim.answer = table.sim.answer, None

        async def dies(channel: Any, data: bytes) -> None:
            if b'"begun"' in data:
                await channel.close()
            await answer(channel, data)

        table.sim.answer = dies
        assert isinstance(await outcome(await table.pays()), DeviceOffline)
        table.sim.answer = answer
        assert table.record() is None
        await table.online()
        await table.driver.last()
        assert table.asked("06") == 0
        assert table.taken == PRICE

    tells(tell)


def test_a_full_disk_is_noticed_before_the_bank_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async def tell(table: Ums) -> None:
        monkeypatch.setattr(os, "fsync", _full)
        assert isinstance(await outcome(await table.pays()), DeviceFault)
        assert table.sim.ledger.bookings == []
        monkeypatch.undo()
        table.sim.remove_card()
        await asyncio.sleep(5)
        await table.approved()

    tells(tell)


def test_an_approval_that_cannot_be_written_is_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    async def tell(table: Ums) -> None:
        paying = await table.pays()
        await table.until("sent")
        monkeypatch.setattr(os, "fsync", _full)
        assert isinstance(await outcome(paying), PaymentUncertain)
        assert table.taken == PRICE
        monkeypatch.undo()
        assert await table.told_last() is None
        assert table.taken == 0

    tells(tell)


def _full(_: int) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("name", ["open.json", "booked.json"])
def test_a_damaged_record_closes_the_terminal_and_is_kept(name: str) -> None:
    async def tell(table: Ums) -> None:
        await table.sold()
        await table.stop()
        path = table.folder / "unionpay" / name
        path.write_bytes(b'{"number": "x')
        await table.begin()
        await table.wait(lambda: table.driver.condition.state is DeviceState.HARDWARE_ERROR)
        with pytest.raises(DeviceOffline):
            await table.driver.pay(PRICE, table.told.append)
        assert path.read_bytes() == b'{"number": "x'

    tells(tell)


def test_an_answered_request_whose_record_was_not_deleted_any_more_is_over(tmp_path: Path) -> None:
    """The power went between the two files."""
    book = Book(tmp_path)
    book.load()
    book.begin("sale", PRICE)
    left = (tmp_path / "open.json").read_bytes()
    book.sold(Response("00", amount=PRICE, trace=7, batch="000001"), "2026-03-02")
    (tmp_path / "open.json").write_bytes(left)
    again = Book(tmp_path)
    again.load()
    assert again.open is None
    assert not (tmp_path / "open.json").exists()
    assert again.last is not None
    assert again.last.trace == 7


class Broken(Book):
    """A disk whose folder cannot be synced any more."""

    broken = False

    def _sync_folder(self) -> None:
        if self.broken:
            raise OSError(5, "Input/output error")
        super()._sync_folder()


def test_a_record_that_was_written_and_not_synced_is_no_record(tmp_path: Path) -> None:
    book = Broken(tmp_path)
    book.load()
    book.broken = True
    with pytest.raises(OSError, match="Input"):
        book.begin("sale", PRICE)
    book.load()
    assert book.open is None


def test_a_booked_sale_whose_record_cannot_be_deleted_is_booked_all_the_same(tmp_path: Path) -> None:
    book = Broken(tmp_path)
    book.load()
    book.begin("sale", PRICE)
    answer = Response("00", amount=PRICE, trace=7, batch="000001")
    real = book._write_booked

    def write(booked: Any) -> None:
        real(booked)
        book.broken = True

    book._write_booked = write  # type: ignore[method-assign] # the disk dies right after it
    book.sold(answer, "2026-03-02")
    assert book.open is None
    assert book.last is not None
    again = Book(tmp_path)
    again.load()
    assert (again.open, again.last) == (None, book.last)


# --- reversals that do not succeed -----------------------------------------------------------------------------


def test_after_three_reversals_card_payments_stay_closed_until_a_person_acts() -> None:
    async def tell(table: Ums) -> None:
        await table.lost()
        await table.stuck()
        assert table.asked("06") == TRIES
        assert table.driver.condition.state is DeviceState.HARDWARE_ERROR
        await asyncio.sleep(3000)
        for closed in (table.driver.last(), table.driver.reverse(1), table.driver.end_of_day()):
            with pytest.raises(ReversalStuck):
                await closed
        with pytest.raises(ReversalStuck):
            await table.driver.pay(PRICE, table.told.append)
        assert table.asked("06") == TRIES
        assert table.taken == PRICE

        table.sim.reversals_say("")
        await table.driver.reverse(0)
        assert table.taken == 0
        assert table.driver.condition.serves
        assert await table.driver.last() is None

    tells(tell)


def test_a_restart_gives_no_more_tries() -> None:
    async def tell(table: Ums) -> None:
        await table.lost()
        await table.stop()
        asked = table.record() or {}
        table.sim.reversals_say("")
        (table.folder / "unionpay" / "open.json").write_bytes(msgspec.json.encode({**asked, "tries": TRIES}))
        await table.begin()
        await table.stuck()
        assert table.taken == PRICE

    tells(tell)


def test_reversals_leave_a_broken_line_time_to_come_back() -> None:
    async def tell(table: Ums) -> None:
        await table.lost()
        await table.wait(lambda: (table.record() or {}).get("tries") == 1)
        begun = asyncio.get_running_loop().time()
        await asyncio.sleep(PAUSES[1] / 2)
        with pytest.raises(DeviceOffline):
            await table.driver.last()
        assert (table.record() or {}).get("tries") == 1
        await table.wait(lambda: (table.record() or {}).get("tries") == 2)
        await asyncio.sleep(5)  # until this one was answered too
        table.sim.reversals_say("")
        await table.wait(lambda: table.record() is None, seconds=400)
        assert table.taken == 0
        assert asyncio.get_running_loop().time() - begun > PAUSES[1] + PAUSES[2]

    tells(tell)


def test_a_bank_that_cannot_even_be_signed_in_to_uses_up_no_reversal() -> None:
    async def tell(table: Ums) -> None:
        table.sim.lose_next_answer()
        assert isinstance(await outcome(await table.pays()), PaymentUncertain)
        table.sim.bank_line(0)
        await asyncio.sleep(3600)
        assert (table.record() or {})["tries"] == 0
        table.sim.bank_line(1)
        assert await table.told_last() is None
        assert table.taken == 0

    tells(tell)


@pytest.mark.parametrize("code", ["25", "2U", "X5"])
def test_an_answer_that_nothing_is_booked_ends_a_reversal(code: str) -> None:
    async def tell(table: Ums) -> None:
        table.sim.reversals_say(code)
        table.sim.crash_at("host")
        assert isinstance(await outcome(await table.pays()), PaymentUncertain)
        assert await table.told_last() is None
        assert table.record() is None
        assert table.asked("06") == 1

    tells(tell)


def test_a_reversal_that_hit_the_payment_before_is_confessed_and_waits_for_a_person() -> None:
    async def tell(table: Ums) -> None:
        older = await table.sold()
        table.sim.stray()
        table.sim.crash_at("host")
        assert isinstance(await outcome(await table.pays()), PaymentUncertain)
        await table.stuck()
        assert table.taken == 0
        with pytest.raises(ReversalStuck, match=f"undid trace {older} instead"):
            await table.driver.last()
        await table.stop()
        await table.begin()
        await table.stuck()
        table.sim.stray(0)
        await table.driver.reverse(0)
        assert table.asked("06") == 1  # it is not sent again
        last = await table.driver.last()
        assert last is not None
        assert (last.trace, last.approved) == (older, False)
        await table.driver.reverse(older)  # it is undone already

    tells(tell)


# --- another terminal ------------------------------------------------------------------------------------------


def test_what_is_open_at_one_terminal_is_never_undone_at_another(monkeypatch: pytest.MonkeyPatch) -> None:
    async def tell(table: Ums) -> None:
        await table.lost()
        await table.stop()
        monkeypatch.setattr(card_terminal_umsips_bank, "TERMINAL", "44070002")
        table.sim.reversals_say("")
        await table.begin()
        await table.stuck()
        with pytest.raises(ReversalStuck, match="terminal 44070001, this is 44070002"):
            await table.driver.last()
        await table.driver.reverse(0)  # the person has it undone at the old one
        assert table.driver.condition.serves
        assert table.asked("06") == 0

    tells(tell)


def test_a_payment_of_an_exchanged_terminal_is_for_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    async def tell(table: Ums) -> None:
        number = await table.sold()
        await table.stop()
        monkeypatch.setattr(card_terminal_umsips_bank, "TERMINAL", "44070002")
        await table.start()
        with pytest.raises(ReversalRefused, match="booked by terminal 44070001; 2026-03-02 0"):
            await table.driver.reverse(number)
        assert table.taken == PRICE

    tells(tell)


def test_a_void_without_an_answer_is_never_asked_for_at_another_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trace and batch of the old one may name a stranger's payment at the new one."""

    async def tell(table: Ums) -> None:
        number = await table.sold()
        table.sim.lose_next_answer()
        with pytest.raises((DeviceError, PaymentUncertain)):
            await table.driver.reverse(number)
        assert (table.record() or {})["kind"] == "void"
        await table.stop()
        monkeypatch.setattr(card_terminal_umsips_bank, "TERMINAL", "44070002")
        voids = table.asked("01")
        await table.start()
        with pytest.raises(ReversalRefused, match="booked by terminal 44070001; 2026-03-02 0"):
            await table.driver.reverse(number)
        assert table.asked("01") == voids
        assert table.driver.condition.serves

    tells(tell)


# --- answers that are none -------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["echo", "garbage", "amount"])
def test_an_approval_that_cannot_be_believed_is_undone(how: str) -> None:
    async def tell(table: Ums) -> None:
        paying = await table.pays()
        table.sim.spoil(how)
        assert isinstance(await outcome(paying), PaymentUncertain)
        assert await table.told_last() is None
        assert table.taken == 0
        table.sim.remove_card()
        await asyncio.sleep(5)
        await table.approved()

    tells(tell)


@pytest.mark.parametrize("code", ["68", "91", "98", "Z1", "Z4", "1H", "Q9"])
def test_a_code_after_which_nobody_knows_is_a_reversal(code: str) -> None:
    async def tell(table: Ums) -> None:
        paying = await table.pays()
        await table.until("sent")
        table.sim.bank_says(code)
        assert isinstance(await outcome(paying), PaymentUncertain)
        assert await table.told_last() is None
        assert table.asked("06") == 1
        assert table.taken == 0

    tells(tell)


@pytest.mark.parametrize("fault", ["hang_at", "crash_at", "cut_at", "unplug_at"])
@pytest.mark.parametrize("stage", ["card", "pin", "host", "sent", "decided"])
def test_whatever_becomes_of_the_library_at_any_stage_the_bank_keeps_nothing_nobody_was_told_of(
    fault: str, stage: str
) -> None:
    async def tell(table: Ums) -> None:
        kept = await table.sold()
        getattr(table.sim, fault)(stage)
        paying = table.pay()
        person = asyncio.create_task(table.card_and_pin())
        error = await outcome(paying)
        person.cancel()
        assert isinstance(error, DeviceError | PaymentUncertain), error
        assert isinstance(error, PaymentUncertain) == (stage not in {"card", "pin"})
        await table.simulator.plug_in()
        last = await table.told_last()
        assert last is not None
        assert (last.trace, last.approved) == (kept, True)
        assert table.taken == PRICE
        table.sim.remove_card()
        await table.wait(lambda: table.driver.condition.supplies["card"] == "none")
        await table.sold()

    tells(tell)


def test_a_library_that_hangs_is_ended_in_its_time() -> None:
    async def tell(table: Ums) -> None:
        paying = await table.pays()
        table.sim.hang_at("sent")
        begun = asyncio.get_running_loop().time()
        assert isinstance(await outcome(paying), PaymentUncertain)
        assert asyncio.get_running_loop().time() - begun < TRANSACT + 2

    tells(tell)


# --- giving back -----------------------------------------------------------------------------------------------


def test_what_is_withheld_is_voided_by_its_trace_and_never_by_a_reversal_without_one() -> None:
    async def tell(table: Ums) -> None:
        await table.sold(Fen(11_000))
        await table.approved()
        await table.driver.withhold()
        assert (table.asked("01"), table.asked("06")) == (1, 0)
        assert table.taken == 11_000
        assert TerminalNotice.REVERSING in table.told

    tells(tell)


def test_the_card_stays_inside_until_it_is_decided() -> None:
    """A bank may want to see it for a void."""

    async def tell(table: Ums) -> None:
        await table.approved()
        await asyncio.sleep(60)
        assert table.sim.state()["place"] == "inside"
        assert TerminalNotice.REMOVE_CARD not in table.told
        await table.driver.withhold()
        await table.wait(lambda: table.sim.state()["place"] == "mouth")

    tells(tell)


def test_a_void_whose_answer_was_lost_is_asked_for_again_by_itself() -> None:
    async def tell(table: Ums) -> None:
        await table.approved()
        table.sim.lose_next_answer()
        with pytest.raises(PaymentUncertain):
            await table.driver.withhold()
        assert (table.record() or {})["kind"] == "void"
        await table.wait(lambda: table.record() is None)
        last = await table.told_last()
        assert last is not None
        assert not last.approved
        assert table.taken == 0
        assert table.asked("06") == 0

    tells(tell)


def test_a_void_the_bank_refuses_is_for_a_person_who_gets_day_and_reference() -> None:
    async def tell(table: Ums) -> None:
        number = await table.sold()
        table.sim.bank_says("57")
        with pytest.raises(ReversalRefused):
            await table.driver.reverse(number)
        assert table.record() is None
        await table.driver.end_of_day()
        with pytest.raises(ReversalRefused, match="batch closed; 2026-03-02 0"):
            await table.driver.reverse(number)
        assert table.taken == PRICE

    tells(tell)


def test_a_payment_undone_yesterday_counts_as_undone_today() -> None:
    async def tell(table: Ums) -> None:
        number = await table.sold()
        await table.driver.reverse(number)
        await table.driver.end_of_day()
        await table.driver.reverse(number)

    tells(tell)


def test_delivering_is_right_also_when_the_host_died_meanwhile() -> None:
    async def tell(table: Ums) -> None:
        await table.approved()
        await table.simulator.unplug()
        await table.driver.deliver()
        await table.wait(lambda: not table.driver.condition.serves)
        await table.simulator.plug_in()
        await table.online()
        assert table.taken == PRICE
        assert table.sim.state()["place"] == "mouth"

    tells(tell)


def test_at_new_year_the_day_of_a_payment_is_of_the_right_year() -> None:
    async def tell(table: Ums) -> None:
        table.now = NEW_YEAR  # the bank's answer is still of 31 December
        table.sim.bank.ledger.now = lambda: datetime(2026, 12, 31, 15, 59, 58, tzinfo=UTC)
        number = await table.sold()
        await table.driver.end_of_day()
        with pytest.raises(ReversalRefused, match="2026-12-31"):
            await table.driver.reverse(number)

    tells(tell)


# --- signing in ------------------------------------------------------------------------------------------------


def test_work_keys_that_are_worth_nothing_cost_one_try() -> None:
    async def tell(table: Ums) -> None:
        paying = await table.pays()
        table.sim.sign_off()
        error = await outcome(paying)
        assert isinstance(error, PaymentDeclined)
        assert error.sentence == "pay.declined.terminal"
        table.sim.remove_card()
        await table.wait(lambda: table.sim.bank.signed_in)
        await table.approved()

    tells(tell)


def test_after_the_day_is_closed_it_signs_in_again() -> None:
    async def tell(table: Ums) -> None:
        await table.driver.end_of_day()
        table.sim.sign_off()
        await asyncio.sleep(10)
        await table.approved()

    tells(tell)


def test_a_terminal_the_bank_does_not_know_is_out_of_service_and_asks_again() -> None:
    async def tell(table: Ums) -> None:
        await table.stop()
        table.sim.bank_says("97")
        await table.begin()
        await table.wait(lambda: table.driver.condition.state is DeviceState.HARDWARE_ERROR)
        await table.online()

    tells(tell)


def test_without_its_bank_it_is_offline_and_the_host_stays() -> None:
    async def tell(table: Ums) -> None:
        await table.stop()
        table.sim.bank_line(0)
        await table.begin()
        await asyncio.sleep(120)
        assert table.driver.condition.state is DeviceState.OFFLINE
        assert table.sim.calls.count("init") == 2  # the first life's, and one
        table.sim.bank_line(1)
        await table.online()

    tells(tell)


@pytest.mark.parametrize(
    ("code", "state"), [(-102, DeviceState.HARDWARE_ERROR), (-103, DeviceState.OFFLINE), (-1, DeviceState.OFFLINE)]
)
def test_what_ums_init_says_is_the_condition_until_it_is_mended(code: int, state: DeviceState) -> None:
    async def tell(table: Ums) -> None:
        await table.stop()
        table.sim.init_returns(code)
        await table.begin()
        await table.wait(lambda: table.driver.condition.state is state)
        table.sim.init_returns(0)
        await table.online()

    tells(tell)


# --- the PIN pad -----------------------------------------------------------------------------------------------


def test_stars_are_counted_and_no_digit_ever_crosses_the_wire() -> None:
    async def tell(table: Ums) -> None:
        paying = table.pay()
        await table.until("card")
        table.sim.insert()
        await table.until("pin")
        for key in ("1", "2", "back", "2", "clear", "1", "2", "3", "4", "5"):
            (table.sim.press_digit if key.isdecimal() else table.sim.press)(key)
            await asyncio.sleep(0.5)
        table.sim.press_digit("6")
        assert (await paying).approved
        said = table.told[table.told.index(TerminalNotice.ENTER_PIN) + 1 :]
        assert said[:-1] == [PinTyped(typed, of=6) for typed in (0, 1, 2, 1, 2, 0, 1, 2, 3, 4, 5)]
        assert said[-1] is TerminalNotice.BANK

    tells(tell)


@pytest.mark.parametrize("key", ["cancel", "time_out"])
def test_the_red_key_and_the_pads_own_time_out_end_it(key: str) -> None:
    async def tell(table: Ums) -> None:
        paying = table.pay()
        await table.until("card")
        table.sim.insert()
        await table.until("pin")
        table.sim.press(key)
        error = await outcome(paying)
        assert isinstance(error, PaymentDeclined)
        assert error.sentence == "pay.declined.cancelled"
        assert table.told[-1] is TerminalNotice.REMOVE_CARD
        await table.wait(lambda: table.sim.state()["place"] == "mouth")

    tells(tell)


def test_a_payment_given_up_with_the_last_key_is_not_asked_of_the_bank() -> None:
    async def tell(table: Ums) -> None:
        paying = table.pay()
        await table.until("card")
        table.sim.insert()
        await table.until("pin")
        real = table.sim._call

        async def call(op: str, given: bytes) -> Any:
            if op == "block":
                paying.cancel()
            return await real(op, given)

        table.sim._call = call
        table.sim.type_pin()
        await asyncio.wait([paying])
        assert await table.told_last() is None
        assert table.sim.ledger.bookings == []
        assert table.asked("00") == 0

    tells(tell)


# --- cards -----------------------------------------------------------------------------------------------------


def test_a_card_left_inside_by_a_dead_kiosk_is_given_back_at_the_start() -> None:
    async def tell(table: Ums) -> None:
        table.pay()
        await table.until("card")
        table.sim.insert()
        await table.until("pin")
        await table.stop()
        assert table.sim.state()["place"] == "inside"
        await table.start()
        assert table.sim.state()["place"] == "mouth"
        assert table.driver.condition.supplies["card"] == "inside"  # its owner is still reminded
        table.sim.remove_card()
        await table.wait(lambda: table.driver.condition.supplies["card"] == "none")

    tells(tell)


@pytest.mark.parametrize("seconds", [0, 30])
def test_a_forgotten_card_is_kept_only_where_that_is_wanted(seconds: int) -> None:
    class Here(Ums):
        settings = Settings(library="", swallow_after=seconds)

    async def tell(table: Ums) -> None:
        await table.approved()
        await table.driver.deliver()
        await asyncio.sleep(300)
        assert len(table.sim.swallowed) == (1 if seconds else 0)

    tells(tell, Here)


def test_a_tapped_card_pays_too() -> None:
    async def tell(table: Ums) -> None:
        paying = table.pay()
        await table.until("card")
        table.sim.tap()
        await table.until("pin")
        table.sim.type_pin()
        assert (await paying).approved
        await table.driver.deliver()
        assert TerminalNotice.REMOVE_CARD not in table.told

    tells(tell)


def test_a_library_without_an_echo_can_be_set_up() -> None:
    class Here(Ums):
        settings = Settings(library="", echo=False, counter="12", operator="34")

    async def tell(table: Ums) -> None:
        assert (await table.approved()).approved

    tells(tell, Here)


# --- the trace, and the file -----------------------------------------------------------------------------------


def test_the_trace_has_no_key_no_pin_and_only_masked_numbers() -> None:
    class Full(Ums):
        def _simulator(self) -> UmsTerminalSimulator:
            return UmsTerminalSimulator(full_numbers=True, now=lambda: self.now)

    async def tell(table: Ums) -> None:
        receipt = await table.approved()
        assert receipt.card == "622000******0017"
        assert not [line for line in table.trace if "6220001234560017" in line or "key" in line]

    tells(tell, Full)


def test_the_section_of_kiosk_toml_becomes_this_driver(tmp_path: Path) -> None:
    settings = msgspec.convert({"library": "ums/libumsapi.so"}, DRIVER.settings)
    device = DRIVER.build(settings, tmp_path)
    assert (DRIVER.role, DRIVER.name, device.role) == ("card_terminal", "umsips", "card_terminal")
    assert isinstance(device, CardTerminalUmsips)
    assert device.capabilities == {"PIN pad", "presence", "reversal", "end of day"}
    assert not list(tmp_path.iterdir())  # it is not touched
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"library": "x", "port": "y"}, DRIVER.settings)
