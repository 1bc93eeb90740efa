"""The face analyst: what it was shown it measures, what was kept becomes a photo, and nothing outlives the visit."""

from typing import Any

from hardware.contract_kit.device import DeviceContract, case, ended
from hardware.contract_kit.rig import Rig
from kiosk_app.devices import Backdrop, PhotoSpec, Preview
from kiosk_app.errors import FaceNotSeen, FaceVisitLost

JPEG = b"\xff\xd8\xff"


class FaceRig(Rig):
    """``view``: a camera's preview, filled by :meth:`show`; ``spec``: the photo that is made of it."""

    view: Preview
    spec: PhotoSpec

    async def show(self, *, somebody: bool = True) -> int:
        """A new frame with one face that fits a photo, or with none; its sequence."""
        raise NotImplementedError


class FaceAnalystContract(DeviceContract[FaceRig]):
    """The role ``face_analyst``."""

    role = "face_analyst"

    async def ask(self, driver: Any) -> object:
        return await driver.master()

    async def use(self, rig: FaceRig, driver: Any) -> None:
        await driver.forget()
        await self._keep(rig, driver)
        photo = await ended(driver.finish(rig.spec, Backdrop.KEEP), rig.answer)
        assert photo.data.startswith(JPEG)
        assert rig.spec.file.smallest <= len(photo.data) <= rig.spec.file.largest
        assert all(rule.measure in photo.measures for rule in rig.spec.rules)
        await driver.forget()

    async def _keep(self, rig: FaceRig, driver: Any) -> None:
        sequence = await rig.show()
        facts = await ended(driver.look(rig.view, than=sequence - 1, track=True), rig.answer)
        assert (facts.sequence, facts.faces) == (sequence, 1)
        assert await ended(driver.keep(), rig.answer) >= 1

    @case
    async def test_where_nobody_stands_there_is_no_face_and_nothing_to_keep(self, rig: Any) -> None:
        async with self.at_work(rig) as driver:
            sequence = await rig.show(somebody=False)
            facts = await ended(driver.look(rig.view, than=sequence - 1, wall=True), rig.answer)
            assert (facts.faces, facts.face) == (0, None)
            assert facts.wall
            assert isinstance(await ended(driver.keep(), rig.answer), FaceNotSeen)

    @case
    async def test_after_the_visit_nothing_is_left_to_make_a_photo_of(self, rig: Any) -> None:
        async with self.at_work(rig) as driver:
            await self._keep(rig, driver)
            await driver.forget()
            assert isinstance(await ended(self.ask(driver), rig.answer), FaceNotSeen)
            photo = driver.finish(rig.spec, Backdrop.KEEP)
            assert isinstance(await ended(photo, rig.answer), FaceNotSeen)

    @case
    async def test_a_visit_lost_with_the_device_is_told_once_and_begins_again(self, rig: Any) -> None:
        async with self.at_work(rig) as driver:
            await self._keep(rig, driver)
            await rig.unplug()
            await self.does_not_serve(rig, driver)
            await rig.plug_in()
            await self.serves(rig, driver)
            assert isinstance(await ended(self.ask(driver), rig.answer), FaceVisitLost)
            assert isinstance(await ended(self.ask(driver), rig.answer), FaceNotSeen)
            await self.use(rig, driver)
