"""What is wanted of what central offers: destination, purpose, entries and validity, one decision per screen.

Nothing is offered that central did not offer, and what it refuses is shown with the reason, behind what can be had. An
endorsement that would take the place of an unused one is agreed to by itself, and before anything is paid
(``domain.md`` 4.3). The last screen shows everything with its fee; nothing is asked after it.
"""

from kiosk_app.contract.exit_entry import ApprovedItem, Holder, Offer
from kiosk_app.desk import Desk
from kiosk_app.money.amounts import Fen
from kiosk_app.papers.permits import Endorsed, destination, entries, purpose, term
from kiosk_app.services.steps.choose import one_of
from kiosk_app.services.steps.shown import day
from kiosk_app.views import Back, Choice, ChooseMany, ChooseOne, Chosen, Consent, Marked, Steps, Text, text

GROUP = "L"
"""Of no use to whoever travels alone (``domain.md`` 4.2)."""


async def choose_endorsements(desk: Desk, holder: Holder, steps: Steps) -> list[Offer]:
    """What the citizen wants and confirmed; empty for "back". Raises Left, WalkedAway."""
    places = list(dict.fromkeys(offer.destination for offer in holder.offers))
    while True:
        chosen = places if len(places) == 1 else await _destinations(desk, holder, places, steps)
        wanted: list[Offer] = []
        for place in chosen:
            offer = await _of_one(desk, [one for one in holder.offers if one.destination == place], steps)
            if offer is None:
                break
            wanted.append(offer)
        if not chosen or (len(places) == 1 and not wanted):
            return []
        if len(wanted) == len(chosen) and (sure := await _confirmed(desk, holder, wanted, steps)):
            return sure


async def _destinations(desk: Desk, holder: Holder, places: list[str], steps: Steps) -> list[str]:
    rows = []
    for place in places:
        open_ = any(not offer.refused for offer in holder.offers if offer.destination == place)
        chinese, english = destination(place)
        refused = None if open_ else text("endorsement.refused.nothing")
        rows.append(Choice(key=place, title=chinese, title_en=english, refused=refused))
    view = ChooseMany(
        title=text("endorsement.destination.title", name=holder.name),
        subtitle=text("endorsement.destination.subtitle"),
        rows=tuple(rows),
        action=text("endorsement.destination.action"),
        summary=text("endorsement.destination.selected"),
        steps=steps,
    )
    while True:
        answer = await desk.ask(view)
        if isinstance(answer, Back):
            return []
        if isinstance(answer, Marked) and (keys := [place for place in places if place in answer.keys]):
            return keys


async def _of_one(desk: Desk, offers: list[Offer], steps: Steps) -> Offer | None:
    """One endorsement for one destination; None for "back"."""
    letters = list(dict.fromkeys(offer.purpose for offer in offers))
    place = text(f"endorsement.place.{offers[0].destination}")
    while True:
        letter = letters[0] if len(letters) == 1 else await _purpose(desk, offers, letters, place, steps)
        if letter is None:
            return None
        of_it = [offer for offer in offers if offer.purpose == letter]
        view = ChooseOne(
            title=text("endorsement.option.title", place=place),
            subtitle=text("endorsement.option.subtitle"),
            rows=tuple(row(offer) for offer in sorted(of_it, key=lambda offer: bool(offer.refused))),
            steps=steps,
        )
        answer = await desk.ask(view)
        found = [offer for offer in of_it if answer == Chosen(offer.id) and not offer.refused]
        if found and await _replacing(desk, found[0], steps):
            return found[0]
        if isinstance(answer, Back) and len(letters) == 1:
            return None


