"""Where one can pay by code: the provider, and the line to central about orders."""

from typing import TYPE_CHECKING

from tests.worlds.faults.fault import Fault, after

if TYPE_CHECKING:
    from tests.worlds.world import World


async def provider_down(world: "World") -> None:
    """The payment provider does not answer central for a while."""
    await after(world, 5, 60)
    world.provider.set_faults(down=True)
    await after(world, 1, 600)
    world.provider.set_faults(down=False)


async def provider_slow(world: "World") -> None:
    """It answers late, or so late that central has given up."""
    await after(world, 0, 40)
    world.provider.set_faults(slow=world.random.choice((1.0, 3.0, 6.0)))
    await after(world, 10, 300)
    world.provider.set_faults(slow=0.0)


async def provider_answers_lost(world: "World") -> None:
    """It does what it was asked, and the answer is lost, again and again."""
    for _ in range(world.random.randint(1, 4)):
        await after(world, 0, 40)
        world.provider.set_faults(lose_answers=world.random.randint(1, 3))


async def provider_refuses_to_close(world: "World") -> None:
    """While a payment is under way it does not close the order."""
    world.provider.set_faults(in_flight="refuses")
    await after(world, 60, 600)


async def payment_after_close(world: "World") -> None:
    """It closes the order, and the payment that was under way arrives nevertheless."""
    world.provider.set_faults(in_flight="late")
    await after(world, 60, 600)


async def refunds_take_time(world: "World") -> None:
    """A refund is under way for a while."""
    world.provider.set_faults(refunds="processing")
    await after(world, 60, 600)
    world.provider.set_faults(refunds="ok")


async def refunds_refused(world: "World") -> None:
    """The merchant's balance does not cover a refund."""
    world.provider.set_faults(refunds="refuse")
    await after(world, 60, 600)
    world.provider.set_faults(refunds="ok")


async def provider_names_another_amount(world: "World") -> None:
    """What was paid is not what was asked for, the provider says."""
    await after(world, 5, 60)
    world.provider.set_faults(wrong_amount=True)
    await after(world, 60, 200)


async def answers_about_orders_lost(world: "World") -> None:
    """Central's answers about orders are lost on the way to the kiosk."""
    for _ in range(world.random.randint(1, 3)):
        await after(world, 0, 40)
        world.network.lose_next = f"/orders/{world.random.choice(('create', 'query', 'close', 'refund'))}"


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
