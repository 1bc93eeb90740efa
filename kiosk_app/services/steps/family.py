"""For whom in the family? Their card on the reader, or their number typed; their masked name is asked back.

There is no letter on the keys: of a number that ends in X the first seventeen digits are typed, and only X fits them.
A slip of a finger is seen by the check digit (GB 11643), another person by the name.
"""

from dataclasses import replace

from kiosk_app.contract.social import AskFamilyDues, Dues
from kiosk_app.desk import Desk
from kiosk_app.devices import IdentityCard
from kiosk_app.id_numbers import BadIdNumber, check
from kiosk_app.local_time import LOCAL
from kiosk_app.services.steps.choose import typed
from kiosk_app.services.steps.identify import place_card
from kiosk_app.services.steps.insured import InsuredPerson
from kiosk_app.services.steps.look_up import look_up
from kiosk_app.views import Chosen, Consent, EnterNumber, Steps, text

DIGITS = (17, 18)
POINTS = ("who", "number", "back")
WAYS = ("pay", "back")


async def for_family(desk: Desk, payer: InsuredPerson, steps: Steps) -> Dues | None:
    """What can be paid for the person that was named and asked back; None for "back". Raises CentralRefused."""
    number = await _whose(desk, payer, steps)
    if number is None:
        return None
    ask = AskFamilyDues(payer=payer.key, number=number)
    dues = await look_up(desk, ask, Dues, steps, detail=text("pay.nothing_taken"))
    if dues is None or not await _is_meant(desk, dues.name, number, steps):
        return None
    return dues


async def _whose(desk: Desk, payer: InsuredPerson, steps: Steps) -> str | None:
    """The number of somebody else than the payer; None for "back"."""
    card = await place_card(desk, steps, title=text("family.card.title"), other=text("family.card.other"), another=True)
    if card is None:
        return None
    if isinstance(card, IdentityCard) and card.number != payer.key.number:
        return card.number
    view = EnterNumber(title=text("family.number.title"), hint=text("family.number.hint"), lengths=DIGITS, steps=steps)
    if isinstance(card, IdentityCard):
        view = replace(view, problem=text("family.yourself"))
    while True:
        number = await typed(desk, view)
        if number is None:
            return None
        full = number if len(number) == max(DIGITS) else f"{number}X"
        try:
            check(full, today=desk.clock.now().astimezone(LOCAL).date())
        except BadIdNumber:
            view = replace(view, problem=text("family.mistyped"))
            continue
        if full != payer.key.number:
            return full
        view = replace(view, problem=text("family.yourself"))


async def _is_meant(desk: Desk, name: str, number: str, steps: Steps) -> bool:
    """Whether the name that the department has is the one that is meant."""
    said = {"who": text("family.confirm.who", name=name), "number": text("family.confirm.number", ending=number[-4:])}
    view = Consent(
        title=text("family.confirm.title", name=name),
        points=tuple((text(f"family.confirm.about.{of}"), said.get(of, text("family.confirm.back"))) for of in POINTS),
        ways=tuple((way, text(f"family.way.{way}"), text(f"family.note.{way}")) for way in WAYS),
        steps=steps,
    )
    while (answer := await desk.ask(view)) not in {Chosen("pay"), Chosen("back")}:
        pass
    return answer == Chosen("pay")
