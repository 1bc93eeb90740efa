"""The person of a world: pays fines, a contribution or copies, hesitates, cancels, walks away, forgets a card."""

import asyncio
from typing import TYPE_CHECKING

from central.departments.samples import HO
from kiosk_app.portrait.liveness import Gesture
from kiosk_app.views import (
    Attract,
    Back,
    ChooseMany,
    ChooseOne,
    Chosen,
    Consent,
    Done,
    EnterNumber,
    IdleWarning,
    Intent,
    Leave,
    LivePortrait,
    Marked,
    Menu,
    Pay,
    PayCode,
    PayWay,
    PlaceCard,
    Sorry,
    Table,
    Typed,
    View,
)
from tests.faces import Someone
from tests.worlds import papers

if TYPE_CHECKING:
    from tests.worlds.world import World

CARD = "zhang"
RELATIVE = HO.id_number
"""Of whoever pays for somebody in the family."""
BANK_CARD = "sample"
PIN = "123456"
LONGEST_VISIT = 1800.0


class Citizen:
    """Answers every view of a :class:`tests.people.ScriptedScreen`."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._here = False
        self._begun = False
        self._asked = ("", -1)
        self._scanned: set[str] = set()
        self._gone = asyncio.Event()

    async def visit(self) -> None:
        """Come, do what the machine allows, go; never longer than LONGEST_VISIT."""
        self._world.scene.enter(Someone(self._world.plan.permit or CARD))
        self._here, self._begun = True, False
        self._gone = asyncio.Event()
        try:
            async with asyncio.timeout(LONGEST_VISIT):
                await self._gone.wait()
        except TimeoutError:
            self._leave()
        await asyncio.sleep(self._world.random.uniform(1, 120))

    def _leave(self) -> None:
        self._here = False
        self._world.id_card_reader.lift()
        self._gone.set()

    async def answer(self, view: View) -> Intent | None:
        """What this person does when they see ``view``; None: nothing, only looks."""
        if not self._here:
            await self._only_look()
        await asyncio.sleep(self._world.random.uniform(0.3, 4.0))
        if not isinstance(view, Attract) and self._world.random.random() < self._world.plan.walks_away:
            self._leave()
            await self._only_look()
        match view:
            case Attract() if self._begun:
                self._leave()
            case Attract():
                self._begun = True
                return Chosen("begin")
            case Menu():
                return self._at_menu(view)
            case _ if self._world.plan.papers and (intent := papers.answer(self._world, view)) is not None:
                return intent
            case PlaceCard(slot="permit_unit"):
                return self._at_slot(view)
            case LivePortrait() if view.gesture == "":
                self._asked = ("", -1)
            case ChooseOne() | EnterNumber() | Table() if self._world.plan.asks:
                return self._asked_for(view)
            case Consent() | ChooseOne() | LivePortrait() | ChooseMany() if self._world.plan.permit:
                return await self._wants(view)
            case ChooseOne() if self._world.plan.insured:
                return await self._wants(view)
            case Consent() if self._world.plan.insured:
                return Chosen("pay" if self._world.random.random() < 0.8 else "back")
            case PlaceCard() if (intent := self._at_reader(view)) is not None:
                return intent
            case ChooseMany():
                keys = tuple(row.key for row in view.rows if row.refused is None)
                return Marked(keys) if keys else Leave()
            case EnterNumber() if view.title.id == "family.number.title":
                return Typed(RELATIVE)
            case EnterNumber():
                return Leave() if view.problem else Typed("440703100000018")
            case PayWay():
                return Chosen(self._world.random.choice([*view.ways[1:], view.ways[-1], view.ways[0]]))
            case PayCode() if (intent := self._with_telephone(view)) is not None:
                return intent
            case Pay() if (intent := self._at_terminal(view)) is not None:
                return intent
            case Done():
                return self._at_the_end(view)
            case Sorry(leave=False):
                await asyncio.sleep(90)
                self._leave()
            case Sorry():
                again = any(key == "again" for key, _ in view.actions) and self._world.random.random() < 0.5
                return Chosen("again") if again else Leave()
            case IdleWarning():
                return Leave()
            case _:
                pass
        await self._only_look()
        return None

    async def _only_look(self) -> None:
        await asyncio.get_running_loop().create_future()

    def _at_menu(self, view: Menu) -> Intent:
        world = self._world
        owed = world.random.random() < 0.2
        key = "contribution" if world.plan.insured else "traffic_fines"
        key = "record_copies" if world.plan.asks else key
        if world.plan.papers:
            key = papers.SERVICE
        if world.plan.permit:
            key = "progress" if owed else "endorsement"
        wanted = next((item for item in view.items if item.key == key), None)  # one that is data comes with the rest
        return Leave() if wanted is None or wanted.closed else Chosen(wanted.key)

    def _at_slot(self, view: PlaceCard) -> Intent | None:
        """Put the permit in if it is in hand; who has none any more goes."""
        unit = self._world.permit_unit
        if self._world.plan.permit not in unit.body.cards:
            return Leave()
        unit.insert(self._world.plan.permit)
        return None if view.problem is None else Leave()

    async def _wants(self, view: View) -> Intent | None:
        """What this person chooses on the way to an endorsement; the face check is passed by doing what is asked."""
        random = self._world.random
        match view:
            case Consent():
                leads_on = "agree" if view.title.id == "consent.title" else "replace"
                other = next(way for way, _, _ in view.ways if way != leads_on)
                return Chosen(leads_on if random.random() < 0.7 else other)
            case ChooseOne():
                open_ = [row.key for row in view.rows if row.refused is None]
                return Chosen(random.choice(open_)) if open_ else Leave()
            case ChooseMany():
                keys = tuple(row.key for row in view.rows if row.refused is None)
                return Marked(keys) if keys else Leave()
            case LivePortrait() if view.gesture:
                if (view.gesture, view.done) != self._asked:
                    self._asked = (view.gesture, view.done)
                    self._world.soon(self._world.scene.act(Gesture(view.gesture)))
            case _:
                pass
        await self._only_look()
        return None

    def _asked_for(self, view: ChooseOne | EnterNumber | Table) -> Intent:
        """Answer whatever a service that is data asks; sometimes go back to the question before."""
        random = self._world.random
        if random.random() < 0.1:
            return Back()
        match view:
            case ChooseOne():
                return Chosen(random.choice([row.key for row in view.rows]))
            case EnterNumber():
                return Typed("13900001234" if 11 in view.lengths else random.choice("12345"))
            case Table():
                return Chosen(view.actions[-1][0])

    def _at_reader(self, view: PlaceCard) -> Intent | None:
        reader = self._world.id_card_reader
        if view.title.id == "family.card.title":  # theirs is at home
            return Chosen("other")
        if view.problem is not None:
            reader.lift()
        if self._world.random.random() < 0.1 and (view.other is not None or not self._world.plan.insured):
            return Chosen("other")
        reader.lay(self._world.plan.insured or self._world.plan.permit or CARD)
        return None

    def _at_terminal(self, view: Pay) -> Intent | None:
        terminal = self._world.card_terminal
        match view.title.id.removeprefix("pay.title."):
            case "insert_card" if view.cancellable and self._world.random.random() < 0.1:
                return Leave()
            case "insert_card":
                terminal.insert(BANK_CARD)
            case "enter_pin" | "wrong_pin":
                terminal.type_pin(PIN if self._world.random.random() < 0.9 else "000000")
            case "look_at_terminal" if terminal.stage == "card":
                terminal.insert(BANK_CARD)
            case "look_at_terminal" if terminal.stage == "pin":
                terminal.type_pin(PIN)
            case "remove_card" | "approved" | "declined":
                terminal.remove_card()
            case _:
                pass
        return None

    def _with_telephone(self, view: PayCode) -> Intent | None:
        """Scan once, and mostly pay; some cancel, some do both at once, some pay much later."""
        world = self._world
        if not view.code or view.code in self._scanned:
            return None
        self._scanned.add(view.code)
        lag = world.random.choice((0.0, 0.0, 0.1, 3.0, 40.0))
        drawn = world.random.choices(("pay", "race", "cancel", "later", "nothing"), (6, 2, 1, 1, 1))[0]
        match world.plan.telephone or drawn:
            case "pay":
                world.pay_later(view.code, 0.0, lag)
            case "race":
                world.pay_later(view.code, world.random.uniform(0.0, 0.8), lag)
                return Leave()
            case "cancel":
                return Leave()
            case "later":
                world.pay_later(view.code, world.random.uniform(60, 125), lag)
            case _:
                pass
        return None

    def _at_the_end(self, view: Done) -> Intent:
        world = self._world
        world.card_terminal.remove_card()
        world.receipt_printer.take_paper()
        if world.random.random() < 0.9:
            world.id_card_reader.lift()
        offered = [key for key, _ in view.actions]
        if "document" in offered and world.random.random() < 0.2:
            return Chosen("document")
        return Chosen("other") if world.random.random() < 0.1 else Leave()
