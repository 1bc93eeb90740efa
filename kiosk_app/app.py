"""The composition root: a :class:`Machine` with its window, from a configuration, run until stopped.

When the machine stops by itself, its battery is ending: the system is asked to power off, by the command of the file.
"""

import asyncio
import ctypes
import gc
import resource
import shutil
from contextlib import ExitStack, suppress
from dataclasses import fields
from datetime import time
from importlib.metadata import version
from pathlib import Path
from random import Random

from kiosk_app.alone import alone
from kiosk_app.config import Config
from kiosk_app.desk import Patience, Site
from kiosk_app.ending import power_off, until_either
from kiosk_app.machine import Machine
from kiosk_app.power import Power
from kiosk_app.surroundings import Surroundings
from kiosk_app.wiring import SystemClock, devices_of, open_records, read_identity, site_of, transport_of
from offline_cache.central_client import CentralClient
from screens.stage import Stage
from screens.words import Words

SOFTWARE = version("yimen-kiosk")
MIB = 1024 * 1024
M_PERTURB, FILL = -6, 165
"""glibc's ``mallopt``: what is freed is filled with this byte, as in the hosts (``hardware/drivers/face.py``)."""


def overwrite_what_is_freed() -> None:
    """A picture that central sent, or a page of text, does not wait in free memory for the next citizen.

    Blocks above 512 bytes only: smaller ones Python keeps to itself. Where there is no glibc nothing happens.
    """
    with suppress(AttributeError):
        ctypes.CDLL(None).mallopt(M_PERTURB, FILL)


async def run(config: Config, base: Path) -> None:
    """Serve until cancelled. ``base``: the folder of the configuration file. Raises ConfigError."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would keep a person's data
    overwrite_what_is_freed()
    clock = SystemClock()
    identity, _ = read_identity(config, base)
    site = site_of(config, identity)
    with ExitStack() as stack:
        stack.enter_context(alone(base))
        transport = transport_of(config, base, clock)
        stack.callback(transport.close)
        records = open_records(config, base, clock, stack, transport.clock_quality)
        stage = stage_of(config, site, clock)
        machine = Machine(
            screen=stage,
            devices=devices_of(config),
            records=records,
            card_first=config.endorsement.card_first,
            wording=Words({"phone": site.hotline}).say,
            transport=transport,
            clock=clock,
            random=Random(),  # noqa: S311 - jitter, not a key
            site=site,
            patience=patience_of(config),
            surroundings=surroundings_of(config, base, transport),
        )
        gc.collect()
        gc.freeze()  # what lives as long as the program is not looked through again at every goodbye
        ended = await until_either(machine.run(), stage.run())
    if ended is Power.SHUT_DOWN:  # the store is closed: nothing is lost however fast the system goes
        await power_off(config.power.shutdown)


def patience_of(config: Config) -> Patience:
    """The file's seconds."""
    return Patience(**{field.name: getattr(config.session, field.name) for field in fields(Patience)})


def stage_of(config: Config, site: Site, clock: SystemClock) -> Stage:
    """The window."""
    return Stage(
        site=site.name,
        site_en=site.name_en,
        hotline=site.hotline,
        clock=clock,
        size=(config.screen.width, config.screen.height),
        fullscreen=config.screen.fullscreen,
        targets=config.screen.targets,
        keyboard=config.screen.keyboard,
    )


def surroundings_of(config: Config, base: Path, transport: CentralClient) -> Surroundings:
    """The box, and what the file says of its day and of faces."""
    return Surroundings(
        software=SOFTWARE,
        disk_free_mb=lambda: shutil.disk_usage(base).free // MIB,
        clock_quality=transport.clock_quality,
        day_end=time.fromisoformat(config.session.day_end),
        aside=asyncio.to_thread,
        thresholds=config.face.thresholds,
        backdrop=config.face.backdrop,
    )
