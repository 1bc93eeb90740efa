"""Somebody with a travel permit at the stand, from the slot to the money; and what must be true when they are gone."""

import asyncio

from central.departments.exit_entry.tables import case as cases
from hardware.protocols.endorser import Position
from kiosk_app.contract.exit_entry import CaseState
from kiosk_app.custody_table import KIND
from kiosk_app.portrait.liveness import Gesture
from kiosk_app.views import ChooseMany, ChooseOne, Chosen, Consent, Leave, LivePortrait, Marked, Menu, PlaceCard
from tests.faces import Someone
from tests.stand import Stand

HK_ONCE, MO_ONCE = "HK.G.3m1", "MO.G.3m1"


class Traveller:
    """Somebody with a permit at the stand."""

    def __init__(self, stand: Stand, card: str = "li") -> None:
        self.stand, self.person, self.card = stand, stand.person, card
        stand.scene.enter(Someone(card))

    async def inserts(self, service: str = "endorsement") -> None:
        """Come, choose, put the permit in."""
        await self.person.comes()
        await self.stand.until(lambda: self.is_open(service))
        self.person.touches(Chosen(service))
        await self.puts_in()

    def is_open(self, service: str) -> bool:
        view = self.stand.glass.view
        return isinstance(view, Menu) and any(item.key == service and item.closed is None for item in view.items)

    async def puts_in(self) -> None:
        await self.person.sees(PlaceCard)
        await self.stand.until(lambda: self.stand.permit_unit.body.shutter)
        self.stand.permit_unit.insert(self.card)

    async def inserts_but_no_more(self, state: str, when: str) -> None:
        """Put it in, and leave or be gone, so that it comes to ``state``."""
        if state == "awaited":
            await self.person.comes()
            await self.stand.until(lambda: self.is_open("endorsement"))
            self.stand.cut_power_at(state, when=when)
            self.person.touches(Chosen("endorsement"))
            return
        self.stand.cut_power_at(state, when=when)
        await self.inserts()
        if state in {"returning", "retaining", "retained"}:
            await self.person.sees(Consent)
            self.person.touches(Leave())

    async def agrees(self) -> None:
        """Consent to the face check, and do what the picture asks for."""
        await self.person.sees(Consent)
        self.person.touches(Chosen("agree"))
        await self.person.sees(LivePortrait)
        await self.obeys()

    async def obeys(self) -> None:
        """Do what the picture asks for, as long as it is there."""
        asked: tuple[str, int] = ("", -1)
        while isinstance(self.stand.glass.view, LivePortrait):
            view = self.stand.glass.view
            if view.gesture and (view.gesture, view.done) != asked:
                asked = (view.gesture, view.done)
                await asyncio.sleep(0.6)
                await self.stand.scene.act(Gesture(view.gesture))
            await asyncio.sleep(0.02)

    async def chooses(self, *offers: str) -> None:
        """Destinations, then for each purpose and option; agree to what is replaced; confirm all."""
        places = tuple(dict.fromkeys(offer.partition(".")[0] for offer in offers))
        await self.person.sees(ChooseMany, "endorsement.destination.title")
        self.person.touches(Marked(places))
        for offer in offers:
            await self.person.sees(ChooseOne, "endorsement.purpose.title")
            self.person.touches(Chosen(offer.split(".")[1]))
            options = await self.person.sees(ChooseOne, "endorsement.option.title")
            self.person.touches(Chosen(offer))
            if any(row.key == offer and row.badge is not None for row in options.rows):
                await self.person.sees(Consent, "endorsement.replace.title")
                self.person.touches(Chosen("replace"))
        await self.person.sees(ChooseMany, "endorsement.confirm.title")
        self.person.touches(Marked(offers))

    async def comes_to_pay(self, *offers: str) -> None:
        """Everything up to the money."""
        await self.inserts()
        await self.agrees()
        await self.chooses(*(offers or (HK_ONCE,)))

    async def pays(self) -> None:
        await self.person.pays()

    async def takes(self) -> None:
        """The card from the exit, as soon as it is there."""
        await self.stand.until(lambda: self.stand.permit_unit.body.place is Position.EXIT, within=300)
        self.stand.permit_unit.take()

    # --- how it ended ---

    @property
    def back(self) -> tuple[str, ...]:
        """What stands on the card, wherever it is."""
        body = self.stand.permit_unit.body
        cards = [*body.cards.values(), *body.box, *([body.card] if body.card else [])]
        return next(card.back for card in cards if card.key == self.card)

    def places(self) -> list[str]:
        """The states that the newest stay walked through."""
        entries = self.stand.books_here.entries(kind=KIND)
        return [entry.state for entry in entries if entry.reference == entries[-1].reference]

    def has_it(self) -> bool:
        return self.card in self.stand.permit_unit.body.cards

    def case(self) -> CaseState:
        """What central says of the newest application."""
        with self.stand.engine.begin() as connection:
            rows = connection.execute(cases.select().order_by(cases.c.n)).all()
        return CaseState([row.state for row in rows if row.holder == f"sample-{self.card}"][-1])


async def at_rest(traveller: Traveller) -> None:
    """Everything reported, no card in the path without a record, none open."""
    stand = traveller.stand
    await stand.until(lambda: not stand.machine.waiting_reports())
    assert stand.machine.custody is not None
    await stand.until(lambda: not stand.machine.custody or not stand.machine.custody.open_stays, within=200)
    assert stand.permit_unit.body.card is None
    assert len(stand.machine.custody.retained()) == len(stand.permit_unit.body.box)
