"""Camera, its host, the face host and a simulated citizen together, each in its own process."""

import asyncio
import os
import signal
from functools import partial
from random import Random

import pytest

from hardware.drivers.face import FaceAnalyst
from hardware.simulators.camera import CameraSimulator
from kiosk_app.devices import Backdrop, Preview
from kiosk_app.errors import DeviceError
from kiosk_app.portrait.guidance import Guidance
from kiosk_app.portrait.liveness import Challenge, Outcome, draw
from kiosk_app.portrait.rules import judge, reasons
from kiosk_app.services.steps.looking import WALL_EVERY
from tests.hardware import camera_kit
from tests.hardware.camera_kit import filming
from tests.hardware.face_kit import EXIT_ENTRY, analysing

face_hosts = partial(camera_kit.hosts, of=b"hosts.face")


async def challenged(
    analyst: FaceAnalyst, view: Preview, citizen: CameraSimulator, order: Challenge, *, obeys: bool = True
) -> Challenge:
    """The challenge to its end, before somebody who does what is asked, or not."""
    than, asked = 0, None
    while order.outcome is Outcome.GOING:
        frame = await analyst.look(view, than=than, track=order.wants_track)
        than = frame.sequence
        order = order.after(frame)
        if obeys and order.asks is not None and order.asks is not asked:
            citizen.act(order.asks.value)
        asked = order.asks
    return order


def test_a_citizen_passes_the_challenge_and_goes_with_a_photo() -> None:
    async def main() -> None:
        citizen = CameraSimulator()
        citizen.stand()
        async with asyncio.timeout(90), filming(citizen) as camera, analysing() as analyst:
            async with camera.preview() as view:
                order = await challenged(analyst, view, citizen, Challenge(draw(Random(1))))
                assert order.outcome is Outcome.ALIVE
                for _ in range(3):
                    await analyst.look(view, than=0)
                    await analyst.keep()
                photo = await analyst.finish(EXIT_ENTRY, Backdrop.WHITEN)
                still = await camera.still()
            again = await analyst.finish(EXIT_ENTRY, Backdrop.KEEP, still.data)
            for one in (photo, again):
                assert 331 <= one.measures["head_length"] <= 390
            assert max(await analyst.same(photo.data)) < 0.4
            await analyst.forget()

    asyncio.run(main())


def test_who_stands_still_is_taken_by_itself_and_no_rule_refuses_the_photo() -> None:
    async def main() -> None:
        citizen = CameraSimulator()
        citizen.stand()
        async with asyncio.timeout(90), filming(citizen) as camera, analysing() as analyst, camera.preview() as view:
            guidance, than, count = Guidance(), 0, 0
            while True:
                frame = await analyst.look(view, than=than, wall=count % WALL_EVERY == 0)
                than, count = frame.sequence, count + 1
                guidance = guidance.after(frame)
                if guidance.right:
                    await analyst.keep()
                if guidance.releases(frame.at):
                    break
            photo = await analyst.finish(EXIT_ENTRY, Backdrop.KEEP)
            assert reasons(judge(photo.measures, EXIT_ENTRY)) == ()

    asyncio.run(main())


def test_a_print_does_not_pass() -> None:
    async def main() -> None:
        citizen = CameraSimulator()
        citizen.stand(scene="photo")
        async with asyncio.timeout(90), filming(citizen) as camera, analysing() as analyst, camera.preview() as view:
            order = await challenged(analyst, view, citizen, Challenge(draw(Random(2))), obeys=False)
            assert order.outcome in {Outcome.TOO_SLOW, Outcome.WRONG}

    asyncio.run(main())


async def looked(analyst: FaceAnalyst, view: Preview) -> int:
    """How many faces there are, as soon as somebody can tell."""
    while True:
        try:
            return (await analyst.look(view)).faces
        except DeviceError:
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("which", ["camera", "face"])
def test_when_either_host_is_killed_the_look_goes_on(which: str) -> None:
    async def main() -> None:
        citizen = CameraSimulator()
        citizen.stand()
        async with asyncio.timeout(60), filming(citizen) as camera, analysing() as analyst, camera.preview() as view:
            assert await looked(analyst, view) == 1
            host = (camera_kit.hosts() if which == "camera" else face_hosts())[0]
            os.kill(host, signal.SIGKILL)
            await asyncio.sleep(0.3)
            assert await looked(analyst, view) == 1

    asyncio.run(main())
