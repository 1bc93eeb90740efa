"""What may go wrong in a world, drawn from its seed: to simulators, the network and people, never to our code."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

from central.catalogue import SHIPPED, read
from central.departments.exit_entry import faults
from kiosk_app.contract.certificates import AskCertificate
from kiosk_app.contract.hall import Book, Cancel
from kiosk_app.contract.photos import KeepPhoto
from kiosk_app.contract.social import ChangeCard, ConfirmLiving
from kiosk_app.errors import CameraCovered
from kiosk_app.health import SERVICES
from tests.worlds.deeds import OFFERED

if TYPE_CHECKING:
    from tests.worlds.world import World

Fault = Callable[["World"], Coroutine[Any, Any, None]]


PERMIT_HOLDERS = ("li", "zhang")
INSURED = ("zhang", "li", "wang", "zhao", "chan", "lin")
"""Who has a card for the reader and is known to social security: one for each rule."""
OFTEN = {"endorsement": 8, "traffic_fines": 5, "contribution": 4, "record_copies": 2}
PAID_FOR = tuple(OFTEN)
AFTERWARDS = frozenset({"progress", "reprint", "my_cases"})
"""What one comes for after another visit."""
WHO = {"contribution": ("zhao", "lin"), "living_verification": ("li", "li", "wang")}
HOLDING = frozenset(service.key for service in SERVICES if service.holds)


@dataclass(frozen=True)
class Plan:
    """Which faults strike in one world, when a person gives up (chance per view), and what they come for.

    ``errands``: a service for each visit; ``person``: whose cards they have. ``channels``: whose codes central offers
    beside the card; where it does, people mostly take a telephone. What they do with it is drawn, unless ``telephone``
    says it.
    """

    names: tuple[str, ...]
    walks_away: float
    errands: tuple[str, ...] = ("traffic_fines",)
    channels: tuple[str, ...] = ()
    telephone: str = ""
    person: str = "zhang"

    @property
    def permit(self) -> str:
        """The card of somebody who comes with a permit, or empty."""
        return self.person if HOLDING.intersection(self.errands) else ""


def draw(random: Random) -> Plan:
    """None, one or two faults; in two worlds of three one can pay by code, and then its faults strike too.

    Every service on the menu is somebody's errand, those that take money or a permit more often.
    """
    count = random.choices((0, 1, 2), (2, 5, 3))[0]
    channels = random.choice(((), ("wechat",), ("alipay", "wechat")))
    keys = [*(service.key for service in SERVICES), *OFFERED]
    wanted = random.choices(keys, [OFTEN.get(key, 1) for key in keys])[0]
    first = (random.choice(PAID_FOR),) if wanted in AFTERWARDS else ()
    errands = random.choice(((*first, wanted), (*first, wanted), (*first, wanted, wanted)))
    held = HOLDING.intersection(errands)
    person = random.choice(PERMIT_HOLDERS if held else WHO.get(errands[0], INSURED))
    pool = FAULTS | OF_PAGES | (OF_CODES if channels else {}) | (OF_PERMITS if held else {})
    names = tuple(random.sample(sorted(pool), count))
    return Plan(names, random.choice((0.0, 0.0, 0.1)), errands, channels, person=person)


async def _after(world: "World", least: float, most: float) -> None:
    await asyncio.sleep(world.random.uniform(least, most))


async def network_down(world: "World") -> None:
    """The line to central is cut for seconds, minutes or hours."""
    await _after(world, 0, 60)
    world.network.up = False
    await asyncio.sleep(world.random.choice((5, 30, 600, 7200)))
    world.network.up = True


async def central_down_for_a_day(world: "World") -> None:
    """Central is away from the moment the citizen pays until the next day."""
    await world.requested.wait()
    world.network.up = False
    await asyncio.sleep(86_400)
    world.network.up = True


async def replies_lost(world: "World") -> None:
    """Central does what is asked, but the answer is lost now and then."""
    world.network.lose_replies = 0.5
    await _after(world, 60, 300)
    world.network.lose_replies = 0.0


async def paid_elsewhere(world: "World") -> None:
    """Somebody pays one of the decisions at a counter while the citizen chooses."""
    await _after(world, 5, 30)
    world.pay_at_counter()


async def terminal_answer_lost(world: "World") -> None:
    """The terminal's next answer after booking is lost."""
    world.card_terminal.lose_next_answer()


async def terminal_unplugged(world: "World") -> None:
    """The terminal's cable is pulled in the middle, and put back."""
    await _after(world, 5, 40)
    await world.card_terminal.unplug()
    await _after(world, 1, 90)
    await world.card_terminal.plug_in()


async def terminal_frozen(world: "World") -> None:
    """The terminal says nothing for a while."""
    await _after(world, 5, 40)
    world.card_terminal.freeze()
    await _after(world, 1, 120)
    world.card_terminal.thaw()


