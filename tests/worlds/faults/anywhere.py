"""Whatever one comes for: the line to central, the terminal, the receipt printer, the reader."""

import asyncio
from typing import TYPE_CHECKING

from tests.worlds.faults.fault import Fault, after

if TYPE_CHECKING:
    from tests.worlds.world import World


async def network_down(world: "World") -> None:
    """The line to central is cut for seconds, minutes or hours."""
    await after(world, 0, 60)
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
    await after(world, 60, 300)
    world.network.lose_replies = 0.0


async def paid_elsewhere(world: "World") -> None:
    """Somebody pays one of the decisions at a counter while the citizen chooses."""
    await after(world, 5, 30)
    world.pay_at_counter()


async def terminal_answer_lost(world: "World") -> None:
    """The terminal's next answer after booking is lost."""
    world.card_terminal.lose_next_answer()


async def terminal_unplugged(world: "World") -> None:
    """The terminal's cable is pulled in the middle, and put back."""
    await after(world, 5, 40)
    await world.card_terminal.unplug()
    await after(world, 1, 90)
    await world.card_terminal.plug_in()


async def terminal_frozen(world: "World") -> None:
    """The terminal says nothing for a while."""
    await after(world, 5, 40)
    world.card_terminal.freeze()
    await after(world, 1, 120)
    world.card_terminal.thaw()


async def terminal_garbles(world: "World") -> None:
    """Some of the terminal's answers are damaged on the way."""
    await after(world, 5, 40)
    world.card_terminal.corrupt(world.random.randint(1, 3))


async def terminal_loses_power(world: "World") -> None:
    """The terminal goes dark in the middle and forgets what it had not booked."""
    await after(world, 5, 40)
    await world.card_terminal.power_loss()
    await after(world, 1, 90)
    await world.card_terminal.plug_in()


async def terminal_dies_at_a_stage(world: "World") -> None:
    """The same at the worst instants: booked and not told, told and not answered, answered and not completed."""
    world.card_terminal.power_loss_at(world.random.choice(("decided", "told", "held", "settling")))
    await after(world, 60, 200)
    await world.card_terminal.plug_in()


async def bank_unreachable(world: "World") -> None:
    """The terminal does not reach its bank, for payments and reversals alike."""
    await after(world, 0, 40)
    world.card_terminal.bank_line(0)
    await after(world, 5, 300)
    world.card_terminal.bank_line(1)


async def department_unavailable(world: "World") -> None:
    """Central answers, and its department does not."""
    await after(world, 0, 30)
    world.department.available = False
    await after(world, 5, 900)
    world.department.available = True


async def day_closed(world: "World") -> None:
    """The terminal's batch is closed: what was booked can no longer be reversed there."""
    await after(world, 10, 60)
    world.card_terminal.close_day()


async def receipt_printer_dead(world: "World") -> None:
    """The receipt printer is gone at some moment, and comes back much later."""
    await after(world, 0, 60)
    await world.receipt_printer.unplug()
    await after(world, 60, 4000)
    await world.receipt_printer.plug_in()


async def receipt_paper_ends(world: "World") -> None:
    """The roll ends in the middle of the next slip."""
    world.receipt_printer.paper_out_next()
    await after(world, 600, 1200)
    world.receipt_printer.refill()


async def receipt_printer_jams(world: "World") -> None:
    """The cutter sticks at the end of the next slip."""
    world.receipt_printer.jam_next()
    await after(world, 60, 1200)
    world.receipt_printer.clear_jam()


async def reader_unplugged(world: "World") -> None:
    """The identity reader's cable is pulled, and put back."""
    await after(world, 0, 30)
    await world.id_card_reader.unplug()
    await after(world, 1, 300)
    await world.id_card_reader.plug_in()


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
RARE: dict[str, Fault] = {central_down_for_a_day.__name__: central_down_for_a_day}
"""Too long for every run: for a test of their own."""
