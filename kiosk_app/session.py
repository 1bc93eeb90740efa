"""One visit: attract, menu, service, goodbye, forget.

Rule: whatever ends a visit (done, left, walked away, a fault), the screen forgets it, and nothing of the person
outlives this function's frames. A fault of ours is one sentence to the citizen and one line in the log without
personal data; the next visit begins as if nothing had been.
"""

import gc
from collections.abc import Callable, Sequence
from functools import partial

import structlog

from kiosk_app import health
from kiosk_app.desk import Desk
from kiosk_app.errors import CentralRefused, KioskError, PaymentTrouble, TillClosed, VisitEnded
from kiosk_app.money.amounts import Fen, yuan
from kiosk_app.services.steps.deliver import remind_of_card
from kiosk_app.services.table import Services
from kiosk_app.views import Attract, Back, Chosen, Done, Intent, Menu, MenuItem, Sorry, Text, View, text

log = structlog.get_logger()

CARD_OUT = Done(title=text("permit.out.title"), take=("permit",), seconds=30)
"""After an interruption: whoever still waits for a permit finds it at the exit."""


class Session:
    """Runs visits for ever. ``parts`` tells how the machine is now; :meth:`changed` is called when that changes."""

    def __init__(self, desk: Desk, services: Services, parts: Callable[[], health.Parts]) -> None:
        self._desk, self._services, self._parts = desk, services, parts
        self._view: Callable[[], View] | None = None
        self._shown: View | None = None
        self.visiting = False
        self.closed = False
        """No further visit begins."""

    def changed(self) -> None:
        """Devices or the link changed: what is open is shown at once, if the citizen is choosing."""
        if self._view is not None and (view := self._view()) != self._shown:
            self._shown = view
            self._desk.screen.put(view)

    async def run(self) -> None:
        """Visit after visit, until it is closed."""
        while not self.closed:
            await self.visit()

    async def visit(self) -> None:
        """One person, from the first touch to forgetting."""
        await self._showing(self._front)
        if self.closed:
            return
        self.visiting = True
        try:
            await self._stay()
            await remind_of_card(self._desk)
        finally:
            self.visiting = False
            self._desk.screen.forget()
            gc.collect()

    async def _stay(self) -> None:
        """Service after service, until the person goes or is gone."""
        try:
            while (service := await self._choose()) is not None:
                if not await self._serve(service):
                    break
        except VisitEnded as end:
            log.info("visit ended", how=type(end).__name__)

    async def _serve(self, key: str) -> bool:
        """Run one service; True if the citizen goes on to the menu."""
        try:
            return await self._services[key](self._desk)
        except VisitEnded:
            raise
        except KioskError as error:
            log.warning("service failed", service=key, error=type(error).__name__, detail=error.detail)
            if isinstance(error, PaymentTrouble) and not isinstance(error.__cause__, KioskError):
                _log_bug(key, error.__cause__)
            return await self._explain(sorry(error, self._desk.site.hotline))
        except Exception as error:  # a bug of ours must not become a silent screen
            _log_bug(key, error)
            return await self._explain(sorry(KioskError(), self._desk.site.hotline))

    async def _explain(self, view: Sorry) -> bool:
        answer = await self._desk.ask(view)
        return answer == Chosen("other")

    async def _choose(self) -> str | None:
        """The service wanted; None for "back" at home. A family of services is one more view, and back leads home."""
        family = ""
        while True:
            answer = await self._showing(partial(self._menu, family), asking=True)
            if isinstance(answer, Chosen) and answer.key in self._open():
                return answer.key
            if isinstance(answer, Back) and not family:
                return None
            if isinstance(answer, Back):
                family = ""
            elif isinstance(answer, Chosen) and answer.key in self._families():
                family = answer.key

    async def _showing(self, view: Callable[[], View], *, asking: bool = False) -> Intent:
        """Show what ``view`` makes, made again whenever the machine changes."""
        self._view, self._shown = view, view()
        try:
            return await (self._desk.ask if asking else self._desk.screen.show)(self._shown)
        finally:
            self._view = None

    def _open(self) -> set[str]:
        return {item.key for item in health.menu(self._parts()) if item.closed is None}

    def _families(self) -> set[str]:
        return {item.family for item in health.menu(self._parts())}

    def _menu(self, family: str) -> View:
        parts = self._parts()
        items = tuple(item for item in health.menu(parts) if family in {"", item.family})
        return Menu(items=items, notes=() if family else health.notes(parts), family=family)

    def _front(self) -> View:
        """Nobody is here: the invitation, or why the machine is closed."""
        parts = self._parts()
        if parts.permit_out:
            return CARD_OUT
        items = health.menu(parts)
        if any(item.closed is None and item.family != health.BESIDE for item in items):
            return Attract(services=_invited([item for item in items if item.closed is None]))
        reasons = tuple(item.closed for item in items if item.closed is not None)
        words = any(item.closed is None for item in items)  # closed, but there is still what tells and what listens
        return Sorry(
            title=text("sorry.title.closed"),
            detail=reasons[0],
            cards=self._elsewhere(),
            actions=(("begin", text("sorry.action.hall")),) if words else (),
            leave=False,
        )

    def _elsewhere(self) -> tuple[tuple[Text, tuple[Text, ...]], ...]:
        site = self._desk.site
        phone = (text("sorry.help.title"), (text("sorry.phone", phone=site.hotline),))
        if not site.nearest:
            return (phone,)
        return ((text("sorry.nearest.title"), tuple(text("plain", words=words) for words in site.nearest)), phone)


def _invited(items: Sequence[MenuItem]) -> tuple[Text, ...]:
    """What the poster names, as tiles are at home: of several services the family, which alone fits on it."""
    families: dict[str, list[MenuItem]] = {}
    for item in items:
        families.setdefault(item.family, []).append(item)
    return tuple(
        members[0].title if len(members) == 1 else text(f"family.{family}.title")
        for family, members in families.items()
    )


def _log_bug(service: str, error: BaseException | None) -> None:
    """Kind and place, never the message: it may quote a person's data."""
    where = error.__traceback__ if error else None
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    at = f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where else ""
    log.error("bug", service=service, error=type(error).__name__, at=at)


def sorry(error: KioskError, hotline: str) -> Sorry:
    """What the citizen hears of ``error``: what happened, where the money is, whom to call."""
    facts = [text("sorry.phone", phone=hotline)]
    title, detail = text(error.citizen), text("sorry.detail.other_service")
    match error:
        case PaymentTrouble():
            facts.insert(0, text("sorry.reference", reference=error.reference))
            title = text(f"pay.trouble.{error.state.replace(' ', '_')}", amount=yuan(Fen(error.amount)))
            detail = text(error.cause)
        case TillClosed():
            title = text(error.why)
        case CentralRefused():
            title = text(error.sentence)
        case _:
            pass
    return Sorry(title=title, detail=detail, facts=tuple(facts), actions=(("other", text("sorry.action.other")),))
