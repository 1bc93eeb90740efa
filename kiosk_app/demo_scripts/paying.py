"""What every paid service has in common for a citizen: card or telephone, the papers, the way out."""

from typing import Any

from kiosk_app.demo_citizen import Citizen
from kiosk_app.demo_papers import take_papers
from kiosk_app.demo_scripts.coming import leave

BANK_CARD, PIN = "sample", "123456"


def terminal(bench: dict[str, Any]) -> dict[str, Any]:
    """The card terminal as the bench shows it."""
    state: dict[str, Any] = bench["card_terminal"]["state"]
    return state


async def pay_by_card(citizen: Citizen) -> None:
    """Choose the card, insert it, type the PIN, take it back."""
    await citizen.touch("PayWay", "card")
    await citizen.see("Pay")
    await citizen.picture("pay")
    await citizen.hand("card_terminal", "insert", card=BANK_CARD)
    await citizen.on_bench(lambda bench: terminal(bench)["stage"] == "pin", "the terminal to ask for the PIN")
    await citizen.moment("before_pin")
    await citizen.hand("card_terminal", "type_pin", pin=PIN)
    await citizen.on_bench(lambda bench: terminal(bench)["ledger"], "the terminal to take the money")
    await citizen.picture("paid")
    await citizen.moment("approved")
    await citizen.hand("card_terminal", "remove_card")


async def pay_by_code(citizen: Citizen) -> None:
    """Choose the telephone, scan the code, confirm."""
    await citizen.answer("PayWay", "wechat", picture="way")
    await citizen.see("PayCode", target="leave")
    bill = await citizen.bill()
    await citizen.picture("code")
    await citizen.moment("before_scan")
    await citizen.confirm(bill)
    await citizen.moment("approved")


async def take_everything(citizen: Citizen) -> None:
    """Ask for the voucher, take papers and card, say goodbye."""
    await citizen.see("Done", within=30)
    await citizen.picture("done")
    await citizen.touch("Done", "document")
    await citizen.on_bench(lambda bench: bench["document_printer"]["papers"], "the voucher", within=30)
    await citizen.see("Done", target="other", within=30)
    await citizen.picture("voucher")
    await take_papers(citizen)
    await citizen.hand("id_card_reader", "lift")
    await citizen.moment("goodbye")
    await leave(citizen, "Done")
