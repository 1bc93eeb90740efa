"""The rules and fees that this kiosk goes by: central's signed catalogue, kept fresh, and asked for a price.

Rules. A price that the citizen sees comes from the signed catalogue that is here, not from an answer on the wire; it is
compared with what central approves, and where they differ nothing is paid and operations hear of it. Heartbeats say
which version is the newest; what cannot be verified is refused, told, and the last good one stays in use, also without
a network. A service may insist on the version by which central decides.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from typing import Final

import msgspec
import structlog

from kiosk_app.central_desk import CentralDesk
from kiosk_app.contract import Alarm
from kiosk_app.contract.catalogue import AskCatalogue, Catalogue, CatalogueReply, NoFee
from kiosk_app.contract.exit_entry import Approval, ApprovedItem, Offer
from kiosk_app.contract.guide import Guide
from kiosk_app.contract.requests import Requested
from kiosk_app.contract.services import Answers, DataService, fee_of, fees_of
from kiosk_app.contract.social import Grade
from kiosk_app.errors import (
    CatalogueError,
    CatalogueMissing,
    CatalogueUnread,
    CentralError,
    FeeDiffers,
    StoreError,
)
from kiosk_app.money.amounts import Fen, total
from kiosk_app.offered import Offered, offered, unreadable
from kiosk_app.ports import CatalogueShelf, Journal
from kiosk_app.waiting import event_or_pause

log = structlog.get_logger()

AGAIN: Final = 60.0
"""Seconds until a catalogue that did not come, or was refused, is asked for again."""
KIND, STREAM, COMPONENT = "alarm", "audit", "catalogue"


class Rulebook:
    """Over the shelf with the last good catalogue. ``told`` is for heartbeats, ``run`` for the background."""

    def __init__(self, shelf: CatalogueShelf, central: CentralDesk, journal: Journal) -> None:
        self._shelf, self._central, self._journal = shelf, central, journal
        self._newest = 0
        self._news = asyncio.Event()
        self._asking = asyncio.Lock()
        self._raised = ""
        self._offered: tuple[Catalogue | None, Offered] = (None, Offered())
        self.renewed: list[Callable[[], None]] = []
        """Called when another version is in use."""

    @property
    def version(self) -> int:
        """Of the catalogue that is here; 0 if there is none."""
        kept = self._kept()
        return kept.version if kept else 0

    # --- keeping it fresh ---

    def told(self, version: int) -> None:
        """Central's newest version, from a heartbeat."""
        self._newest = version
        if version > self.version:
            self._news.set()

    async def run(self) -> None:
        """Fetch what is newer, for ever."""
        self._remember()
        while True:
            behind = self._newest > self.version
            await event_or_pause(self._news, AGAIN if behind else None)
            self._news.clear()
            try:
                await self.at_least(self._newest)
            except (CatalogueError, CentralError, StoreError) as error:
                log.warning("catalogue", error=type(error).__name__, detail=error.detail)

    async def at_least(self, version: int) -> None:
        """Have the catalogue by which central decides. Raises CatalogueError, CentralError, StoreError."""
        async with self._asking:
            if self.version >= version:
                return
            reply = await self._central.ask(AskCatalogue(have=self.version), CatalogueReply)
            if reply.signed is not None:
                try:
                    self._shelf.take(reply.signed)
                except CatalogueError as error:
                    self._alarm(error)
                    raise
                for listener in self.renewed:
                    listener()
            if self.version < version:
                raise CatalogueMissing(f"version {version} is wanted, central gave {reply.version}")
            self._tell_unread()

    def suffices(self, way: str) -> bool:
        """Whether the rules accept this way to see that somebody is a permit's holder."""
        kept = self._kept()
        return kept is not None and way in kept.exit_entry.ways

    # --- prices ---

    def fee(self, kind: str, what: Offer | ApprovedItem) -> Fen:
        """What one endorsement costs by the catalogue that is here. Raises CatalogueMissing, FeeDiffers."""
        kept = self._kept()
        if kept is None:
            raise CatalogueMissing("none was ever received")
        try:
            return Fen(kept.exit_entry.fee(kind, what.entries, what.starts, what.valid_until))
        except NoFee:
            raise FeeDiffers("the catalogue has no fee for it") from None

    def agree(self, kind: str, approval: Approval, shown: Fen) -> None:
        """Raise FeeDiffers, and let operations know, unless central approved what the catalogue says and was shown."""
        mine = [self.fee(kind, item) for item in approval.items]
        if mine == [item.fee for item in approval.items] and total(mine) == approval.fee == shown:
            if self._raised == FeeDiffers.alarm:
                self._all_clear()
            return
        error = FeeDiffers(f"{approval.approval}: shown {shown}, catalogue {sum(mine)}, approved {approval.fee}")
        self._alarm(error)
        raise error

    def contribution(self, scheme: str, offered: Grade, on: date) -> Fen:
        """What one grade costs by the catalogue that is here. Raises CatalogueMissing; FeeDiffers if it is not so."""
        kept = self._kept()
        if kept is None or kept.social is None:
            raise CatalogueMissing("no rules of social security were ever received")
        try:
            mine = kept.social.price(scheme, offered.grade, on)
        except NoFee:
            mine = 0
        if mine == offered.fen:
            return Fen(mine)
        error = FeeDiffers(f"{scheme} {offered.grade}: catalogue {mine}, offered {offered.fen}")
        self._alarm(error)
        raise error

    # --- services that are data ---

    @property
    def offered(self) -> Offered:
        """What the catalogue that is here offers; nothing while none is."""
        kept = self._kept()
        if kept is not self._offered[0]:
            self._offered = (kept, offered(kept) if kept is not None else Offered())
        return self._offered[1]

    @property
    def unread(self) -> frozenset[str]:
        """Sections that this release cannot read."""
        kept = self._kept()
        return frozenset(kept.unread if kept else ())

    def service(self, key: str) -> DataService:
        """By its key. Raises CatalogueMissing if it is withdrawn."""
        found = self.offered.services.get(key)
        if found is None:
            raise CatalogueMissing(f"no service {key}")
        return found

    def request(self, service: DataService, answers: Answers, said: Requested) -> Fen:
        """What it costs by the catalogue that is here. Raises FeeDiffers if central wants something else."""
        mine = fee_of(service, answers)
        if mine == said.amount:
            return Fen(mine)
        error = FeeDiffers(f"{service.id}: catalogue {mine}, wanted {said.amount}")
        self._alarm(error)
        raise error

    # --- the guide ---

    @property
    def guide(self) -> Guide | None:
        """What can be done where, with the services that are data; None while no document with it was received."""
        kept = self._kept()
        if kept is None or kept.guide is None:
            return None
        entries = [service.entry() for service in self.offered.services.values()]
        return msgspec.structs.replace(kept.guide, entries=[*kept.guide.entries, *entries])

    @property
    def issued_at(self) -> datetime | None:
        """When central signed the document that is here."""
        kept = self._kept()
        return kept.issued_at if kept else None

    def between(self, section: str, on: date, service: str = "") -> tuple[Fen, Fen] | None:
        """The lowest and the highest fee of a section, or of the ``service`` that is data; None if it charges nothing
        that this document knows."""
        kept, data = self._kept(), self.offered.services.get(service)
        fees = fees_of(data) if data is not None else kept.fees(section, on) if kept else []
        return (Fen(min(fees)), Fen(max(fees))) if fees else None

    def _kept(self) -> Catalogue | None:
        try:
            return self._shelf.current()
        except StoreError:
            return None

    # --- telling ---

    def _tell_unread(self) -> None:
        """All is well, or a part of it is ahead of this release."""
        kept = self._kept()
        if kept is not None and (what := unreadable(kept, self.offered)):
            self._alarm(CatalogueUnread(what))
        else:
            self._all_clear()

    def _remember(self) -> None:
        """What was raised before this start; another release may read what the one before could not."""
        with suppress(StoreError):
            ours = [e.reference for e in self._journal.latest(KIND, leaving_out=["cleared"])]
            self._raised = next((e.split()[1] for e in reversed(ours) if e.startswith(f"{COMPONENT} ")), "")
        if self._raised in {"", CatalogueUnread.alarm}:
            self._tell_unread()

    def _alarm(self, error: CatalogueError) -> None:
        if self._raised == error.alarm:
            return
        self._all_clear()
        if self._tell(error.alarm, error.detail, raised=True):
            self._raised = error.alarm

    def _all_clear(self) -> None:
        if self._raised and self._tell(self._raised, "", raised=False):
            self._raised = ""

    def _tell(self, code: str, detail: str, *, raised: bool) -> bool:
        body = Alarm(component=COMPONENT, code=code, raised=raised, detail=detail)
        state = "raised" if raised else "cleared"
        try:
            self._journal.append(f"{COMPONENT} {code}", KIND, state, {"detail": detail}, reports=[(STREAM, body)])
        except StoreError:
            return False
        return True
