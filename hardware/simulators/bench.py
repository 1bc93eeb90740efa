"""The bench: the hands of all simulators, what one can see of each device, and what would put it right.

Rules. The bench knows no device: whatever has ``hands()`` and ``state()`` is a part of it. A call that cannot be
meant is refused with one sentence that names what is allowed. A part that breaks inside is shown as gone and the
others stay. Who listens is told only what changed.
"""

import asyncio
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from hardware.simulators.base import OneOf
from hardware.simulators.bench_cures import wrong_with

LOOK_EVERY = 0.1
HAND_TAKES = 30.0
"""Seconds at most, for a printer that starts; one that waits for a frozen device ends too."""


class Part(Protocol):
    """Anything on the bench."""

    def hands(self) -> Mapping[str, tuple[str, tuple[str, ...]]]:
        """By name: the label and the names of the parameters."""

    def state(self) -> Mapping[str, Any]:
        """What one can see of it, as JSON."""


class Papers(Protocol):
    """What a printer has printed, or what a camera sees."""

    def names(self) -> Sequence[str]:
        """The names to show, oldest first: ``1.png``."""

    def read(self, name: str) -> bytes | None:
        """The paper of that name, or None when there is none."""


class Refused(Exception):
    """The call cannot be meant; ``detail`` names what is allowed, ``status_code`` is HTTP's."""

    def __init__(self, detail: str, status_code: int = 400) -> None:
        super().__init__(detail)
        self.detail, self.status_code = detail, status_code


class Bench:
    """All parts by role, the papers of those that print, and why some are ``absent``."""

    def __init__(
        self, parts: Mapping[str, Part], papers: Mapping[str, Papers], absent: Mapping[str, str] | None = None
    ) -> None:
        self._parts, self._papers, self.absent = parts, papers, absent or {}
        self._offers: dict[Part, dict[str, Any]] = {}
        self.closing = asyncio.Event()

    @property
    def roles(self) -> tuple[str, ...]:
        """What is on the bench."""
        return tuple(self._parts)

    # --- to look ---

    def picture(self) -> bytes:
        """Everything one can see, as JSON."""
        return msgspec.json.encode({role: self._card(role, part) for role, part in self._parts.items()})

    def news(self, told: dict[str, bytes]) -> bytes | None:
        """The devices that differ from ``told``, null for one that was taken away; None when nothing changed.

        ``told`` is what the listener knows, and is brought up to date.
        """
        now = {role: msgspec.json.encode(self._card(role, part)) for role, part in self._parts.items()}
        changed = [role for role in {**told, **now} if now.get(role) != told.get(role)]
        told.clear()
        told.update(now)
        return msgspec.json.encode({role: msgspec.Raw(now.get(role, b"null")) for role in changed}) if changed else None

    def state(self, role: str) -> Mapping[str, Any]:
        """What one can see of ``role``. Raises Refused."""
        try:
            return self._part(role).state()
        except Refused:
            raise
        except Exception as error:  # whatever breaks in one simulator must not take the bench with it
            raise Refused(f"The simulator of {role} is broken: {_sentence(error)}", 503) from error

    def _card(self, role: str, part: Part) -> dict[str, Any]:
        try:
            state = part.state()
            wrong = {cure.hand: cure.what for cure in wrong_with(role, state)}
            card: dict[str, Any] = {"state": state, "hands": self._offer(part), "wrong": wrong}
            if role in self._papers:
                card["papers"] = self._papers[role].names()
        except Exception as error:  # see `state`
            return {"gone": _sentence(error)}
        return card

    def _offer(self, part: Part) -> dict[str, Any]:
        """The hands of a part with their parameters, types and defaults: all that the page must know."""
        if part not in self._offers:
            self._offers[part] = {
                name: {"label": label, "arguments": [_argument(p) for p in _parameters(getattr(part, name))]}
                for name, (label, _) in part.hands().items()
            }
        return self._offers[part]

    def paper(self, role: str, name: str) -> bytes:
        """A printed paper. Raises Refused."""
        papers = self._papers.get(role)
        if papers is None:
            raise Refused(f"{role!r} prints nothing; these do: {', '.join(self._papers)}.", 404)
        paper = papers.read(name)
        if paper is None:
            raise Refused(f"{role} has no paper {name!r}; GET /state lists what it printed.", 404)
        return paper

    # --- to act ---

    async def use(self, role: str, name: str, given: object) -> Mapping[str, Any]:
        """Let the hand act. Raises Refused."""
        part = self._part(role)
        if name not in part.hands():
            raise Refused(f"{role} has no hand {name!r}; it has: {', '.join(part.hands())}.", 404)
        method = getattr(part, name)
        try:
            done = method(**_chosen(self.state(role), _arguments(method, given)))
            if inspect.isawaitable(done):
                async with asyncio.timeout(HAND_TAKES):
                    await done
        except TimeoutError as error:
            raise Refused(f"{role}/{name} did not end within {HAND_TAKES:g} s.", 504) from error
        except ValueError as error:
            raise Refused(f"{role}/{name}: {error}") from error
        return self.state(role)

    async def put_right(self, role: str = "") -> list[str]:
        """Undo every fault and refill what is empty, of one device or of all; what was done.

        Raises Refused for the first that does not let itself be mended, when the others are.
        """
        done, refused = [], []
        for each in (role,) if role else self.roles:
            try:
                for cure in wrong_with(each, self.state(each)):
                    await self.use(each, cure.hand, dict(cure.given))
                    done.append(f"{each}/{cure.hand}")
            except Refused as error:
                refused.append(error)
        if refused:
            raise refused[0]
        return done

    def _part(self, role: str) -> Part:
        if role not in self._parts:
            raise Refused(f"No role {role!r}; there are: {', '.join(self._parts)}.", 404)
        return self._parts[role]


