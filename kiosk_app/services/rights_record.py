"""The rights record (个人权益记录): what was paid for somebody, by year and by month, to see and to take home.

The counter's procedure (``domain.md`` 6.1): who is it; the record; look at it, an insurance at a time, as a table or as
a picture, and a year month by month; print what is shown: the whole record, or one year's contributions. Everything
comes with one answer of the department, so that no touch after the first waits for anybody.
"""

from functools import partial

from kiosk_app.contract.social import AskRecord, Record
from kiosk_app.desk import Desk
from kiosk_app.papers.rights import Holder, Issue, contribution_history, rights_record
from kiosk_app.services.rights_pages import PRINT, Place, page_of
from kiosk_app.services.steps.counter import reference_now
from kiosk_app.services.steps.hand_out import hand_out
from kiosk_app.services.steps.insured import InsuredPerson, ask_about_insured
from kiosk_app.services.steps.pages import read_page
from kiosk_app.views import Done, Steps, text

STEPS = tuple(text(f"rights.step.{name}") for name in ("identify", "read", "print"))
CARD, READ, PAPER = (Steps(STEPS, at) for at in range(3))


async def show_rights_record(desk: Desk) -> bool:
    """The whole procedure; True if the citizen wants another service afterwards."""
    found = await ask_about_insured(desk, AskRecord, Record, CARD)
    if found is None:
        return True
    person, record = found
    place: Place | None = Place()
    while place is not None:
        touched = await read_page(desk, page_of(record, place, READ))
        if touched == PRINT:
            return await print_it(desk, person, record, place)
        place = place.to(touched) if touched is not None else place.back()
    return True


async def print_it(desk: Desk, person: InsuredPerson, record: Record, place: Place) -> bool:
    """The whole record, or the year that is shown; True for another service. Raises Left."""
    holder = Holder(person.name, person.key.number)
    issue = Issue(desk.site.name, desk.site.hotline, reference_now(desk), desk.clock.now())
    make = partial(rights_record, holder, record, issue)
    if place.year:
        make = partial(contribution_history, holder, record, place.insurance, place.year, issue)
    view = Done(title=text("rights.done.printed"), facts=(text("rights.fact.own_use"),), steps=PAPER)
    return await hand_out(desk, "record", make, view, lambda outcome: text(f"rights.done.{outcome}"))
