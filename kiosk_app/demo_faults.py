"""What may go wrong while the scripted citizen is at it: ``kiosk demo --headless --fault NAME``.

A script names its moments; a fault strikes at one of them, through the bench. What must be true afterwards is in
``expects``: the money agrees everywhere in every case, only the papers and the end of the payment differ.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from kiosk_app.demo_citizen import Citizen, VisitOver
from kiosk_app.demo_scripts.endorsement import declines
from kiosk_app.demo_scripts.papers import send_again

RESTART = 40.0


@dataclass(frozen=True)
class Expects:
    """Final states that are right, and the papers there must be: receipt, slip (reference and telephone), voucher.

    ``pays``: money moves at all. ``retained``: permits that are in the box in the end. ``free``: so many papers are of
    visits that cost nothing, beside others that did: they bear no reference.
    """

    states: frozenset[str] = frozenset({"settled"})
    slips: int = 1
    vouchers: int = 1
    pays: bool = True
    retained: int = 0
    free: int = 0


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
    await _cut_power(citizen)
    await citizen.see("Attract", within=RESTART)
    await citizen.picture("after-restart")
    raise VisitOver


async def _cut_power(citizen: Citizen) -> None:
    """The kiosk is dead at once, and starts again."""
    before = (await citizen.bench_state())["kiosk"]["state"]["starts"]
    await citizen.hand("kiosk", "kill")
    await citizen.hand("network", "restore")
    await citizen.hand("id_card_reader", "lift")
    await citizen.on_bench(
        lambda bench: bench["kiosk"]["state"]["running"] and bench["kiosk"]["state"]["starts"] > before,
        "the kiosk to start again",
        within=RESTART,
    )


async def _kill_while_printing(citizen: Citizen) -> None:
    """The same while the head is on the card: it finishes alone, and the kiosk asks it first of all what it did."""
    await citizen.picture("power-cut")
    await _cut_power(citizen)
    await _takes_permit(citizen, "after-restart")
    await citizen.see("Attract", within=RESTART)
    raise VisitOver


async def _takes_permit(citizen: Citizen, name: str) -> None:
    """From the exit, as soon as it is there."""
    await citizen.on_bench(
        lambda bench: bench["permit_unit"]["state"]["position"] == "EXIT", "the permit to come out", within=120
    )
    await citizen.picture(name)
    await citizen.hand("permit_unit", "take")


async def _arm_jam(citizen: Citizen) -> None:
    await citizen.hand("permit_unit", "jam", at="print")


async def _wait_for_jam(citizen: Citizen) -> None:
    """The card sticks after the payment: the money goes back, two slips say it, and somebody frees the card."""
    await citizen.on_bench(
        lambda bench: bench["permit_unit"]["state"]["position"] == "JAMMED", "the permit to stick", within=60
    )
    await citizen.see("Sorry", within=30)
    await citizen.picture("stuck")
    await citizen.touch("Sorry", "leave", within=60)
    await citizen.picture("given-back")
    await citizen.hand("card_terminal", "remove_card")
    await citizen.hand("permit_unit", "clear_jam")
    await _takes_permit(citizen, "freed")
    await citizen.see("Attract", within=60)
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
    await declines(citizen)
    await citizen.on_bench(lambda bench: bench["permit_unit"]["state"]["moving"], "the permit to move", within=30)
    await citizen.hand("permit_unit", "pull")
    await citizen.picture("pulled")
    await citizen.touch("Sorry", "leave", within=30)
    await citizen.see("Attract", within=60)
    raise VisitOver


NOTHING, SHEET, SLIP = (Expects(slips=slips, vouchers=sheets, pays=False) for slips, sheets in ((0, 0), (0, 1), (1, 0)))
PAID = Expects(vouchers=0)
OF_SCRIPTS: Mapping[str, Expects] = {
    "endorsement": PAID,
    "endorsement_by_identity_card": PAID,
    "endorsement_declines_face": SLIP,
    "progress": PAID,
    "id_photo": SHEET,
    "rights_record": SHEET,
    "contribution_history": SHEET,
    "insured_certificate": SHEET,
    "living_verification": SLIP,
    "living_verification_declines_face": SLIP,
    "card_loss": SLIP,
    "card_found": SLIP,
    "card_activation": SLIP,
    "card_pin": SLIP,
    "contribution": PAID,
    "contribution_family": PAID,
    "pension_payments": NOTHING,
    "medical_account": NOTHING,
    "social_state": NOTHING,
    "reprint": Expects(slips=2),
    "reprint_record": Expects(slips=0, vouchers=2, pays=False),
    "guide": SLIP,
    "complaint": SLIP,
    "complaint_by_card": SLIP,
    "places": NOTHING,
    "appointment": SLIP,
    "record_copies": PAID,
    "file_transfer": Expects(pays=False),
    "case_papers": SLIP,
}
"""What is right of a script that is not about fines; a fault's own word goes before it."""


def after(scripts: Sequence[str]) -> Expects:
    """What is right of these scripts, one after the other."""
    every = [OF_SCRIPTS.get(script, Expects()) for script in scripts]
    return Expects(
        slips=sum(one.slips for one in every),
        vouchers=sum(one.vouchers for one in every),
        pays=any(one.pays for one in every),
        free=sum(one.slips + one.vouchers for one in every if not one.pays) if any(one.pays for one in every) else 0,
    )


FAULTS: Mapping[str, Fault] = {
    "none": Fault(),
    "kill_during_payment": Fault(
        {"before_pin": _slow, "approved": _kill},
        Expects(states=frozenset({"settled", "reversed"}), vouchers=0),
    ),
    "kill_during_printing": Fault({"printing": _kill_while_printing}, Expects(vouchers=0)),
    "printer_jam_after_payment": Fault(
        {"before_pin": _arm_jam, "approved": _wait_for_jam},
        Expects(states=frozenset({"reversed"}), slips=2, vouchers=0),
    ),
    "central_down": Fault({"before_pin": _cut, "goodbye": _restore}),
    "permit_pulled": Fault({"inside": _pull_permit}, Expects(vouchers=0, pays=False)),
    "walks_away_with_permit_inside": Fault({"inside": _walk_away}, Expects(vouchers=0, pays=False, retained=1)),
    "line_lost_while_sending": Fault({"last_look": _cut, "sending": send_again}, Expects(vouchers=0, pays=False)),
    "receipt_printer_dead": Fault({"before_pin": _unplug_receipts}, Expects(slips=0)),
}
