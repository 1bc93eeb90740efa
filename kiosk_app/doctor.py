"""``kiosk doctor``: what is wrong with this machine, and what to do, as one table. Changes nothing.

Every part says how it is in its own words: devices by the drivers that serve citizens, the store by its chains,
central by a question it must answer. Advice comes from the error tree (:mod:`kiosk_app.advice`). While the kiosk runs
its devices are left alone, since two programs cannot talk to one device; what they said of their supplies is known all
the same.
"""

import asyncio
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from cryptography import x509

from kiosk_app import errors
from kiosk_app.advice import ADVICE, advice_for
from kiosk_app.alone import is_running
from kiosk_app.config import Config
from kiosk_app.contract import HeartbeatReply, decode
from kiosk_app.devices import Condition, Device, DeviceState
from kiosk_app.errors import CentralRefused, CentralUnreachable, KioskError
from kiosk_app.guarded import guarded
from kiosk_app.local_time import LOCAL
from kiosk_app.money.payment import State
from kiosk_app.ports import Clock
from kiosk_app.supplies import forecasts
from kiosk_app.wiring import devices_of, open_books, read_identity, transport_of

ABOUT = "/about"
"""What a heartbeat is answered with, without being one."""
LISTEN = 10.0
ASK = 8.0
LOW_DISK_MB = 200
RENEW_BEFORE_DAYS = 30
SOON = timedelta(days=2)
"""A supply that ends before is to be refilled at this visit."""
MIB = 1024 * 1024

LACKS = {"grab": "keep its keys from other programs", "state": "be asked what is pressed or plugged in"}
"""What a line cannot do that says ``missing`` of it."""


@dataclass(frozen=True)
class Finding:
    """One part: ``well``, what it says, and what the person who can act should do if it is not."""

    part: str
    well: bool
    says: str
    advice: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """The same for programs, where there is more to say."""


RUNNING = Finding(
    "devices", True, "in use by the running kiosk, which reports them to central", "To examine them, stop the kiosk."
)


async def examine(config: Config, base: Path, clock: Clock) -> list[Finding]:
    """Every part of the machine, devices side by side."""
    devices = [] if is_running(base) else [listen(device) for device in guarded(devices_of(config)).all()]
    listening = asyncio.gather(*devices)
    central = asyncio.create_task(ask_central(config, base, clock))
    found = await listening or [RUNNING]
    box = [*identity(config, base, clock), *records(config, base), *supplies(config, base, clock), disk(base)]
    return [*found, await central, *box]


# --- devices ---------------------------------------------------------------------------------------------------


async def listen(device: Device) -> Finding:
    """Let the driver connect and hear what the device says."""
    heard = asyncio.Event()
    device.watch(lambda condition: heard.set() if condition.serves else None)
    running = asyncio.create_task(device.run(), name=device.role)
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(LISTEN):
                await heard.wait()
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    return of_device(device)


def of_device(device: Device) -> Finding:
    """A device's condition in words, with the advice of the error that its reason belongs to."""
    condition = device.condition
    facts = {
        "state": condition.state.value,
        "reason": condition.reason,
        "detail": condition.detail,
        "supplies": dict(condition.supplies),
        "levels": dict(condition.levels),
        "capabilities": sorted(device.capabilities),
    }
    if condition.serves:
        advice = " ".join(_hints(condition))
        return Finding(device.role, not advice, _words(device), advice, facts)
    return Finding(device.role, False, _words(device), advice_for(condition.reason or "offline"), facts)


def _words(device: Device) -> str:
    """``online, paper ok 80 %; can: cutter``."""
    condition = device.condition
    state = condition.state.value if condition.state is not DeviceState.STARTING else "no answer"
    levels = {name: f"{level} %" for name, level in condition.levels.items()}
    names = dict.fromkeys([*condition.supplies, *levels])
    supplies = [" ".join(filter(None, (name, condition.supplies.get(name), levels.get(name)))) for name in names]
    how = ", ".join(dict.fromkeys(word for word in (state, condition.reason, condition.detail, *supplies) if word))
    able = ", ".join(sorted(device.capabilities))
    return f"{how}; can: {able}" if able else how


def _hints(condition: Condition) -> Iterator[str]:
    """What to do about a device that serves."""
    ending = [name for name, word in condition.supplies.items() if word in {"low", "out", "full"}]
    boxes = [name for name in ending if name.endswith("box")]
    refill = [name for name in ending if name not in boxes and name != "battery"]  # a battery charges by itself
    if refill:
        yield f"Refill soon: {', '.join(refill)}."
    if boxes:
        yield f"Empty soon: {', '.join(boxes)}."
    if lacks := [LACKS.get(name, name) for name, word in condition.supplies.items() if word == "missing"]:
        yield f"It cannot {' and '.join(lacks)}: `path` names no input device of Linux (`ls -l /dev/input/by-id/`)."
    if condition.reason in ADVICE:
        yield ADVICE[condition.reason]


