"""What the procedures may ask of everything that is not a device: screen, clock, records, central.

Protocols, and the frozen values that cross them; device roles are in :mod:`kiosk_app.devices`. Whatever goes
wrong leaves a port as a leaf of :mod:`kiosk_app.errors`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from kiosk_app.contract import Body, Event, OutboxReport, StreamAck, Verdict
from kiosk_app.contract.catalogue import Catalogue, SignedCatalogue
from kiosk_app.devices import KeypadKey, KeyStroke, Slip
from kiosk_app.views import Intent, View


class Screen(Protocol):
    """Shows views and returns intents. Widgets resolve touches themselves, at once."""

    @property
    def touched(self) -> float:
        """Loop time of the last touch or key, whatever it hit: scrolling is not idling."""

    @property
    def language(self) -> str:
        """The language the citizen chose: ``zh_CN`` or ``en``."""

    def put(self, view: View) -> None:
        """Show ``view`` now and return at once (progress, what the terminal says)."""

    async def show(self, view: View) -> Intent:
        """Show ``view`` and wait for what the citizen wants of it. An update by put keeps the wait alive."""

    def key(self, key: KeypadKey, stroke: KeyStroke) -> None:
        """A key of the keypad: everything that touch does can be done with keys (``Keypad.watch_keys``)."""

    def forget(self) -> None:
        """Drop everything of the visit: widgets, typed text, language, text size, contrast."""


class Clock(Protocol):
    """Wall time. Waiting uses the loop's own time, so that worlds can run on a virtual one."""

    def now(self) -> datetime:
        """The time now: aware, UTC."""


NewId = Callable[[], str]
"""Makes a UUIDv7 text. Injected, so that a world repeats."""


class Transport(Protocol):
    """One question to central, over mutual TLS in the field and in memory in the worlds."""

    async def post(self, path: str, body: bytes, *, deadline: float) -> bytes:
        """POST ``body`` (JSON) to ``path`` below ``/k/v1`` and return the answer's body.

        ``deadline`` in seconds. Raises CentralUnreachable (try again), CentralRefused (do not).
        """


@dataclass(frozen=True)
class Entry:
    """One line of the journal: of ``kind`` (``payment``, ``print``, ...), ``reference`` reached ``state``.

    Holds amounts and references, no personal data.
    """

    seq: int
    at: datetime
    reference: str
    kind: str
    state: str
    body: Mapping[str, Any] = field(default_factory=dict)


class Journal(Protocol):
    """Append-only, durable before :meth:`append` returns. Blocks: durability is what it is for."""

    def append(
        self,
        reference: str,
        kind: str,
        state: str,
        body: Mapping[str, Any] | None = None,
        *,
        reports: Sequence[tuple[str, Body]] = (),
    ) -> Entry:
        """Write one entry and, in the same transaction, an outbox event per (stream, body) of ``reports``.

        Raises DiskFull, StoreCorrupt; then neither entry nor event exists.
        """

    def entries(self, *, reference: str | None = None, kind: str | None = None, after: int = 0) -> list[Entry]:
        """The entries behind seq ``after``, oldest first, of one reference and/or one kind."""

    def latest(self, kind: str, *, leaving_out: Collection[str] = ()) -> list[Entry]:
        """The newest entry of every reference of ``kind`` whose state is not in ``leaving_out``, oldest first."""

    def newest(self, kind: str) -> Entry | None:
        """The very last entry of ``kind``."""

    def ready(self) -> None:
        """Raise a StoreError if money must not be taken now: no room for its outcome, or the file is damaged."""


class Outbox(Protocol):
    """Events on their way to central: a gapless sequence and hash chain per stream."""

    def pending(self, limit: int) -> list[Event]:
        """The oldest unacknowledged events, in order within each stream."""

    def acknowledge(self, stream: str, ack: StreamAck) -> list[Verdict]:
        """Mark durable up to ``ack.ack_seq``; keep and return the verdicts that are new."""

    def verdict(self, reference: str) -> Verdict | None:
        """Central's answer to the report of this payment, if there is one yet."""

    def report(self) -> OutboxReport:
        """What waits, since when, and the chain heads: for the heartbeat."""


class CatalogueShelf(Protocol):
    """The signed rules and fees that this kiosk goes by; usable without the network."""

    def current(self) -> Catalogue | None:
        """The last good one; None if none was ever taken. Raises StoreError."""

    def take(self, signed: SignedCatalogue) -> Catalogue:
        """Verify and keep a newer one. Raises CatalogueForged, CatalogueOlder, StoreError: the last good one stays."""


@dataclass(frozen=True)
class Seen:
    """One supply at one moment: its word (``ok``, ``low``, ``out``, ``full``), and per cent left if it is measured."""

    at: datetime
    word: str
    level: int | None


class Observations(Protocol):
    """How full supplies were, each under ``<role> <supply>``: a memory beside the books."""

    def note(self, supply: str, seen: Seen) -> None:
        """Keep it. Raises StoreError, also where only money may still be written."""

    def histories(self) -> dict[str, list[Seen]]:
        """Everything kept, oldest first. Raises StoreError."""


@dataclass(frozen=True)
class KeptProof:
    """A slip that was handed out as a proof. ``what``: the id of a sentence that says of what; ``amount`` in fen."""

    reference: str
    at: datetime
    what: str
    amount: int
    slip: Slip = field(repr=False)


class ProofShelf(Protocol):
    """Proofs that were handed out, for as long as they are kept. Every call may raise StoreError."""

    def keep(self, proof: KeptProof, number: str) -> None:
        """Keep it. ``number``: of the identity card of whose it is, which is not kept; empty if nobody showed one."""

    def of_holder(self, number: str) -> list[KeptProof]:
        """Those of whoever has this identity number, newest first."""

    def of_nobody(self, reference: str) -> KeptProof | None:
        """The one with this reference, if nobody was identified."""

    def held(self, reference: str) -> bool:
        """Whether there is one with this reference that is somebody's: only their card brings it forth."""


@dataclass(frozen=True)
class Records:
    """Journal, outbox, observations, catalogue and proofs; ``trouble`` names why there is no store, if there is none.

    ``verify`` reads the chains; ``set_aside`` says what central would not take; ``clean`` deletes what is old enough
    and logs what that was.
    """

    journal: Journal
    outbox: Outbox
    observations: Observations
    catalogue: CatalogueShelf
    proofs: ProofShelf
    trouble: str = ""
    verify: Callable[[], list[str]] = list
    set_aside: Callable[[], list[str]] = list
    clean: Callable[[], None] = lambda: None
