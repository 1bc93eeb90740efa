"""For whom in the family? Their card on the reader, or their number typed; their masked name is asked back.

There is no letter on the keys: of a number that ends in X the first seventeen digits are typed, and only X fits them.
A slip of a finger is seen by the check digit (GB 11643), another person by the name.
"""

from dataclasses import replace

from kiosk_app.contract.social import AskFamilyDues, Dues
from kiosk_app.desk import Desk
from kiosk_app.devices import IdentityCard
from kiosk_app.errors import CentralRefused
from kiosk_app.id_numbers import BadIdNumber, check
from kiosk_app.local_time import LOCAL
from kiosk_app.services.steps.choose import typed
from kiosk_app.services.steps.identify import place_card
from kiosk_app.services.steps.insured import InsuredPerson
from kiosk_app.services.steps.look_up import look_up
from kiosk_app.views import Chosen, Consent, EnterNumber, Steps, Text, text

DIGITS = (17, 18)
POINTS = ("who", "number", "back")
WAYS = ("pay", "back")
TYPE = ""
UNKNOWN = "unknown-insured"


async def for_family(desk: Desk, payer: InsuredPerson, steps: Steps) -> Dues | None:
    """What can be paid for the person that was named and asked back; None for "back". Raises CentralRefused."""
    number, problem = await _on_card(desk, steps), None
    if number == payer.key.number:
        number, problem = TYPE, text("family.yourself")
    while number is not None:
        if number == TYPE:
            number = await _type(desk, payer, steps, problem)
            continue
        ask = AskFamilyDues(payer=payer.key, number=number)
        try:
            dues = await look_up(desk, ask, Dues, steps, detail=text("pay.nothing_taken"))
        except CentralRefused as refused:
            if refused.code != UNKNOWN:
                raise
            number, problem = TYPE, text("family.unknown")  # whose card said it is known: it is the other one
            continue
        return dues if dues is not None and await _is_meant(desk, dues.name, number, steps) else None
    return None


async def _on_card(desk: Desk, steps: Steps) -> str | None:
    """The number of the card that is laid now; TYPE for the other way, None for "back"."""
    card = await place_card(desk, steps, title=text("family.card.title"), other=text("family.card.other"), another=True)
    return card.number if isinstance(card, IdentityCard) else None if card is None else TYPE


async def _type(desk: Desk, payer: InsuredPerson, steps: Steps, problem: Text | None) -> str | None:
    """The number of somebody else than the payer; None for "back"."""
    view = EnterNumber(title=text("family.number.title"), hint=text("family.number.hint"), lengths=DIGITS, steps=steps)
    view = replace(view, problem=problem)
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