async def _purpose(desk: Desk, offers: list[Offer], letters: list[str], place: Text, steps: Steps) -> str | None:
    rows = []
    for letter in letters:
        reasons = {offer.refused for offer in offers if offer.purpose == letter}
        chinese, english = purpose(letter)
        why = None if "" in reasons else text(f"endorsement.refused.{min(reasons)}")
        lines = (text("endorsement.purpose.group"),) if letter == GROUP else ()
        rows.append(Choice(key=letter, title=chinese, title_en=english, lines=lines, refused=why))
    rows.sort(key=lambda row: row.refused is not None)
    view = ChooseOne(title=text("endorsement.purpose.title", place=place), rows=tuple(rows), steps=steps)
    return await one_of(desk, view)


async def _replacing(desk: Desk, offer: Offer, steps: Steps) -> bool:
    """Whether the citizen gives up what it takes the place of; nothing to ask if it takes nobody's."""
    if not offer.replaces:
        return True
    view = Consent(
        title=text("endorsement.replace.title"),
        points=((text("endorsement.replace.what"), text("endorsement.replace.said", count=len(offer.replaces))),),
        ways=(
            ("replace", text("endorsement.replace.agree"), text("endorsement.replace.agree_leads")),
            ("keep", text("endorsement.replace.keep"), text("endorsement.replace.keep_leads")),
        ),
        steps=steps,
    )
    return await desk.ask(view) == Chosen("replace")


async def _confirmed(desk: Desk, holder: Holder, wanted: list[Offer], steps: Steps) -> list[Offer]:
    """What is left of it on the last screen; empty for "back"."""
    view = ChooseMany(
        title=text("endorsement.confirm.title", name=holder.name),
        subtitle=text("endorsement.confirm.subtitle"),
        rows=tuple(row(offer, whole=True) for offer in wanted),
        marked=tuple(offer.id for offer in wanted),
        action=text("endorsement.confirm.action"),
        summary=text("endorsement.confirm.selected"),
        steps=steps,
    )
    while True:
        answer = await desk.ask(view)
        if isinstance(answer, Back):
            return []
        if isinstance(answer, Marked) and (sure := [offer for offer in wanted if offer.id in answer.keys]):
            return sure


def row(offer: Offer, *, whole: bool = False) -> Choice:
    """One offer; ``whole``: with destination and purpose. What cannot be had says why."""
    names = [(destination(offer.destination)), (purpose(offer.purpose))] if whole else []
    times = entries(offer.entries, weekly=offer.weekly)
    long = ("", "") if offer.shortened else term(offer.months)  # as the counter calls it: 三个月一次
    names.append((f"{long[0]}{times[0]}", ", ".join(filter(None, (long[1], times[1])))))
    stay = (text("endorsement.row.stay", days=offer.stay),) if offer.stay else ()
    if offer.refused == "waiting_time" and offer.earliest is not None:
        refused: Text | None = text("endorsement.refused.waiting_until", date=day(offer.earliest))
    else:
        refused = text(f"endorsement.refused.{offer.refused}") if offer.refused else None
    badge = text("endorsement.row.replaces") if offer.replaces else None
    return Choice(
        key=offer.id,
        title=" · ".join(chinese for chinese, _ in names),
        title_en=" · ".join(english for _, english in names),
        lines=(
            text(
                "endorsement.row.shortened" if offer.shortened else "endorsement.row.until", date=day(offer.valid_until)
            ),
            *stay,
        ),
        amount=Fen(offer.fee),
        badge=badge,
        refused=refused,
    )


def endorsed(item: ApprovedItem) -> Endorsed:
    """One approved endorsement for the papers."""
    return Endorsed(
        number=item.number,
        destination=item.destination,
        purpose=f"{purpose(item.purpose)[0]}({item.purpose})",
        entries=entries(item.entries, weekly=item.weekly)[0],
        valid_until=day(item.valid_until),
        fee=Fen(item.fee),
    )


def fact(item: ApprovedItem) -> Text:
    """The same for the last view."""
    return text(
        "endorsement.fact.item",
        place=text(f"endorsement.place.{item.destination}"),
        purpose=text(f"endorsement.purpose.{item.purpose}"),
        date=day(item.valid_until),
    )
