"""The composition root: the only module that sees every room. Builds a :class:`Machine` from a configuration.

If the store cannot be opened the machine still runs: it takes no money, says so on the screen and to central,
and leaves the file as it is.
"""

import asyncio
import resource
import shutil
import time
from contextlib import ExitStack
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from datetime import time as time_of_day
from importlib.metadata import version
from pathlib import Path
from random import Random, SystemRandom

import structlog

from hardware.channel import opener_of
from hardware.drivers.card_terminal import CardTerminal
from hardware.drivers.document_printer import DocumentPrinter, printing_host
from hardware.drivers.id_card_reader import IdCardReader
from hardware.drivers.receipt_printer import ReceiptPrinter
from kiosk_app import devices as roles
from kiosk_app.config import Config, CupsPrinter, EscposPrinter, SdtReader, ZvtTerminal
from kiosk_app.desk import Patience, Site
from kiosk_app.errors import ConfigError, StoreError
from kiosk_app.ids import uuid7
from kiosk_app.machine import Devices, Machine, Surroundings
from kiosk_app.no_store import NoStore
from kiosk_app.ports import Clock, Journal, Outbox
from offline_cache.central_client import CentralClient
from offline_cache.journal import SqlJournal
from offline_cache.keys import lineage, load_or_make_key
from offline_cache.outbox import SqlOutbox
from offline_cache.store import Store, open_store
from provisioning.device_key import DeviceKey
from provisioning.enrol import Files, Identity
from screens.stage import Stage

log = structlog.get_logger()

SOFTWARE = version("yimen-kiosk")
MIB = 1024 * 1024


class SystemClock:
    """The box's own clock."""

    def now(self) -> datetime:
        """Aware, UTC."""
        return datetime.now(UTC)


def read_identity(config: Config, base: Path) -> tuple[Identity, Files]:
    """Who this machine is. Raises ConfigError when it is not enrolled."""
    files = Files(base / config.central.folder)
    try:
        return Identity.load(files.folder), files
    except (OSError, ValueError, TypeError) as error:
        raise ConfigError(str(files.identity), "central.folder", "run `kiosk enrol` first") from error


def site_of(config: Config, identity: Identity) -> Site:
    """The file's word first, then enrolment's. Raises ConfigError when neither numbers the machine."""
    machine = config.site.machine or identity.number
    if not machine:
        raise ConfigError("kiosk.toml", "site.machine", "eight digits, unique among machines")
    return Site(
        name=config.site.name or identity.site,
        name_en=config.site.name_en,
        hotline=config.site.hotline or identity.hotline,
        machine=machine,
        proof_url=config.site.proof_url or identity.proof_url,
        nearest=tuple(config.site.nearest),
    )


# --- devices ---------------------------------------------------------------------------------------------------


def id_card_reader(config: SdtReader) -> IdCardReader:
    """The resident ID reader of the file."""
    return IdCardReader(opener_of(config.port, baud=config.baud), presence=config.presence)


def card_terminal(config: ZvtTerminal) -> CardTerminal:
    """The bank-card terminal of the file: bare APDUs over TCP, framed and with two stop bits on a serial line."""
    return CardTerminal(
        opener_of(config.port, baud=config.baud, stop_bits=2),
        framing="tcp" if config.port.startswith("tcp://") else "serial",
        password=config.password,
    )


def receipt_printer(config: EscposPrinter) -> ReceiptPrinter:
    """The receipt printer of the file."""
    return ReceiptPrinter(opener_of(config.port, baud=config.baud), presenter=config.presenter)


def document_printer(config: CupsPrinter) -> DocumentPrinter:
    """The A4 printer of the file, behind its host process."""
    return DocumentPrinter(printing_host(config.socket), queue=config.queue)


def devices_of(config: Config) -> Devices:
    """Every device of the file."""
    return Devices(
        id_card_reader=id_card_reader(config.devices.id_card_reader),
        card_terminal=card_terminal(config.devices.card_terminal),
        receipt_printer=receipt_printer(config.devices.receipt_printer),
        document_printer=document_printer(config.devices.document_printer),
    )


