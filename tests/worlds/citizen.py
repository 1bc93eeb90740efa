"""The person of a world: comes for something, hesitates, cancels, walks away, forgets a card, pays or does not."""

import asyncio
from collections import Counter
from itertools import cycle
from random import Random
from typing import TYPE_CHECKING

from kiosk_app.portrait.liveness import Gesture
from kiosk_app.session import CARD_OUT
from kiosk_app.views import (
    Attract,
    Bars,
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
    Menu,
    Pay,
    PayCode,
    PayWay,
    PlaceCard,
    PortraitReview,
    Rated,
    Sorry,
    Table,
    View,
)
from tests.faces import Someone
from tests.worlds import papers
from tests.worlds.habits import Habits

if TYPE_CHECKING:
    from tests.worlds.world import World

BANK_CARD = "sample"
PIN = "123456"
LONGEST_VISIT = 1800.0


class Citizen:
    """Answers every view of a :class:`tests.people.ScriptedScreen`.

    ``began``: how often each service was begun; ``rated``: how often a face was touched at the end.
    """

    def __init__(self, world: "World") -> None:
        self._world = world
        self.habits = Habits(Random(f"habits {world.plan} {world.random.getrandbits(32)}"))
        self.began: Counter[str] = Counter()
        self.rated = 0
        self._errands = cycle(world.plan.errands)
        self._errand = ""
        self._here = asyncio.Event()
        self._begun = False
        self._asked = ("", -1)
        self._scanned: set[str] = set()
        self._gone = asyncio.Event()

    async def visit(self) -> None:
        """Come, do what the machine allows, go; never longer than LONGEST_VISIT."""
        self._world.scene.enter(Someone(self._world.plan.person))
        self._begun, self._errand = False, next(self._errands)
        self._gone.clear()
        self._here.set()
        try:
            async with asyncio.timeout(LONGEST_VISIT):
                await self._gone.wait()
        except TimeoutError:
            self._leave()
        await asyncio.sleep(self._world.random.uniform(1, 120))

    def _leave(self) -> None:
        self._here.clear()
        self._world.id_card_reader.lift()
        self._gone.set()

    async def answer(self, view: View) -> Intent | None:
        """What this person does when they see ``view``; None: nothing, only looks."""
        await self._here.wait()
        await asyncio.sleep(self._world.random.uniform(0.3, 4.0))
        if not isinstance(view, Attract) and self._world.random.random() < self._world.plan.walks_away:
            self._leave()
            await self._only_look()
        match view:
            case Attract() if self._begun:
                return await self._comes_again(view)
            case Attract():
                self._begun = True
                return Chosen("begin")
            case Menu():
                return self._at_menu(view)
            case _ if self._errand == papers.SERVICE and (intent := papers.answer(self._world, view)) is not None:
                return intent
            case PlaceCard(slot="permit_unit"):
                return self._at_slot(view)
            case PlaceCard() if (intent := self._at_reader(view)) is not None:
                return intent
            case LivePortrait():
                self._obey(view)
            case PayWay():
                return Chosen(self._world.random.choice([*view.ways[1:], view.ways[-1], view.ways[0]]))
            case PayCode() if (intent := self._with_telephone(view)) is not None:
                return intent
            case Pay() if (intent := self._at_terminal(view)) is not None:
                return intent
            case Done(title=CARD_OUT.title):  # a hand is at the exit, and nothing is to be touched
                return await self._comes_again(view)
            case Done():
                return self._at_the_end(view)
            case Sorry(leave=False):
                await asyncio.sleep(90)
                return await self._comes_again(view)
            case Sorry():
                return self._after_trouble(view)
            case IdleWarning():
                return Leave()
            case _ if (intent := self._at_any_page(view)) is not None:
                return intent
        await self._only_look()
        return None

    async def _comes_again(self, view: View) -> Intent | None:
        """Go; whoever comes next stands before the same."""
        self._leave()
        return await self.answer(view)

    def _at_any_page(self, view: View) -> Intent | None:
        match view:
            case Consent():
                return self.habits.agrees(view)
            case ChooseOne():
                return self.habits.chooses(view)
            case ChooseMany():
                return self.habits.marks(view)
            case Table() | Bars():
                return self.habits.reads(view)
            case EnterNumber():
                return self.habits.types(view)
            case PortraitReview():
                return self.habits.reviews(view)
            case _:
                return None

    async def _only_look(self) -> None:
        await asyncio.get_running_loop().create_future()

    def _at_menu(self, view: Menu) -> Intent:
        key = self._errand
        if key == "endorsement" and self._world.random.random() < 0.2:
            key = "progress"
        wanted = next((item for item in view.items if item.key == key), None)  # one that is data comes with the rest
        if wanted is None or wanted.closed:
            return Leave()
        self.began[key] += 1
        return Chosen(key)

    def _at_slot(self, view: PlaceCard) -> Intent | None:
        """Put the permit in if it is in hand; who has none any more goes."""
        unit = self._world.permit_unit
        if self._world.plan.permit not in unit.body.cards:
            return Leave()
        unit.insert(self._world.plan.permit)
        return None if view.problem is None else Leave()

    def _obey(self, view: LivePortrait) -> None:
        """The face check is passed by doing what is asked, once."""
        if view.gesture and (view.gesture, view.done) != self._asked:
            self._world.soon(self._world.scene.act(Gesture(view.gesture)))
        self._asked = (view.gesture, view.done)

    def _after_trouble(self, view: Sorry) -> Intent:
        """Try again, or give up, or something else, or go."""
        keys = [key for key, _ in view.actions]
        for key, chance in (("again", 0.5), ("back", 0.5), ("other", 0.2)):
            if key in keys and self._world.random.random() < chance:
                return Chosen(key)
        return Leave()

    def _at_reader(self, view: PlaceCard) -> Intent | None:
        reader = self._world.id_card_reader
        if view.title.id == "family.card.title":  # theirs is at home
            return Chosen("other")
        if view.problem is not None:
            reader.lift()
        if self._world.random.random() < 0.1 and view.other is not None:
            return Chosen("other")
        reader.lay(self._world.plan.person)
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
        self.habits.remembers(view)
        world.card_terminal.remove_card()
        world.receipt_printer.take_paper()
        world.document_printer.take_paper()
        if world.random.random() < 0.9:
            world.id_card_reader.lift()
        offered = [key for key, _ in view.actions]
        for key, chance in (("document", 0.2), ("again", 0.1), ("other", 0.1)):
            if key in offered and world.random.random() < chance:
                return Chosen(key)
        if view.faces and world.random.random() < 0.2:
            self.rated += 1
            return Rated(world.random.randint(1, 5))
        return Leave()