async def terminal_garbles(world: "World") -> None:
    """Some of the terminal's answers are damaged on the way."""
    await _after(world, 5, 40)
    world.card_terminal.corrupt(world.random.randint(1, 3))


async def terminal_loses_power(world: "World") -> None:
    """The terminal goes dark in the middle and forgets what it had not booked."""
    await _after(world, 5, 40)
    await world.card_terminal.power_loss()
    await _after(world, 1, 90)
    await world.card_terminal.plug_in()


async def terminal_dies_at_a_stage(world: "World") -> None:
    """The same at the worst instants: booked and not told, told and not answered, answered and not completed."""
    world.card_terminal.power_loss_at(world.random.choice(("decided", "told", "held", "settling")))
    await _after(world, 60, 200)
    await world.card_terminal.plug_in()


async def bank_unreachable(world: "World") -> None:
    """The terminal does not reach its bank, for payments and reversals alike."""
    await _after(world, 0, 40)
    world.card_terminal.bank_line(0)
    await _after(world, 5, 300)
    world.card_terminal.bank_line(1)


async def department_unavailable(world: "World") -> None:
    """Central answers, and its department does not."""
    await _after(world, 0, 30)
    world.department.available = False
    await _after(world, 5, 900)
    world.department.available = True


async def day_closed(world: "World") -> None:
    """The terminal's batch is closed: what was booked can no longer be reversed there."""
    await _after(world, 10, 60)
    world.card_terminal.close_day()


async def receipt_printer_dead(world: "World") -> None:
    """The receipt printer is gone at some moment, and comes back much later."""
    await _after(world, 0, 60)
    await world.receipt_printer.unplug()
    await _after(world, 60, 4000)
    await world.receipt_printer.plug_in()


async def receipt_paper_ends(world: "World") -> None:
    """The roll ends in the middle of the next slip."""
    world.receipt_printer.paper_out_next()
    await _after(world, 600, 1200)
    world.receipt_printer.refill()


async def receipt_printer_jams(world: "World") -> None:
    """The cutter sticks at the end of the next slip."""
    world.receipt_printer.jam_next()
    await _after(world, 60, 1200)
    world.receipt_printer.clear_jam()


async def reader_unplugged(world: "World") -> None:
    """The identity reader's cable is pulled, and put back."""
    await _after(world, 0, 30)
    await world.id_card_reader.unplug()
    await _after(world, 1, 300)
    await world.id_card_reader.plug_in()


async def provider_down(world: "World") -> None:
    """The payment provider does not answer central for a while."""
    await _after(world, 5, 60)
    world.provider.set_faults(down=True)
    await _after(world, 1, 600)
    world.provider.set_faults(down=False)


async def provider_slow(world: "World") -> None:
    """It answers late, or so late that central has given up."""
    await _after(world, 0, 40)
    world.provider.set_faults(slow=world.random.choice((1.0, 3.0, 6.0)))
    await _after(world, 10, 300)
    world.provider.set_faults(slow=0.0)


async def provider_answers_lost(world: "World") -> None:
    """It does what it was asked, and the answer is lost, again and again."""
    for _ in range(world.random.randint(1, 4)):
        await _after(world, 0, 40)
        world.provider.set_faults(lose_answers=world.random.randint(1, 3))


async def provider_refuses_to_close(world: "World") -> None:
    """While a payment is under way it does not close the order."""
    world.provider.set_faults(in_flight="refuses")
    await _after(world, 60, 600)


async def payment_after_close(world: "World") -> None:
    """It closes the order, and the payment that was under way arrives nevertheless."""
    world.provider.set_faults(in_flight="late")
    await _after(world, 60, 600)


async def refunds_take_time(world: "World") -> None:
    """A refund is under way for a while."""
    world.provider.set_faults(refunds="processing")
    await _after(world, 60, 600)
    world.provider.set_faults(refunds="ok")


async def refunds_refused(world: "World") -> None:
    """The merchant's balance does not cover a refund."""
    world.provider.set_faults(refunds="refuse")
    await _after(world, 60, 600)
    world.provider.set_faults(refunds="ok")


async def provider_names_another_amount(world: "World") -> None:
    """What was paid is not what was asked for, the provider says."""
    await _after(world, 5, 60)
    world.provider.set_faults(wrong_amount=True)
    await _after(world, 60, 200)


async def answers_about_orders_lost(world: "World") -> None:
    """Central's answers about orders are lost on the way to the kiosk."""
    for _ in range(world.random.randint(1, 3)):
        await _after(world, 0, 40)
        world.network.lose_next = f"/orders/{world.random.choice(('create', 'query', 'close', 'refund'))}"


async def permit_unit_unplugged(world: "World") -> None:
    """The unit's cable is pulled in the middle, and put back soon or late."""
    await _after(world, 5, 90)
    await world.permit_unit.unplug()
    await _after(world, 1, 300)
    await world.permit_unit.plug_in()


