"""What both cameras are: a host that opens one device, a preview several may share, a condition that is true.

Rules.

- The camera is open while somebody uses it. For its health it is opened for a moment: when the host has started,
  every :data:`RECHECK` seconds while something is wrong, every :data:`CHECK` seconds otherwise. In between an idle
  camera is only asked whether its device is there.
- Trouble of the host (late, gone, nonsense, a picture that never comes) ends the host; trouble of the camera (pulled,
  frozen, covered) is a condition and is looked at again at once, without the link's growing pause.
- A preview outlives both: who shows it sees nothing new for a moment, and then the live picture again. Its sequence
  never goes back.
- Nothing stays: the last one to leave closes the camera, which zeroes what the host keeps, and zeroes the shared
  memory itself; where that cannot be, the host is ended.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, TypeVar

from hardware.drivers.camera_answers import Answer, Facts, Nothing, Opened, Present, State
from hardware.drivers.camera_host import (
    CameraHost,
    HostStart,
    NoCamera,
    start_camera_host,
    trouble,
)
from hardware.drivers.camera_trouble import condition_of, fault_of
from hardware.drivers.host_line import HostGone
from hardware.drivers.preview import PATIENCE, View, features_of
from hardware.link import Trace, Watched
from kiosk_app.devices import (
    CameraFeatures,
    Condition,
    Control,
    ControlState,
    DeviceState,
    PictureFormat,
    Preview,
)
from kiosk_app.errors import CameraCovered, DeviceError, DeviceOffline

WATCH, IDLE = 0.5, 2.0
"""Seconds between two looks at a camera in use, and at an idle one."""
RECHECK, CHECK = 3.0, 600.0
LOOK, GLANCE = 2.0, 0.1
"""Seconds for a camera to show that it sees, and between two questions whether it does."""
TURN = 12.0
JUMP = 1000
"""By how much the sequence goes on after a host was lost: more than it can have counted unseen."""

Shot = TypeVar("Shot", bound=Facts)


@dataclass(frozen=True)
class Optics:
    """Which camera, and how it is to be opened. ``turn``: degrees by which its picture is turned clockwise.

    ``controls`` not named are left as the camera has them, None is automatic; ``keep`` pictures of a preview can be
    had as a still; ``desk``: it looks at a desk, which may be dark and even.
    """

    source: str
    width: int = 1280
    height: int = 720
    rate: int = 30
    turn: int = 0
    keep: int = 10
    desk: bool = False
    controls: dict[str, float | None] = field(default_factory=dict)


class Viewfinder(Watched):
    """Base of both drivers, each with its ``usual_role`` and what it takes: stills or pages."""

    usual_role: ClassVar[str]
    takes: ClassVar[str]

    def __init__(
        self,
        optics: Optics,
        *,
        role: str = "",
        start: HostStart = start_camera_host,
        trace: Trace | None = None,
    ) -> None:
        super().__init__(role or self.usual_role)
        self._host = CameraHost(self.role, start, trace)
        self._link = self._host.link
        self._optics, self._controls = optics, dict(optics.controls)
        self._features: CameraFeatures | None = None
        self._users = 0
        self._open = False
        self._checked = 0.0
        self._sequence = 0
        self._greeted = asyncio.Event()

    @property
    def capabilities(self) -> frozenset[str]:
        controls = self._features.controls if self._features is not None else {}
        return frozenset({"preview", self.takes, *(control.value for control in controls)})

    @property
    def features(self) -> CameraFeatures | None:
        return self._features

    async def run(self) -> None:
        try:
            async with asyncio.TaskGroup() as all_three:
                all_three.create_task(self._link.run(self._greet, self.lost))
                all_three.create_task(self._keep_watch())
                all_three.create_task(self._host.keep_next(self._greeted))
        finally:
            self._host.forget()

    def preview(self) -> AbstractAsyncContextManager[Preview]:
        return self._preview()

    async def adjust(self, control: Control, value: float | None) -> ControlState:
        async with self._in_use(), self._link.turn(within=TURN):
            said, _ = await self._host.ask("adjust", State, control=control, value=value)
            self._controls[control] = value
            return ControlState(said.value, said.automatic)

    def lost(self, error: DeviceError) -> None:
        """There is no host: what it showed is zeroed at once."""
        self._note_sequence(JUMP)
        self._open = False
        self._greeted.clear()
        if self._host.memory is not None:
            self._host.memory.wipe()
        self.become(condition_of(error))

    # --- in use ---

    @asynccontextmanager
    async def _in_use(self) -> AsyncIterator[None]:
        """The camera is open inside; the last one who leaves closes it."""
        self._users += 1
        try:
            await self._ready()
            yield
        finally:
            self._users -= 1
            if not self._users:
                await self._leave()

    @asynccontextmanager
    async def _preview(self) -> AsyncIterator[Preview]:
        view = View(self._host, lambda: fault_of(self.role, self.condition))
        try:
            async with self._in_use():
                yield view
        finally:
            view.end()

    async def _ready(self) -> None:
        """Open the camera, if need be; a host that is just being started is waited for."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._greeted.wait()
        except TimeoutError as error:
            raise DeviceOffline(self.role, "does not come back") from error
        async with self._link.turn(within=TURN):
            try:
                await self._open_camera()
            except DeviceError as error:
                self.become(condition_of(error))
                raise

    async def _leave(self) -> None:
        """Close the camera and forget the picture, or end the host that will not."""
        closed = False
        try:
            async with self._link.turn(within=TURN):
                if not self._users:  # nobody came meanwhile
                    await self._close_camera()
            closed = True
        except DeviceError:
            pass  # there is no host, or there will be none in a moment
        finally:
            if not closed:
                self._link.lose()
                if self._host.memory is not None:
                    self._host.memory.wipe()

    async def _open_camera(self) -> None:
        if self._open:
            return
        self._note_sequence(0)
        wish = {**asdict(self._optics), "controls": self._controls, "first": self._sequence + 1}
        self._open = True  # as far as we know from now on, also if we are cancelled before it says so
        said, _ = await self._ask("open", Opened, wish=wish)
        self._features = features_of(said)

    async def _close_camera(self) -> None:
        if self._open:
            self._note_sequence(0)
            self._open = False
            await self._host.ask("close", Nothing)
            if self._host.memory is not None:
                self._host.memory.wipe()

    async def _ask(self, op: str, kind: type[Answer], **more: Any) -> tuple[Answer, bytes]:
        """A question about the open camera; where it cannot be answered, no camera is open."""
        try:
            return await self._host.ask(op, kind, **more)
        except DeviceOffline:
            self._open = False
            raise

    def _note_sequence(self, jump: int) -> None:
        if self._host.memory is not None and self._open:
            self._sequence = max(self._sequence, self._host.memory.ring.latest) + jump

    # --- how it is ---

    async def _greet(self) -> None:
        """The host answers; what the camera does is a condition: the line is good."""
        async with self._link.turn(within=TURN):
            try:
                await self._check()
            except HostGone:
                raise
            except DeviceError as error:
                self.become(condition_of(error))
        self._greeted.set()

    async def _keep_watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH if self._users else IDLE)
            if self._greeted.is_set() and self._link.connected:
                try:
                    async with self._link.turn(within=TURN):
                        await self._watch()
                except HostGone as error:
                    self.lost(error)
                except DeviceError as error:
                    self.become(condition_of(error))

    async def _watch(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._open:
            await self._judge()
        elif self._users or now - self._checked >= (CHECK if self.condition.serves else RECHECK):
            await self._check()
        elif self.condition.serves:
            said, _ = await self._host.ask("present", Present, source=self._optics.source)
            if not said.present:
                raise NoCamera(self.role, "pulled")

    async def _check(self) -> None:
        """Look through the camera until it is seen to see. Raises what is wrong.

        When we are cancelled there is no last question: its error would take the place of the cancellation, and a
        driver that is told to end with its host would never end.
        """
        self._checked = asyncio.get_running_loop().time()
        try:
            await self._see()
        except DeviceError:
            await self._close_unused()
            raise
        await self._close_unused()
        self.become(Condition(DeviceState.ONLINE))

    async def _see(self) -> None:
        await self._open_camera()
        try:
            async with asyncio.timeout(LOOK):
                await self._until_it_sees()
        except TimeoutError:
            await self._judge()

    async def _close_unused(self) -> None:
        if not self._users:
            await self._close_camera()

    async def _until_it_sees(self) -> None:
        """Until two pictures differed and the last is not dark: as soon as that is known, all is well."""
        first = self._sequence + 1
        said = await self._facts()
        while said.sequence <= first or said.same or said.dark:
            await asyncio.sleep(GLANCE)
            said = await self._facts()

    async def _judge(self) -> None:
        """Keep the condition of an open camera true. Raises what is wrong."""
        await self._facts()
        self.become(Condition(DeviceState.ONLINE))

    async def _facts(self) -> Facts:
        """What the host says of an open camera. Raises what is wrong."""
        said, _ = await self._ask("status", Facts)
        fault = trouble(self.role, said)
        if fault is not None:
            raise await self._handled(fault)
        return said

    async def _handled(self, fault: DeviceError) -> DeviceError:
        """A camera that is only covered stays open; any other is opened anew, where it hangs by a new host."""
        if isinstance(fault, HostGone):
            return self._host.give_up(fault.detail)
        if not isinstance(fault, CameraCovered):
            await self._close_camera()
        return fault

    # --- pictures ---

    async def _shot(self, op: str, kind: type[Shot], encoding: PictureFormat, **more: Any) -> tuple[Shot, bytes]:
        """One answer with a picture in it, of a camera that is in use. Raises also CameraCovered, CameraFrozen."""
        async with self._link.turn(within=TURN):
            await self._open_camera()  # it may have been lost meanwhile
            said, data = await self._ask(op, kind, encoding=encoding, **more)
            fault = trouble(self.role, said)
            if fault is not None:
                fault = await self._handled(fault)
                self.become(condition_of(fault))
                raise fault
            return said, data
