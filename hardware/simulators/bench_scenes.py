"""Scenes: what a citizen, a technician and bad luck do, step by step, as data (``scenes/<name>.json``).

    {"order": 1, "title": {"zh": ..., "en": ...}, "about": {...}, "steps": [
        {"say": {...}, "hand": "card_terminal/insert", "with": {"card": "sample"},
         "until": [{"see": "card_terminal.stage", "is": "pin", "within": 60}]}]}

A step says what happens, lets one hand act (or none, or puts everything right), and then waits until all that it
wants to see is there: ``is``, ``not``, ``has``, ``over``, ``under``, or ``grew`` since the scene began. Rules. A scene
waits on what one can see and never on the clock; every wait ends (``within`` seconds), and says in one sentence what
it waited for and what was there. One scene plays at a time. What it left lies as it lies: hands can go on from there.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import msgspec

from hardware.simulators.bench import LOOK_EVERY, Bench, Refused

FOLDER = Path(__file__).with_name("scenes")
PACE = 1.2
"""Seconds after each step, so that eyes can follow. No step needs it."""

Bound = Annotated[float, msgspec.Meta(gt=0, le=600)]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence in both languages of the page."""

    zh: str
    en: str


class Sight(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"is_": "is", "not_": "not"}):
    """Something to see: ``see`` is role.field, a dotted path into the device's state. Exactly one test."""

    see: str
    is_: Any = msgspec.UNSET
    not_: Any = msgspec.UNSET
    has: Any = msgspec.UNSET
    over: float | msgspec.UnsetType = msgspec.UNSET
    under: float | msgspec.UnsetType = msgspec.UNSET
    grew: bool | msgspec.UnsetType = msgspec.UNSET
    within: Bound = 30.0

    def __post_init__(self) -> None:
        if len(self.tests) != 1:
            raise ValueError(f"{self.see}: exactly one of is, not, has, over, under, grew")

    @property
    def role(self) -> str:
        """Of the device to look at."""
        return self.see.partition(".")[0]

    @property
    def tests(self) -> dict[str, Any]:
        """By name, what is wanted."""
        tests = {"is": self.is_, "not": self.not_, "has": self.has, "over": self.over, "under": self.under}
        return {name: wanted for name, wanted in (tests | {"grew": self.grew}).items() if wanted is not msgspec.UNSET}

    def __str__(self) -> str:
        ((name, wanted),) = self.tests.items()
        return f"{self.see} {_SIGNS[name]} {_json(wanted)}"


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"with_": "with"}):
    """``hand`` is role/hand, ``with`` its arguments; ``right``: put everything right instead."""

    say: Words
    hand: str = ""
    with_: dict[str, str | int] = {}
    right: bool = False
    until: tuple[Sight, ...] = ()


