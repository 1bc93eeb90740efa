"""Of services that take neither money nor a permit: offices, the A4 printer, the camera."""

from typing import TYPE_CHECKING

from kiosk_app.contract.certificates import AskCertificate
from kiosk_app.contract.hall import Book, Cancel
from kiosk_app.contract.photos import KeepPhoto
from kiosk_app.contract.social import ChangeCard, ConfirmLiving
from kiosk_app.errors import CameraCovered
from tests.worlds.faults.fault import Fault, after

if TYPE_CHECKING:
    from tests.worlds.world import World


async def camera_covered(world: "World") -> None:
    """A hand, a bag or no light at all before the camera."""
    await after(world, 0, 40)
    world.scene.covered = CameraCovered("camera")
    await after(world, 1, 60)
    world.scene.covered = None


async def offices_unavailable(world: "World") -> None:
    """Central answers, and neither social security, nor medical insurance, nor the halls do."""
    await after(world, 0, 40)
    world.offices(available=False)
    await after(world, 5, 300)
    world.offices(available=True)


async def answers_about_deeds_lost(world: "World") -> None:
    """A department did what it was asked to do, and its answer is lost on the way to the kiosk, again and again."""
    for _ in range(3):
        world.network.lose_all |= DEEDS
        await after(world, 10, 60)


async def document_printer_dead(world: "World") -> None:
    """The A4 printer is gone at some moment, and comes back much later."""
    await after(world, 0, 60)
    await world.document_printer.unplug()
    await after(world, 60, 2000)
    await world.document_printer.plug_in()


DEEDS = frozenset(ask.path for ask in (Book, Cancel, ConfirmLiving, ChangeCard, KeepPhoto, AskCertificate))
"""What a department does once, however often it is asked."""
OF_PAGES: dict[str, Fault] = {
    fault.__name__: fault
    for fault in (offices_unavailable, answers_about_deeds_lost, document_printer_dead, camera_covered)
}
"""Of services that take neither money nor a permit."""
