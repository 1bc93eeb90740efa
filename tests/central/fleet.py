"""A small fleet for the stories: a clock one can turn, and a kiosk that makes real, signed events."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from central.db import memory_engine
from central.departments import samples
from central.departments.rules import china_day
from central.departments.traffic import Traffic
from central.front import Front
from central.limits import CAPS, Limits
from kiosk_app import contract
from kiosk_app.contract import (
    AskDecisions,
    Batch,
    BatchReply,
    Body,
    Decision,
    Decisions,
    Event,
    FinesPaid,
    PaidItem,
    PaymentMoved,
    Verdict,
)
from provisioning.device_key import DeviceKey

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
"""Noon in China on a Monday."""
PLENTY = dict.fromkeys(CAPS, 10**9)
KIOSK = "0198c0de-0000-7000-8000-000000000001"


@dataclass
class HandClock:
    at: datetime = NOON

    def now(self) -> datetime:
        return self.at

    def turn(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Machine:
    """A kiosk: its key and the heads of its streams."""

    id: str
    key: DeviceKey
    clock: HandClock
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    made: int = 0

    def event(self, body: Body, stream: str = "pay") -> Event:
        """The next event of the stream."""
        schema, fields = contract.schema_of(body)
        return self.raw(schema, fields, stream)

    def raw(self, schema: str, fields: dict[str, Any], stream: str = "pay") -> Event:
        seq, prev = self.heads.get(stream, (0, contract.GENESIS))
        self.made += 1
        event = self.signed(
            Event(
                schema=schema,
                kiosk=self.id,
                boot_id="boot",
                stream=stream,
                seq=seq + 1,
                id=f"event-{self.made}",
                at_wall=self.clock.now(),
                at_mono=1.5,
                clock_q="ntp",
                prev=prev,
                body=fields,
            )
        )
        self.heads[stream] = (event.seq, contract.digest(event))
        return event

    def signed(self, event: Event) -> Event:
        return replace_event(event, sig=self.key.sign(contract.canonical(event)))


def replace_event(event: Event, **changes: Any) -> Event:
    return msgspec.structs.replace(event, **changes)


@dataclass
class Fleet:
    """Central with the samples, and one kiosk that it trusts."""

    clock: HandClock
    traffic: Traffic
    front: Front
    kiosk: Machine

    def send(self, *events: Event) -> BatchReply:
        status, body = self.front.post(self.kiosk.id, "/tx/batch", msgspec.json.encode(Batch(events=list(events))))
        assert status == 200, body
        return msgspec.json.decode(body, type=BatchReply)

    def say(self, *bodies: Body) -> list[Verdict]:
        """Make and send events of the stream ``pay``; their verdicts."""
        return self.send(*(self.kiosk.event(body) for body in bodies)).streams["pay"].verdicts

    def ask(self, **question: str) -> list[Decision]:
        status, body = self.question(**question)
        assert status == 200, body
        return msgspec.json.decode(body, type=Decisions).decisions

    def question(self, **question: str) -> tuple[int, bytes]:
        ask = AskDecisions(**question)
        return self.front.post(self.kiosk.id, "/traffic/decisions", msgspec.json.encode(ask))

    def problem(self, **question: str) -> tuple[int, str]:
        status, body = self.question(**question)
        return status, msgspec.json.decode(body, type=contract.Problem).type

    def paid(self, reference: str, *decisions: Decision, **changes: Any) -> FinesPaid:
        """The report of a payment of these decisions, as shown now."""
        report = FinesPaid(
            reference=reference,
            amount=sum(d.due for d in decisions),
            items=[PaidItem(number=d.number, fine=d.fine, late_fee=d.late_fee) for d in decisions],
            paid_at=self.clock.now(),
            trace=7,
            receipt_no=7,
            terminal_id="12345678",
        )
        return msgspec.structs.replace(report, **changes)

    def moved(self, reference: str, state: str, amount: int = 0) -> PaymentMoved:
        return PaymentMoved(reference=reference, state=state, amount=amount)


def fleet(**settings: Any) -> Fleet:
    clock, traffic = settings.pop("clock", None) or HandClock(), Traffic()
    engine = settings.pop("engine", None) or memory_engine()
    front = Front(engine, clock, traffic=traffic, **({"limits": Limits(PLENTY)} | settings))
    with front.store.write() as connection:
        samples.load(connection, china_day(clock.now()))
    kiosk = Machine(KIOSK, DeviceKey.from_number(4407), clock)
    front.register(kiosk.id, kiosk.key.public_pem, site="sample site")
    return Fleet(clock, traffic, front, kiosk)
