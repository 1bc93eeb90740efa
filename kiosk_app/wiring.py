"""The wiring: devices, records and identity built from a configuration, without a window.

:mod:`kiosk_app.app` adds the window and runs the machine; ``kiosk device`` and ``kiosk books`` need only this.
Together with it this is the only place that sees the other rooms. If the store cannot be opened the machine
still runs: it takes no money, says so on the screen and to central, and leaves the file as it is.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from random import SystemRandom
from typing import Any, cast

import structlog

from kiosk_app.config import Config
from kiosk_app.desk import Site
from kiosk_app.errors import ConfigError, StoreError, WrongKey
from kiosk_app.fitted import Devices
from kiosk_app.ids import uuid7
from kiosk_app.no_store import NoStore
from kiosk_app.ports import Clock, Records
from offline_cache.catalogue import SqlCatalogue
from offline_cache.central_client import CentralClient
from offline_cache.journal import SqlJournal
from offline_cache.keys import lineage, load_or_make_key
from offline_cache.observations import SqlObservations
from offline_cache.outbox import SqlOutbox
from offline_cache.proofs import SqlProofs
from offline_cache.retention import Retention
from offline_cache.store import Store, open_store
from provisioning.device_key import DeviceKey
from provisioning.enrol import Files, Identity

log = structlog.get_logger()


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
        proof_url=(config.site.proof_url or identity.proof_url).rstrip("/"),
        nearest=tuple(config.site.nearest),
    )


# --- devices ---------------------------------------------------------------------------------------------------


def devices_of(config: Config) -> Devices:
    """Every device of the file. Raises ConfigError."""
    return Devices(**{role: cast(Any, section.build()) for role, section in config.devices.items()})


# --- central ---------------------------------------------------------------------------------------------------


def transport_of(config: Config, base: Path, clock: Clock) -> CentralClient:
    """The way to central with this machine's identity. Raises ConfigError."""
    _, files = read_identity(config, base)
    return CentralClient(
        config.central.url,
        ca=files.authority,
        certificate=files.certificate,
        key=files.key,
        clock=clock,
        new_id=uuid7(clock, SystemRandom()),
    )


# --- records ---------------------------------------------------------------------------------------------------


def open_records(
    config: Config, base: Path, clock: Clock, stack: ExitStack, clock_quality: Callable[[], str]
) -> Records:
    """Open the store; a store that cannot be opened is left alone and replaced by one that refuses everything."""
    try:
        path = base / config.store.path
        store = stack.enter_context(open_kept(path, base / config.store.key))
        return records_in(store, path, read_identity(config, base), clock, clock_quality)
    except StoreError as error:
        log.error("store", error=type(error).__name__, detail=error.detail, do=error.operator)
        nothing = NoStore(error)
        return Records(nothing, nothing, nothing, nothing, nothing, f"store {type(error).__name__}")


def open_kept(path: Path, key: Path) -> Store:
    """The store with its key; both are made on the first start only. Raises StoreError."""
    if path.exists() and not key.exists():  # a new key would only hide that the right one is missing
        raise WrongKey(f"{key} is missing")
    return open_store(path, load_or_make_key(key))


def records_in(
    store: Store, path: Path, who: tuple[Identity, Files], clock: Clock, clock_quality: Callable[[], str]
) -> Records:
    """Journal and outbox in an open store."""
    identity, files = who
    new_id = uuid7(clock, SystemRandom())
    outbox = SqlOutbox(
        store,
        kiosk=identity.kiosk,
        boot_id=new_id(),
        sign=DeviceKey.load_or_make(files.key).sign,
        clock=clock,
        mono=time.monotonic,
        clock_quality=clock_quality,
        new_id=new_id,
        lineage=lineage(path.with_name(path.name + ".id")),
    )
    journal = SqlJournal(store, outbox, clock)
    retention = Retention(store, clock, clock_quality)
    return Records(
        journal,
        outbox,
        SqlObservations(store),
        SqlCatalogue(store, pinned(files), clock),
        SqlProofs(store),
        verify=lambda: journal.verify() + outbox.verify(),
        set_aside=lambda: [f"{reference or stream} {aside.code}" for stream, reference, aside in outbox.rejections()],
        clean=lambda: log.info("cleaned", **asdict(retention.run())),
    )


def pinned(files: Files) -> bytes:
    """Central's certificate as enrolment pinned it; nothing if the file is gone, which closes no books."""
    try:
        return files.authority.read_bytes()
    except OSError:
        return b""


def open_books(config: Config, base: Path, stack: ExitStack) -> Records:
    """The records for reading beside a running kiosk. Raises StoreError, ConfigError; makes no new store."""
    path = base / config.store.path
    if not path.exists():
        raise ConfigError(str(path), "store.path", "there is no store yet: the kiosk has not run")
    store = stack.enter_context(open_kept(path, base / config.store.key))
    return records_in(store, path, read_identity(config, base), SystemClock(), lambda: "unknown")
