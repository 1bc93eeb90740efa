"""Orders: who may pay what by code, what the provider says of it, and how it is given back.

    waiting ──> paid ──> refunded          closed ──> paid: it was on its way when it was closed
       └──────> closed                     any ──> disputed: the provider names another amount
                                           disputed ──> refunded: a person handed it out

Rules. An order belongs to the kiosk that made it; to any other it does not exist. What is wanted is committed
before the provider is asked, and no transaction is open while it is: every step can be repeated, by the kiosk or
by the night. The provider is believed over this table, which never goes backwards. A refund is the whole amount of
a paid order, once, and nobody but central gives it: no technician at the kiosk (``docs/decisions/0019``). Nothing
here decides what a payment was for: that is the kiosk's report.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from central.clock import Clock
from central.db import Store
from central.messages import decode
from central.payments import Channel, Channels, ProviderRefused, ProviderSilent, Trade
from central.payments.reported import ACCOUNTED
from central.payments.threads import PROVIDER
from central.problems import Refused, Unavailable
from central.tables import order as orders
from kiosk_app.contract import CloseOrder, CreateOrder, Order, OrderState, QueryOrder, RefundOrder

MOVES: Final[Mapping[str, frozenset[OrderState]]] = {
    OrderState.WAITING: frozenset({OrderState.PAID, OrderState.CLOSED, OrderState.REFUNDED, OrderState.DISPUTED}),
    OrderState.CLOSED: frozenset({OrderState.PAID, OrderState.REFUNDED, OrderState.DISPUTED}),
    OrderState.PAID: frozenset({OrderState.REFUNDED, OrderState.DISPUTED}),
    OrderState.DISPUTED: frozenset(),
    OrderState.REFUNDED: frozenset(),
}
BY_HAND: Final = "by hand"
NO_REFUND: Final = "refund refused"
"""Like the other in place of the provider's word for the state."""
TAKEN: Final = frozenset({OrderState.PAID, OrderState.REFUNDED, OrderState.DISPUTED})


