"""The kit has teeth: drivers that break one promise each, and the case that finds it."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest

from hardware.contract_kit import IdCardReaderContract, OnTheTable, PrinterRig, ReceiptPrinterContract, Rig, UpsContract
from hardware.contract_kit.device import DeviceContract, is_leaf
from hardware.drivers.id_card_reader import IdCardReader
from hardware.drivers.receipt_printer import ReceiptPrinter
from hardware.drivers.ups import Ups
from hardware.simulators.receipt_printer import ReceiptPrinterSimulator
from kiosk_app.devices import Condition, DeviceState, IdentityCard, PrintOutcome, Slip
from kiosk_app.errors import DeviceError, DeviceOffline, KioskError
from tests.contract.test_drivers import EscPosRig, NutRig, SdtRig


class Believing(IdCardReader):
    """Serves before it has asked."""

    async def run(self) -> None:
        self.become(Condition(DeviceState.ONLINE))
        await super().run()


class Deaf(IdCardReader):
    """Never says that the line is lost."""

    def lost(self, error: DeviceError) -> None:
        self._online.clear()


class Resigned(IdCardReader):
    """Gives up after the first lost line."""

    async def run(self) -> None:
        with suppress(ExceptionGroup):
            await super().run()

    def lost(self, error: DeviceError) -> None:
        super().lost(error)
        if self.sam_id:
            raise ConnectionError("that was that")


class Foreign(IdCardReader):
    """Lets an error out that no service knows."""

    async def wait_card(self) -> IdentityCard:
        try:
            return await super().wait_card()
        except DeviceOffline as error:
            raise ConnectionError("offline") from error


class Patient(IdCardReader):
    """Waits for ever for a reader that is gone."""

    async def wait_card(self) -> IdentityCard:
        while True:
            with suppress(DeviceOffline):
                return await super().wait_card()


class Stubborn(IdCardReader):
    """Cannot be cancelled."""

    async def wait_card(self) -> IdentityCard:
        while True:
            with suppress(asyncio.CancelledError):
                return await super().wait_card()


class Edgeless(IdCardReader):
    """Reads a card again that was never lifted."""

    async def wait_card(self) -> IdentityCard:
        self._spent = False
        return await super().wait_card()


class Forgetful(IdCardReader):
    """Forgets with the line that a card still lies there."""

    def lost(self, error: DeviceError) -> None:
        self._spent = False
        super().lost(error)


class Curious(IdCardReader):
    """Keeps the card."""

    async def wait_card(self) -> IdentityCard:
        self.kept = await super().wait_card()
        return self.kept


class Chatty(IdCardReader):
    """Has words of its own."""

    def lost(self, error: DeviceError) -> None:
        super().lost(error)
        self.become(Condition(DeviceState.OFFLINE, "Cable pulled!"))


class Littering(IdCardReader):
    """Leaves a task behind at each start."""

    async def run(self) -> None:
        self.left = asyncio.create_task(asyncio.sleep(1e6))
        await super().run()


@pytest.mark.parametrize(
    ("driver", "case"),
    [
        (Believing, "it_never_serves_before_the_device_has_answered"),
        (Deaf, "a_pulled_plug_is_told_and_it_comes_back_by_itself_every_time"),
        (Deaf, "a_frozen_device_is_told_and_serves_again_when_it_thaws"),
        (Resigned, "a_pulled_plug_is_told_and_it_comes_back_by_itself_every_time"),
        (Foreign, "without_the_device_a_command_ends_in_time"),
        (Patient, "without_the_device_a_command_ends_in_time"),
        (Patient, "a_command_to_a_frozen_device_ends_in_time"),
        (Stubborn, "a_command_cancelled_at_any_moment_leaves_the_device_usable"),
        (Edgeless, "a_card_read_once_is_not_read_again_before_it_was_lifted"),
        (Forgetful, "a_forgotten_card_does_not_identify_the_next_person_though_the_line_was_lost"),
        (Curious, "one_card_after_the_other"),
        (Chatty, "every_condition_is_in_xfs_words_and_told_once"),
        (Littering, "it_leaves_no_task_and_no_descriptor_behind"),
    ],
)
def test_a_reader_that_breaks_a_promise_is_found(driver: type[IdCardReader], case: str) -> None:
    class Broken(SdtRig):
        def __init__(self) -> None:
            super().__init__()
            self._build = driver

    class Contract(IdCardReaderContract):
        def rig(self) -> SdtRig:
            return Broken()

    finds(Contract(), case)


def finds(contract: DeviceContract[Any], case: str) -> None:
    with pytest.raises((AssertionError, pytest.fail.Exception, TimeoutError, ConnectionError, RuntimeError)):
        getattr(contract, f"test_{case}")()


class Boasting(ReceiptPrinter):
    """Calls printed what was sent."""

    async def print(self, slip: Slip) -> PrintOutcome:
        outcome = await super().print(slip)
        return PrintOutcome.PRINTED if outcome is PrintOutcome.UNKNOWN else outcome


class Hoarding(ReceiptPrinter):
    """Leaves in the printer what was not printed."""

    async def _clear(self) -> None:
        """Nothing is cleared."""


class Joining(ReceiptPrinter):
    """Does not cut off what hangs."""

    async def print(self, slip: Slip) -> PrintOutcome:
        self._hangs = False
        return await super().print(slip)


@pytest.mark.parametrize(
    ("driver", "case"),
    [
        (Boasting, "a_plug_pulled_in_the_middle_is_never_called_printed_unless_it_is"),
        (Joining, "a_plug_pulled_in_the_middle_is_never_called_printed_unless_it_is"),
        (Joining, "a_paper_nobody_wants_any_more_does_not_come_out_before_the_next"),
        (Hoarding, "paper_that_runs_out_is_told_and_the_torn_paper_never_comes_out_later"),
    ],
)
def test_a_printer_that_breaks_a_promise_is_found(driver: type[ReceiptPrinter], case: str) -> None:
    class Contract(ReceiptPrinterContract):
        def rig(self) -> PrinterRig:
            broken = EscPosRig()
            broken._build = driver
            return broken

    finds(Contract(), case)


class Optimist(Ups):
    """Believes in the mains as long as nobody denies it."""

    def lost(self, error: DeviceError) -> None:
        reading = self.reading
        super().lost(error)
        self._reading = reading


def test_a_ups_that_cannot_be_asked_and_is_believed_is_found() -> None:
    class Contract(UpsContract):
        def rig(self) -> NutRig:
            broken = NutRig()
            broken._build = Optimist
            return broken

    finds(Contract(), "a_ups_that_cannot_be_asked_is_not_on_mains")


# --- rigs ------------------------------------------------------------------------------------------------------


def test_what_a_rigs_hands_cannot_do_is_skipped_with_the_reason() -> None:
    class Handless(Rig):
        def driver(self) -> ReceiptPrinter:
            return OnTheTable(ReceiptPrinterSimulator(), ReceiptPrinter).driver()  # type: ignore[no-any-return]

    class Contract(DeviceContract[Rig]):
        def rig(self) -> Rig:
            return Handless()

    with pytest.raises(pytest.skip.Exception, match="this rig cannot freeze the device"):
        Contract().test_it_never_serves_before_the_device_has_answered()


@pytest.mark.parametrize(
    ("error", "leaf"), [(DeviceOffline("x"), True), (DeviceError("x"), False), (KioskError(), False)]
)
def test_a_leaf_is_told_from_a_branch_also_where_a_driver_refines_it(error: KioskError, leaf: bool) -> None:
    class Refined(DeviceOffline):
        """A driver's own kind of offline."""

    assert is_leaf(Refined("x"))
    assert is_leaf(error) is leaf