def _sentence(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _parameters(method: Callable[..., Any]) -> list[inspect.Parameter]:
    return list(inspect.signature(method).parameters.values())


def _argument(parameter: inspect.Parameter) -> dict[str, Any]:
    told: dict[str, Any] = {"name": parameter.name, "type": "int" if parameter.annotation is int else "str"}
    if choices := [each for each in getattr(parameter.annotation, "__metadata__", ()) if isinstance(each, OneOf)]:
        told["choices"] = choices[0].choices
    return told if parameter.default is inspect.Parameter.empty else {**told, "default": parameter.default}


def _arguments(method: Callable[..., Any], given: object) -> dict[str, Any]:
    """``given`` as keyword arguments. Raises ValueError with what is allowed."""
    known = {p.name: p for p in _parameters(method)}
    allowed = ", ".join(f"{p.name} ({_argument(p)['type']})" for p in known.values()) or "none"
    if not isinstance(given, dict):
        raise ValueError(f"the body must be a JSON object of arguments; allowed: {allowed}.")
    for name, value in given.items():
        if name not in known:
            raise ValueError(f"unknown argument {name!r}; allowed: {allowed}.")
        wanted = int if known[name].annotation is int else str
        if type(value) is not wanted:
            raise ValueError(f"{name} must be of type {wanted.__name__}; allowed: {allowed}.")
        choices = _argument(known[name]).get("choices", (value,))
        if value not in choices:
            raise ValueError(f"{name} must be one of: {', '.join(choices)}.")
    missing = [n for n, p in known.items() if p.default is inspect.Parameter.empty and n not in given]
    if missing:
        raise ValueError(f"missing {', '.join(missing)}; allowed: {allowed}.")
    return given


def _chosen(state: Mapping[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Where the state lists what there is (``cards``), an argument (``card``) must be one of it. Raises ValueError."""
    for name, value in given.items():
        choices = state.get(f"{name}s")
        if isinstance(choices, list | tuple | dict) and value not in choices:
            raise ValueError(f"{name} must be one of: {', '.join(choices)}.")
    return given