class Scene(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One scene; ``order`` is its place in the programme."""

    order: int
    title: Words
    about: Words
    steps: Annotated[tuple[Step, ...], msgspec.Meta(min_length=1)]

    @property
    def roles(self) -> tuple[str, ...]:
        """The devices it needs, in the order of their appearance."""
        used = [step.hand.partition("/")[0] for step in self.steps if step.hand]
        seen = [sight.role for step in self.steps for sight in step.until]
        return tuple(dict.fromkeys([*used, *seen]))


class Broken(Exception):
    """The scene cannot go on; the message is one sentence."""


@dataclass(frozen=True)
class Now:
    """How far the scene is. ``status``: none, playing, done, stopped, broken; ``why`` is the sentence of the last."""

    name: str = ""
    status: str = "none"
    step: int = 0
    waits_for: tuple[str, ...] = ()
    why: str = ""


def read_scenes(folder: Path = FOLDER) -> Mapping[str, Scene]:
    """By name. Raises ValueError with the file and what is wrong in it."""
    scenes = {}
    for path in sorted(folder.glob("*.json")):
        try:
            scenes[path.stem] = msgspec.json.decode(path.read_bytes(), type=Scene)
        except msgspec.DecodeError as error:
            raise ValueError(f"{path.name}: {error}") from error
    return dict(sorted(scenes.items(), key=lambda each: each[1].order))


@dataclass
class Player:
    """Plays ``scenes`` on ``bench``. ``pace``: seconds between steps, for the eye."""

    bench: Bench
    scenes: Mapping[str, Scene] = field(default_factory=read_scenes)
    pace: float = PACE
    now: Now = field(default_factory=Now)
    _task: asyncio.Task[None] | None = None

    def programme(self) -> Sequence[Mapping[str, Any]]:
        """Every scene, and which devices it misses here."""
        return [
            {
                "name": name,
                "title": scene.title,
                "about": scene.about,
                "steps": [step.say for step in scene.steps],
                "missing": [role for role in scene.roles if role not in self.bench.roles],
            }
            for name, scene in self.scenes.items()
        ]

    def play(self, name: str) -> None:
        """Begin a scene. Raises Refused."""
        scene = self.scenes.get(name)
        if scene is None:
            raise Refused(f"No scene {name!r}; there are: {', '.join(self.scenes)}.", 404)
        if self._task is not None and not self._task.done():
            raise Refused(f"The scene {self.now.name!r} is still playing; stop it first.", 409)
        if missing := [role for role in scene.roles if role not in self.bench.roles]:
            raise Refused(f"The scene {name!r} needs {', '.join(missing)}, which is not on this bench.", 409)
        self.now = Now(name, "playing")
        self._task = asyncio.create_task(self._perform(name, scene), name=f"scene {name}")

    async def stop(self) -> str:
        """Stop the scene that plays, if any; its name. The devices stay as they are."""
        task, self._task = self._task, None
        if task is None or task.done():
            return ""
        task.cancel()
        await asyncio.wait([task])
        self.now = Now(self.now.name, "stopped", self.now.step)
        return self.now.name

    async def ended(self) -> Now:
        """Wait for the end of the scene that plays."""
        if self._task is not None:
            await asyncio.wait([self._task])
        return self.now

    async def _perform(self, name: str, scene: Scene) -> None:
        step = 0
        try:
            grown_from = {s.see: _size(self._look(s)) for t in scene.steps for s in t.until if "grew" in s.tests}
            for step, doing in enumerate(scene.steps):
                self.now = Now(name, "playing", step)
                await self._do(doing)
                await self._wait(Now(name, "playing", step), doing.until, grown_from)
                await asyncio.sleep(self.pace)
            self.now = Now(name, "done", len(scene.steps))
        except Exception as error:  # whatever it is, the scene is over and says so
            why = str(error) if isinstance(error, Refused | Broken) else f"{type(error).__name__}: {error}"
            self.now = Now(name, "broken", step, why=f"Step {step + 1} of {len(scene.steps)} failed: {why}")

    async def _do(self, step: Step) -> None:
        if step.right:
            await self.bench.put_right()
        if step.hand:
            role, _, hand = step.hand.partition("/")
            await self.bench.use(role, hand, step.with_)

    async def _wait(self, now: Now, sights: Sequence[Sight], grown_from: Mapping[str, float]) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        while absent := [sight for sight in sights if not _holds(sight, self._look(sight), grown_from)]:
            self.now = Now(now.name, now.status, now.step, tuple(map(str, absent)))
            for sight in absent:
                if loop.time() - began > sight.within:
                    there = self._look(sight)
                    raise Broken(f"after {sight.within:g} s still not {sight}; it is {_json(there)}.")
            await asyncio.sleep(LOOK_EVERY)

    def _look(self, sight: Sight) -> Any:
        """What is there now. Raises Refused, Broken."""
        seen: Any = self.bench.state(sight.role)
        *_, field_path = sight.see.partition(".")
        while field_path:
            # keys of a state may have dots in them (``ups.status``): the longest that is there is meant
            key = next((k for k in _beginnings(field_path) if isinstance(seen, Mapping) and k in seen), None)
            if key is None:
                if seen is None:
                    return None  # a card that is not there has no number
                there = f"there are: {', '.join(seen)}" if isinstance(seen, Mapping) else f"there is {_json(seen)}"
                raise Broken(f"{sight.see} is nothing that one can see; {there}.")
            seen, field_path = seen[key], field_path[len(key) + 1 :]
        return seen


def _beginnings(path: str) -> list[str]:
    words = path.split(".")
    return [".".join(words[:n]) for n in range(len(words), 0, -1)]


_SIGNS = {"is": "=", "not": "≠", "has": "∋", "over": ">", "under": "<", "grew": "grew:"}


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _size(seen: Any) -> float:
    return len(seen) if isinstance(seen, list | tuple | dict | str) else float(seen)


def _number(seen: Any) -> float:
    with suppress(TypeError, ValueError):
        return float(seen)
    return float("nan")


def _holds(sight: Sight, seen: Any, grown_from: Mapping[str, float]) -> bool:
    ((name, wanted),) = sight.tests.items()
    holds: Mapping[str, Callable[[], bool]] = {
        "is": lambda: seen == wanted,
        "not": lambda: seen != wanted,
        "has": lambda: wanted in seen,
        "over": lambda: _number(seen) > wanted,
        "under": lambda: _number(seen) < wanted,
        "grew": lambda: (_size(seen) > grown_from[sight.see]) is wanted,
    }
    return holds[name]()