class Orders:
    """The four calls of a kiosk, and what the night and a person may do. Blocks: ask in a worker thread."""

    def __init__(self, store: Store, clock: Clock, channels: Channels) -> None:
        self._store, self._clock, self._channels = store, clock, channels

    @property
    def channels(self) -> list[str]:
        """What a kiosk may offer."""
        return list(self._channels)

    def answer(self, kiosk: str, path: str, body: bytes) -> Order:
        """One of the four calls below, by its path. Raises Refused; Unavailable while the provider is silent."""
        kind, name = CALLS[path]
        try:
            shown: Order = getattr(self, name)(kiosk, decode(body, kind))
        except ProviderSilent:
            raise Unavailable(PROVIDER) from None
        except ProviderRefused:
            raise Refused(422, "provider-refused", "the payment provider says no") from None
        return shown

    # --- the kiosk's calls: all raise Refused, ProviderSilent, ProviderRefused ---

    def create(self, kiosk: str, wanted: CreateOrder) -> Order:
        """A code for this reference; the same again is the same order."""
        if wanted.channel not in self._channels:
            raise Refused(422, "unknown-channel", "no such channel here")
        row = self._store.commit(lambda connection: self._begin(connection, kiosk, wanted))
        if (row.kiosk, row.amount, row.channel) != (kiosk, wanted.amount, wanted.channel):
            raise Refused(409, "order-differs", "the reference is another order's")
        if row.state == OrderState.WAITING and not row.code and row.expires_at > self._clock.now():
            code = self._channel(row).create(row.reference, row.amount, row.expires_at)
            row = self._write(row.reference, code=code)
        return self._shown(row)

    def query(self, kiosk: str, asked: QueryOrder) -> Order:
        """What the provider says now."""
        return self._shown(self.refresh(self._of(kiosk, asked.reference)))

    def close(self, kiosk: str, wanted: CloseOrder) -> Order:
        """Closed, or what it has become instead. Unheard of: closed before it is born, at its provider too."""
        row = self._store.commit(lambda connection: self._begin_closed(connection, kiosk, wanted))
        if row.kiosk != kiosk:
            raise _unknown()
        return self._shown(self.shut(self.refresh(row)))

    def refund(self, kiosk: str, wanted: RefundOrder) -> Order:
        """Everything back. Refused: ``not-paid``, ``full-refund-only``, ``disputed``, ``refund-refused``."""
        row = self._of(kiosk, wanted.reference)
        if wanted.amount != row.amount:
            raise Refused(422, "full-refund-only", "the whole amount or nothing")
        return self._shown(self.give_back(row))

    # --- steps, each repeatable ---

    def refresh(self, row: sa.Row[Any]) -> sa.Row[Any]:
        """The order as the provider sees it now."""
        if not row.channel or not MOVES[row.state]:
            return row
        trade = self._channel(row).query(row.reference)
        return row if trade is None else self._learn(row, trade)

    def shut(self, row: sa.Row[Any]) -> sa.Row[Any]:
        """Close a waiting order at its provider. What is being paid stays waiting: ask again."""
        if row.state != OrderState.WAITING:
            return row
        try:
            self._channel(row).close(row.reference)
        except ProviderRefused:
            return self.refresh(row)
        return self._move(row.reference, OrderState.CLOSED)

    def give_back(self, row: sa.Row[Any], *, by: str = "") -> sa.Row[Any]:
        """Refund a paid order. ``by``: the person who said so. Raises Refused, ProviderSilent."""
        row = self.refresh(row)
        if row.state == OrderState.REFUNDED:
            return row
        if row.state != OrderState.PAID:
            code = "disputed" if row.state == OrderState.DISPUTED else "not-paid"
            raise Refused(409, code, "only a paid order can be refunded")
        row = self._store.commit(lambda connection: self._want_back(connection, row.reference, by))
        try:
            self._channel(row).refund(row.reference, row.amount)
        except ProviderRefused:
            row = self.refresh(row)
            if row.state != OrderState.REFUNDED:
                self._write(row.reference, word=NO_REFUND)
                raise Refused(409, "refund-refused", "the provider does not give it back") from None
        return self._move(row.reference, OrderState.REFUNDED)

    def hand_out(self, reference: str, by: str) -> sa.Row[Any]:
        """A person pays it out, since the provider does not: from here on nobody asks the provider. Raises Refused."""

        def write(connection: sa.Connection) -> sa.Row[Any]:
            row = _known(connection, reference)
            if row.state not in {OrderState.PAID, OrderState.DISPUTED} or row.reported in ACCOUNTED:
                raise Refused(409, "no-case", "it was given back or accounted for meanwhile")
            if row.refunded_by not in {"", by}:  # that one's answer may be on its way
                raise Refused(409, "somebody-else", "somebody else is giving it back")
            done = {"state": OrderState.REFUNDED.value, "word": BY_HAND, "refunded_by": by}
            connection.execute(orders.update().where(orders.c.reference == reference).values(**done))
            return _known(connection, reference)

        return self._store.commit(write)

    def _learn(self, row: sa.Row[Any], trade: Trade) -> sa.Row[Any]:
        other = trade.state in TAKEN and trade.amount not in {None, row.amount}
        return self._move(
            row.reference,
            OrderState.DISPUTED if other else trade.state,
            word=trade.word,
            **({"transaction": trade.transaction} if trade.transaction else {}),
        )

    # --- the table ---

    def find(self, reference: str) -> sa.Row[Any] | None:
        """The order of this reference, whose ever it is."""
        with self._store.read() as connection:
            return _row(connection, reference)

    def _of(self, kiosk: str, reference: str) -> sa.Row[Any]:
        row = self.find(reference)
        if row is None or row.kiosk != kiosk:
            raise _unknown()
        return row

    def _channel(self, row: sa.Row[Any]) -> Channel:
        if row.channel not in self._channels:  # its contract ended; a person asks the provider
            raise ProviderSilent(row.channel)
        return self._channels[row.channel]

    def _begin(self, connection: sa.Connection, kiosk: str, wanted: CreateOrder) -> sa.Row[Any]:
        new = {"channel": wanted.channel, "amount": wanted.amount, "state": OrderState.WAITING.value}
        return _row(connection, wanted.reference) or self._insert(
            connection, kiosk, wanted.reference, timedelta(seconds=wanted.seconds), new
        )

    def _begin_closed(self, connection: sa.Connection, kiosk: str, wanted: CloseOrder) -> sa.Row[Any]:
        """An order whose life is over; it waits only until its provider was asked: we may have forgotten it."""
        new: dict[str, Any] = {"channel": "", "amount": 0, "state": OrderState.CLOSED.value}
        if wanted.amount and wanted.channel in self._channels:
            new = {"channel": wanted.channel, "amount": wanted.amount, "state": OrderState.WAITING.value}
        return _row(connection, wanted.reference) or self._insert(connection, kiosk, wanted.reference, timedelta(), new)

    def _want_back(self, connection: sa.Connection, reference: str, by: str) -> sa.Row[Any]:
        """From here on no report of it is accepted. Raises Refused if one came while a person was deciding."""
        row = _known(connection, reference)
        if by and row.reported in ACCOUNTED:
            raise Refused(409, "no-case", "the kiosk accounted for it meanwhile")
        wanted = {"refund_wanted_at": row.refund_wanted_at or self._clock.now(), "refunded_by": by or row.refunded_by}
        connection.execute(orders.update().where(orders.c.reference == reference).values(**wanted))
        return _known(connection, reference)

    def _insert(
        self, connection: sa.Connection, kiosk: str, reference: str, life: timedelta, new: Mapping[str, Any]
    ) -> sa.Row[Any]:
        empty = dict.fromkeys(("word", "code", "transaction", "reported", "refunded_by"), "")
        now = self._clock.now()
        row = {"reference": reference, "kiosk": kiosk, "created_at": now, "expires_at": now + life, **empty, **new}
        connection.execute(orders.insert().values(row))
        return _known(connection, reference)

    def _write(self, reference: str, **values: Any) -> sa.Row[Any]:
        def write(connection: sa.Connection) -> sa.Row[Any]:
            connection.execute(orders.update().where(orders.c.reference == reference).values(**values))
            return _known(connection, reference)

        return self._store.commit(write)

    def _move(self, reference: str, to: OrderState, **values: Any) -> sa.Row[Any]:
        """Into state ``to`` if the picture allows it from where the order is now; never backwards."""

        def move(connection: sa.Connection) -> sa.Row[Any]:
            row = _known(connection, reference)
            changes = dict(values)
            if to in MOVES[row.state]:
                changes["state"] = to.value
                if to in TAKEN and row.paid_at is None:
                    changes["paid_at"] = self._clock.now()
            if changes:
                connection.execute(orders.update().where(orders.c.reference == reference).values(**changes))
            return _known(connection, reference)

        return self._store.commit(move)

    def _shown(self, row: sa.Row[Any]) -> Order:
        waiting = row.state == OrderState.WAITING
        left = int((row.expires_at - self._clock.now()).total_seconds()) if waiting else 0
        return Order(
            reference=row.reference,
            amount=row.amount,
            channel=row.channel,
            state=OrderState(row.state),
            code=row.code if waiting else "",
            seconds_left=max(0, left),
            transaction=row.transaction,
        )


def _row(connection: sa.Connection, reference: str) -> sa.Row[Any] | None:
    return connection.execute(sa.select(orders).where(orders.c.reference == reference)).one_or_none()


def _known(connection: sa.Connection, reference: str) -> sa.Row[Any]:
    return connection.execute(sa.select(orders).where(orders.c.reference == reference)).one()


def _unknown() -> Refused:
    return Refused(404, "unknown-order", "no order of yours has this reference")


CALLS: Final[Mapping[str, tuple[type[msgspec.Struct], str]]] = {
    kind.path: (kind, name)
    for kind, name in (
        (CreateOrder, "create"),
        (QueryOrder, "query"),
        (CloseOrder, "close"),
        (RefundOrder, "refund"),
    )
}
"""By path: the message and the method of :class:`Orders` that answers it."""