def device_of(config: Config, role: str) -> roles.Device:
    """One device alone, for ``kiosk device``."""
    device: roles.Device = getattr(devices_of(config), role)
    return device


# --- records ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Records:
    """Journal and outbox; ``trouble`` names why there is no store, if there is none."""

    journal: Journal
    outbox: Outbox
    trouble: str = ""


def open_records(config: Config, base: Path, clock: Clock, stack: ExitStack) -> Records:
    """Open the store; a store that cannot be opened is left alone and replaced by one that refuses everything."""
    try:
        path = base / config.store.path
        store = stack.enter_context(open_store(path, load_or_make_key(base / config.store.key)))
        return records_in(store, path, *read_identity(config, base), clock)
    except StoreError as error:
        log.error("store", error=type(error).__name__, detail=error.detail, do=error.operator)
        nothing = NoStore(error)
        return Records(nothing, nothing, f"store {type(error).__name__}")


def records_in(store: Store, path: Path, identity: Identity, files: Files, clock: Clock) -> Records:
    """Journal and outbox in an open store."""
    new_id = uuid7(clock, SystemRandom())
    outbox = SqlOutbox(
        store,
        kiosk=identity.kiosk,
        boot_id=new_id(),
        sign=DeviceKey.load_or_make(files.key).sign,
        clock=clock,
        mono=time.monotonic,
        clock_quality=lambda: "unknown",
        new_id=new_id,
        lineage=lineage(path.with_name(path.name + ".id")),
    )
    return Records(SqlJournal(store, outbox, clock), outbox)


def open_books(config: Config, base: Path, stack: ExitStack) -> Records:
    """The records for reading beside a running kiosk. Raises StoreError, ConfigError; makes no new store."""
    path = base / config.store.path
    if not path.exists():
        raise ConfigError(str(path), "store.path", "there is no store yet: the kiosk has not run")
    store = stack.enter_context(open_store(path, load_or_make_key(base / config.store.key)))
    return records_in(store, path, *read_identity(config, base), SystemClock())


# --- running ---------------------------------------------------------------------------------------------------


async def run(config: Config, base: Path) -> None:
    """Serve until cancelled. ``base``: the folder of the configuration file. Raises ConfigError."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would keep a person's data
    clock = SystemClock()
    identity, files = read_identity(config, base)
    site = site_of(config, identity)
    with ExitStack() as stack:
        records = open_records(config, base, clock, stack)
        transport = CentralClient(
            config.central.url,
            ca=files.authority,
            certificate=files.certificate,
            key=files.key,
            clock=clock,
            new_id=uuid7(clock, SystemRandom()),
        )
        stack.callback(transport.close)
        stage = Stage(
            site=site.name,
            site_en=site.name_en,
            hotline=site.hotline,
            clock=clock,
            size=(config.screen.width, config.screen.height),
            fullscreen=config.screen.fullscreen,
            targets=config.screen.targets,
        )
        machine = Machine(
            screen=stage,
            devices=devices_of(config),
            journal=records.journal,
            outbox=records.outbox,
            transport=transport,
            clock=clock,
            random=Random(),  # noqa: S311 - jitter, not a key
            site=site,
            patience=patience_of(config),
            surroundings=Surroundings(
                software=SOFTWARE,
                disk_free_mb=lambda: shutil.disk_usage(base).free // MIB,
                issues=(records.trouble,) if records.trouble else (),
                clock_quality=transport.clock_quality,
                day_end=time_of_day.fromisoformat(config.session.day_end),
            ),
        )
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(machine.run(), name="machine")
            await stage.run()  # ends when somebody closes the window (on a desktop)
            serving.cancel()


def patience_of(config: Config) -> Patience:
    """The file's seconds."""
    return Patience(**{field.name: getattr(config.session, field.name) for field in fields(Patience)})
