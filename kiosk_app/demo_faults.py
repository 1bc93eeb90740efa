"""What may go wrong while the scripted citizen is at it: ``kiosk demo --headless --fault NAME``.

A script names its moments; a fault strikes at one of them, through the bench. What must be true afterwards is in
``expects``: the money agrees everywhere in every case, only the papers and the end of the payment differ.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from kiosk_app.demo_citizen import Citizen, VisitOver

RESTART = 40.0


@dataclass(frozen=True)
class Expects:
    """Final states that are right, and the papers there must be: receipt, slip (reference and telephone), voucher.

    ``pays``: money moves at all. ``retained``: permits that are in the box in the end.
    """

    states: frozenset[str] = frozenset({"settled"})
    slips: int = 1
    vouchers: int = 1
    pays: bool = True
    retained: int = 0


@dataclass(frozen=True)
class Fault:
    """``strikes``: what happens at which moment."""

    strikes: Mapping[str, Callable[[Citizen], Awaitable[None]]] = field(default_factory=dict)
    expects: Expects = Expects()


async def _slow(citizen: Citizen) -> None:
    await citizen.hand("network", "slow", milliseconds=4000)


async def _kill(citizen: Citizen) -> None:
    """The mains fail while the terminal holds the money and nothing is delivered; then they come back."""
    await citizen.picture("power-cut")
    before = (await citizen.bench_state())["kiosk"]["state"]["starts"]
    await citizen.hand("kiosk", "kill")
    await citizen.hand("network", "restore")
    await citizen.hand("id_card_reader", "lift")
    await citizen.on_bench(
        lambda bench: bench["kiosk"]["state"]["running"] and bench["kiosk"]["state"]["starts"] > before,
        "the kiosk to start again",
        within=RESTART,
    )
    await citizen.see("Attract", within=RESTART)
    await citizen.picture("after-restart")
    raise VisitOver


async def _cut(citizen: Citizen) -> None:
    await citizen.hand("network", "cut")


async def _restore(citizen: Citizen) -> None:
    await citizen.hand("network", "restore")


async def _unplug_receipts(citizen: Citizen) -> None:
    await citizen.hand("receipt_printer", "unplug")


async def _walk_away(citizen: Citizen) -> None:
    """Nobody touches anything any more: the permit comes out, is kept, and a slip says where to fetch it."""
    await citizen.on_bench(lambda bench: bench["permit_unit"]["state"]["box"], "the permit to be kept", within=150)
    await citizen.on_bench(lambda bench: bench["receipt_printer"]["papers"], "the slip", within=30)
    await citizen.picture("kept")
    await citizen.see("Attract", within=60)
    raise VisitOver


async def _pull_permit(citizen: Citizen) -> None:
    """A hand pulls the card as soon as rollers bring it within reach."""
    await citizen.touch("Consent", "decline")
    await citizen.on_bench(lambda bench: bench["permit_unit"]["state"]["moving"], "the permit to move", within=30)
    await citizen.hand("permit_unit", "pull")
    await citizen.picture("pulled")
    await citizen.touch("Sorry", "leave", within=30)
    await citizen.see("Attract", within=60)
    raise VisitOver


PAPER = Expects(slips=0, pays=False)
OF_SCRIPT: Mapping[str, Expects] = {
    "endorsement_declines_face": Expects(vouchers=0, pays=False),
    "progress": Expects(slips=0, vouchers=0, pays=False),
    "rights_record": PAPER,
    "insured_certificate": PAPER,
    "card_loss": Expects(vouchers=0, pays=False),
    "contribution": Expects(vouchers=0),
    "living_verification_declines_face": Expects(vouchers=0, pays=False),
}
"""What is right of a script that does not pay and print as fines do; a fault's own word goes before it."""
FAULTS: Mapping[str, Fault] = {
    "none": Fault(),
    "kill_during_payment": Fault(
        {"before_pin": _slow, "approved": _kill},
        Expects(states=frozenset({"settled", "reversed"}), vouchers=0),
    ),
    "central_down": Fault({"before_pin": _cut, "goodbye": _restore}),
    "permit_pulled": Fault({"inside": _pull_permit}, Expects(vouchers=0, pays=False)),
    "walks_away_with_permit_inside": Fault({"inside": _walk_away}, Expects(vouchers=0, pays=False, retained=1)),
    "receipt_printer_dead": Fault({"before_pin": _unplug_receipts}, Expects(slips=0)),
}