async def permit_unit_loses_power(world: "World") -> None:
    """The unit goes dark: what it prints is spoiled, and it must find its card again."""
    await _after(world, 5, 120)
    await world.permit_unit.cut_power()
    await _after(world, 1, 60)
    await world.permit_unit.plug_in()


async def permit_unit_garbles(world: "World") -> None:
    """Some of its answers are damaged on the way."""
    await _after(world, 5, 90)
    world.permit_unit.corrupt(world.random.randint(1, 4))


async def permit_jams(world: "World") -> None:
    """A card sticks at feed, print or exit; somebody frees it much later."""
    world.permit_unit.jam(world.random.choice(("feed", "print", "exit")))
    await _after(world, 200, 1500)
    world.permit_unit.clear_jam()


async def print_head_breaks(world: "World") -> None:
    """The head fails for a while, often in the middle of a line."""
    await _after(world, 30, 120)
    world.permit_unit.break_head()
    await _after(world, 1, 600)
    world.permit_unit.mend_head()


async def permit_pulled(world: "World") -> None:
    """Somebody pulls the card whenever a hand can reach it."""
    end = asyncio.get_running_loop().time() + world.random.uniform(10, 200)
    while asyncio.get_running_loop().time() < end:
        await asyncio.sleep(0.3)
        if world.random.random() < 0.05:
            world.permit_unit.pull()


async def retain_box_full(world: "World") -> None:
    """The box has no room until staff comes."""
    await _after(world, 0, 60)
    world.permit_unit.fill_box()
    await _after(world, 300, 2000)
    world.permit_unit.empty_box()


async def camera_covered(world: "World") -> None:
    """A hand, a bag or no light at all before the camera."""
    await _after(world, 0, 40)
    world.scene.covered = CameraCovered("camera")
    await _after(world, 1, 60)
    world.scene.covered = None


async def exit_entry_unavailable(world: "World") -> None:
    """Central answers, and its exit-entry department does not."""
    await _after(world, 0, 90)
    world.exit_entry.available = False
    await _after(world, 5, 900)
    world.exit_entry.available = True


async def rules_published_anew(world: "World") -> None:
    """Another version of rules and fees holds from one moment to the next."""
    await _after(world, 5, 60)
    world.front.catalogue.publish(read(SHIPPED, faults))


async def offices_unavailable(world: "World") -> None:
    """Central answers, and neither social security, nor medical insurance, nor the halls do."""
    await _after(world, 0, 40)
    world.offices(available=False)
    await _after(world, 5, 300)
    world.offices(available=True)


async def answers_about_deeds_lost(world: "World") -> None:
    """A department did what it was asked to do, and its answer is lost on the way to the kiosk, again and again."""
    for _ in range(3):
        world.network.lose_all |= DEEDS
        await _after(world, 10, 60)


async def document_printer_dead(world: "World") -> None:
    """The A4 printer is gone at some moment, and comes back much later."""
    await _after(world, 0, 60)
    await world.document_printer.unplug()
    await _after(world, 60, 2000)
    await world.document_printer.plug_in()


DEEDS = frozenset(ask.path for ask in (Book, Cancel, ConfirmLiving, ChangeCard, KeepPhoto, AskCertificate))
"""What a department does once, however often it is asked."""
FAULTS: dict[str, Fault] = {
    fault.__name__: fault
    for fault in (
        network_down,
        replies_lost,
        paid_elsewhere,
        terminal_answer_lost,
        terminal_unplugged,
        terminal_frozen,
        terminal_garbles,
        terminal_loses_power,
        terminal_dies_at_a_stage,
        bank_unreachable,
        department_unavailable,
        day_closed,
        receipt_printer_dead,
        receipt_paper_ends,
        receipt_printer_jams,
        reader_unplugged,
    )
}
OF_CODES: dict[str, Fault] = {
    fault.__name__: fault
    for fault in (
        provider_down,
        provider_slow,
        provider_answers_lost,
        provider_refuses_to_close,
        payment_after_close,
        refunds_take_time,
        refunds_refused,
        provider_names_another_amount,
        answers_about_orders_lost,
    )
}
"""Where one can pay by code."""
OF_PAGES: dict[str, Fault] = {
    fault.__name__: fault
    for fault in (offices_unavailable, answers_about_deeds_lost, document_printer_dead, camera_covered)
}
"""Of services that take neither money nor a permit."""
OF_PERMITS: dict[str, Fault] = {
    fault.__name__: fault
    for fault in (
        permit_unit_unplugged,
        permit_unit_loses_power,
        permit_unit_garbles,
        permit_jams,
        print_head_breaks,
        permit_pulled,
        retain_box_full,
        exit_entry_unavailable,
        rules_published_anew,
    )
}
"""Where somebody comes for an endorsement."""
RARE: dict[str, Fault] = {central_down_for_a_day.__name__: central_down_for_a_day}
"""Too long for every run: for a test of their own."""
