"""What every paid service has in common for a citizen: the card terminal, the papers, the way out."""

from typing import Any

from kiosk_app.demo_citizen import Citizen

BANK_CARD, PIN = "debit", "1234"


def terminal(bench: dict[str, Any]) -> dict[str, Any]:
    """The card terminal as the bench shows it."""
    state: dict[str, Any] = bench["card_terminal"]["state"]
    return state


async def pay_by_card(citizen: Citizen) -> None:
    """Insert the bank card, type the PIN, take the card back."""
    await citizen.see("Pay")
    await citizen.picture("pay")
    await citizen.hand("card_terminal", "insert", card=BANK_CARD)
    await citizen.moment("before_pin")
    for digit in PIN:
        await citizen.hand("card_terminal", "press", key=digit)
    await citizen.hand("card_terminal", "press", key="ok")
    await citizen.on_bench(lambda bench: terminal(bench)["ledger"], "the terminal to take the money")
    await citizen.picture("paid")
    await citizen.moment("approved")
    await citizen.hand("card_terminal", "remove")


async def take_everything(citizen: Citizen) -> None:
    """Ask for the voucher, take papers and card, say goodbye."""
    await citizen.see("Done", within=30)
    await citizen.picture("done")
    await citizen.touch("Done", "document")
    await citizen.on_bench(lambda bench: bench["document_printer"]["papers"], "the voucher", within=30)
    await citizen.see("Done", target="other", within=30)
    await citizen.picture("voucher")
    for printer in ("receipt_printer", "document_printer"):
        await citizen.hand(printer, "take_paper")
    await citizen.hand("id_card_reader", "lift")
    await citizen.moment("goodbye")
    await citizen.touch("Done", "leave")
    await citizen.see("Attract")
    await citizen.picture("goodbye")
