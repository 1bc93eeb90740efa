"""What the machine says of itself each minute: parts, services, what waits for central, and what waits for a person."""

from kiosk_app import health
from kiosk_app.contract import DeviceReport, Heartbeat, OutboxReport
from kiosk_app.custody import Custody
from kiosk_app.errors import StoreError
from kiosk_app.money.day import DAY, UNBALANCED
from kiosk_app.money.payment import State
from kiosk_app.money.till import Till
from kiosk_app.ports import Clock, Records
from kiosk_app.supplies import Supplies
from kiosk_app.surroundings import Surroundings

UNRESOLVED = frozenset({State.UNKNOWN, State.REVERSING})


class Heart:
    """Remembers only since when the machine is as it is."""

    def __init__(
        self,
        *,
        records: Records,
        till: Till,
        custody: Custody | None,
        supplies: Supplies,
        clock: Clock,
        surroundings: Surroundings,
    ) -> None:
        self._records, self._till, self._custody = records, till, custody
        self._supplies, self._clock, self._surroundings = supplies, clock, surroundings
        self._since, self._shown = clock.now(), ""

    def beat(self, seq: int, parts: health.Parts, *, visiting: bool) -> Heartbeat:
        """What the heartbeat of this number says."""
        state = health.state(parts)
        if state != self._shown:
            self._shown, self._since = state, self._clock.now()
        outbox, issues = self._waiting()
        return Heartbeat(
            seq=seq,
            state=state,
            screen="visit" if visiting else "idle",
            since=self._since,
            devices={
                role: DeviceReport(
                    state=condition.state.value,
                    reason=condition.reason,
                    supplies=dict(condition.supplies),
                    levels=dict(condition.levels),
                    empty_at=self._supplies.empty_at(role, condition),
                )
                for role, condition in parts.conditions.items()
            },
            services={item.key: item.closed.id if item.closed else "open" for item in health.menu(parts)},
            outbox=outbox,
            issues=list(dict.fromkeys(filter(None, (self._records.trouble, *issues)))),
            software=self._surroundings.software,
            disk_free_mb=self._surroundings.disk_free_mb(),
            clock_q=self._surroundings.clock_quality(),
            at_wall=self._clock.now(),
        )

    def _waiting(self) -> tuple[OutboxReport, list[str]]:
        """What waits for central and for a person; a store in trouble is an issue itself."""
        try:
            self._records.journal.ready()
            trouble = []
        except StoreError as error:
            trouble = [f"store {type(error).__name__}"]
        try:
            return self._records.outbox.report(), trouble + self._cases()
        except StoreError:
            return OutboxReport(count=0), trouble

    def _cases(self) -> list[str]:
        """What a person should know of: refunds due, payments nobody has answered for, permits, an unbalanced day."""
        waiting = [payment for payment in self._till.open_payments if payment.state in UNRESOLVED]
        owed = [f"{payment.state.value} {payment.reference}" for payment in [*self._till.refunds_due(), *waiting]]
        permits = [*self._custody.retained(), *self._custody.left] if self._custody else []
        owed += [f"permit {stay.place.value} {stay.reference}" for stay in permits]
        day = self._records.journal.newest(DAY)
        return owed + ([f"day {day.state} {day.reference}"] if day and day.state in UNBALANCED else [])