# --- central ---------------------------------------------------------------------------------------------------


async def ask_central(config: Config, base: Path, clock: Clock) -> Finding:
    """A question that changes nothing. Any answer proves line, certificates and central; it may say more."""
    told: HeartbeatReply | None = None
    try:
        with ExitStack() as stack:
            transport = transport_of(config, base, clock)
            stack.callback(transport.close)
            try:
                told = decode(await transport.post(ABOUT, b"{}", deadline=ASK), HeartbeatReply)
            except CentralRefused as refused:
                if refused.code in {"unknown-kiosk", "revoked"}:
                    return Finding("central", False, f"refuses this machine: {refused.code}", ENROL_AGAIN)
            except msgspec.DecodeError as error:
                raise CentralUnreachable(f"unreadable answer: {error}") from error
            offset = transport.offset
    except CentralUnreachable as error:
        return Finding("central", False, f"cannot be reached at {config.central.url}", error.operator)
    except KioskError as error:
        return Finding("central", False, error.detail or type(error).__name__, error.operator)
    late = offset is not None and abs(offset) > 120
    says = ["answers"] if offset is None else [f"answers; its clock is {offset:+.0f} s from ours"]
    advice, facts = "Set this machine's clock (chrony)." if late else "", dict[str, Any]()
    if told is not None:  # an older central does not know the question
        says.append(_offers(told.channels))
        facts["channels"] = told.channels
    return Finding("central", not late, "; ".join(says), advice, facts)


def _offers(channels: Sequence[str]) -> str:
    """Whether citizens can pay by code is central's business, and no fault of this machine."""
    return f"payment by code: {', '.join(channels)}" if channels else "offers no payment by code"


ENROL_AGAIN = "Ask central operations for a new code and run `kiosk enrol` again."


# --- the box ---------------------------------------------------------------------------------------------------


def identity(config: Config, base: Path, clock: Clock) -> Iterator[Finding]:
    """Who this machine is, and until when its certificate is good."""
    try:
        who, files = read_identity(config, base)
        certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    except (KioskError, OSError, ValueError) as error:
        yield Finding("identity", False, str(error), ENROL_AGAIN)
        return
    yield until(certificate.not_valid_after_utc, f"{who.number} {who.site}", clock)


def until(end: datetime, who: str, clock: Clock) -> Finding:
    """The certificate's end."""
    days = (end - clock.now()).days
    says = f"{who}, certificate good for {days} days"
    return Finding("identity", days > RENEW_BEFORE_DAYS, says, "" if days > RENEW_BEFORE_DAYS else ENROL_AGAIN)


def records(config: Config, base: Path) -> Iterator[Finding]:
    """The store: can money be taken, is every entry there, and what waits for a person or for central."""
    try:
        with ExitStack() as stack:
            books = open_books(config, base, stack)
            books.journal.ready()
            broken = books.verify()
            due = [e.reference for e in books.journal.latest("payment") if e.state == State.REFUND_DUE]
            waiting = books.outbox.report().count
    except KioskError as error:
        yield Finding("store", False, error.detail or type(error).__name__, error.operator)
        return
    yield Finding("store", not broken, "; ".join(broken) or "sound", errors.StoreCorrupt.operator if broken else "")
    yield Finding("refunds due", not due, ", ".join(due) or "none", errors.ReversalRefused.operator if due else "")
    yield Finding("outbox", True, f"{waiting} waiting")


def supplies(config: Config, base: Path, clock: Clock) -> Iterator[Finding]:
    """When supplies will be empty, by what the running kiosk wrote down; nothing while nobody can say."""
    try:
        with ExitStack() as stack:
            ends = forecasts(open_books(config, base, stack).observations.histories())
    except KioskError:
        return  # the store has its own row
    if not ends:
        return
    soon = [supply for supply, end in ends.items() if end - clock.now() < SOON]
    says = ", ".join(f"{supply} until about {end.astimezone(LOCAL):%Y-%m-%d}" for supply, end in ends.items())
    facts = {"empty_at": {supply: end.isoformat() for supply, end in ends.items()}}
    yield Finding("supplies", not soon, says, f"Refill now: {', '.join(soon)}." if soon else "", facts)


def disk(base: Path) -> Finding:
    """Room for records."""
    free = shutil.disk_usage(base).free // MIB
    roomy = free > LOW_DISK_MB
    return Finding("disk", roomy, f"{free} MiB free", "" if roomy else errors.DiskFull.operator)
