"""The camera host: OpenCV behind standard input and output, in its own process (speaks ``hostlink``).

Why a process: ``cv2.VideoCapture.read`` may block for ever on a camera that vanished, and what decodes pictures from
outside may crash. cv2 and numpy are imported in ``hardware.hosts`` only. The host decides nothing: it says how old the
last picture is, how many in a row were the same and for how long it was dark; the driver judges, and ends a host that
hangs. The thread that answers never touches the camera (``camera_source``).

    present  {"source"}                 -> {"present"}             without opening it
    open     {"wish"}                   -> {"still", "preview", "controls"}    once there is a picture
    status                              -> {"sequence", "age", "same", "dark", "ended"}
    adjust   {"control", "value"|null}  -> {"value", "automatic"}
    still    {"encoding", "of"|null}    -> {"picture", + status} + file
    page     {"encoding", "most"|null}  -> {"verdict", "facts", "corners", "picture", + status} + file
    close                               -> {}                      every picture is zeroed

Errors: ``no_camera``, ``not_open``, ``closed``, ``stalled``, ``ended``, ``gone``, ``no_control``, ``encoding``,
``question``. The preview does not pass through here: it is written to the ``frame_ring`` whose descriptors (a memfd,
and an eventfd that is rung for every picture) were inherited. Nobody else can name that memory: it is gone with the
last of the two processes, however they end. So is everything in this one: no core is dumped, and standard input that
ends means that the kiosk is gone.
"""

import mmap
import os
import resource
import sys
from collections.abc import Callable, Mapping
from typing import Any

os.environ.setdefault("OPENCV_LOG_LEVEL", "ERROR")
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "2")  # seconds; OpenCV reads it when it is imported

import cv2
from cv2.typing import MatLike

from hardware.hosts import page
from hardware.hosts.camera_device import Refused, Wish, present, set_control
from hardware.hosts.camera_source import Source
from hardware.hosts.serving import serve
from hardware.protocols.frame_ring import SIZE, FrameRing
from hardware.protocols.hostlink import Message

OPENS, STOPS, NEXT, ORDER = 4.0, 1.0, 3.0, 1.5
"""Seconds: until a camera must have given a picture, have stopped, give another, have done what it was told."""
SETTLED = 9
"""Pictures until a camera that was just opened has found its exposure, and a frozen one is known."""
ENCODINGS = {
    "jpeg": (".jpg", [cv2.IMWRITE_JPEG_QUALITY, 95]),
    "png": (".png", [cv2.IMWRITE_PNG_COMPRESSION, 3]),
}

COARSER, SMALLER = (88, 80, 70), (0.8, 0.64, 0.5)
"""Qualities of a JPEG that has to be small, and shares of its sides: print of 300 dpi is still read at 150."""

Answer = tuple[dict[str, Any], bytes]


class Host:
    """At most one open camera."""

    def __init__(self, ring: FrameRing, bell: int) -> None:
        self._ring, self._bell = ring, bell
        self._source: Source | None = None
        self._operations: dict[str, Callable[[Mapping[str, Any]], Answer]] = {
            "present": self._present,
            "open": self._open,
            "status": self._status,
            "adjust": self._adjust,
            "still": self._still,
            "page": self._page,
            "close": self._close,
        }

    def answer(self, ask: Message) -> Message:
        """The answer to one question; a failure is an answer too."""
        body = b""
        try:
            head, body = self._operations[ask.head["op"]](ask.head)
        except (KeyError, TypeError) as error:
            head = {"error": "question", "detail": str(error)}
        except Refused as error:
            head = {"error": error.why, "detail": str(error)}
        except TimeoutError:
            head = {"error": "stalled", "detail": "the camera is stuck"}
        except cv2.error as error:
            head = {"error": "opencv", "detail": str(error).splitlines()[0]}
        return Message({"id": ask.head.get("id"), **head}, body)

    @property
    def _camera(self) -> Source:
        if self._source is None:
            raise Refused("closed", "no camera is open")
        return self._source

    def _present(self, ask: Mapping[str, Any]) -> Answer:
        return {"present": present(ask["source"])}, b""

    def _open(self, ask: Mapping[str, Any]) -> Answer:
        self._close(ask)
        self._source = source = Source(Wish(**ask["wish"]), self._ring, self._bell)
        source.start()
        try:
            return source.ready.result(OPENS), b""
        except Refused:
            self._close(ask)
            raise

    def _status(self, _ask: Mapping[str, Any]) -> Answer:
        source = self._camera
        said = {"sequence": source.sequence, "age": source.age, "ended": source.ended}
        return {**said, "same": source.judge.same, "dark": source.judge.dark}, b""

    def _adjust(self, ask: Mapping[str, Any]) -> Answer:
        name, value = ask["control"], ask["value"]
        return self._camera.order(lambda capture: set_control(capture, name, value), ORDER), b""

    def _still(self, ask: Mapping[str, Any]) -> Answer:
        picture, about = self._picture(ask.get("of"))
        try:
            head = {"picture": {**about, **_size(picture)}, **self._status(ask)[0]}
            return head, _encoded(picture, ask["encoding"])
        finally:
            picture.fill(0)

    def _page(self, ask: Mapping[str, Any]) -> Answer:
        before, _ = self._picture(None)
        picture, about = self._picture(None)
        try:
            found = page.capture(picture, before)
            status = self._status(ask)[0]
            head = {"verdict": found.verdict, "facts": found.facts, "corners": found.corners, **status}
            if found.page is None:
                return head, b""
            try:
                size, data = _small_enough(found.page, ask["encoding"], ask.get("most"))
            finally:
                found.page.fill(0)
            head["picture"] = {**about, **size}
            return head, data
        finally:
            before.fill(0)
            picture.fill(0)

    def _picture(self, of: int | None) -> tuple[MatLike, dict[str, Any]]:
        """One of before, or the next; a camera that was just opened gets time to find its exposure."""
        source = self._camera
        if of is None:
            of = max(source.sequence + 1, source.wish.first + SETTLED)
            source.wait(of, NEXT)
            of = source.sequence
        picture, captured = source.copy(of)
        return picture, {"sequence": of, "captured": captured}

    def _close(self, _ask: Mapping[str, Any]) -> Answer:
        source, self._source = self._source, None
        if source is not None and not source.end(STOPS):
            raise Refused("stalled", "the camera is stuck")
        return {}, b""


def _size(picture: MatLike) -> dict[str, int]:
    return {"width": picture.shape[1], "height": picture.shape[0]}


def _small_enough(page: MatLike, encoding: str, most: int | None) -> tuple[dict[str, int], bytes]:
    """Size and file; one that may have ``most`` bytes gets coarser, then smaller. Raises Refused."""
    for shrink in (1.0, *SMALLER):
        small = page if shrink == 1.0 else cv2.resize(page, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        try:
            for quality in (None, *COARSER):
                data = _encoded(small, encoding, quality)
                if most is None or len(data) <= most:
                    return _size(small), data
        finally:
            if small is not page:
                small.fill(0)
    raise Refused("encoding", f"no {encoding} of {most} bytes")


def _encoded(picture: MatLike, encoding: str, quality: int | None = None) -> bytes:
    suffix, how = ENCODINGS[encoding]
    done, data = cv2.imencode(suffix, picture, how if quality is None else [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise Refused("encoding", encoding)
    return data.tobytes()


def main() -> None:
    """``camera MEMFD EVENTFD``."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    memory, bell = mmap.mmap(int(sys.argv[1]), SIZE), int(sys.argv[2])
    for name in ("http_proxy", "https_proxy", "all_proxy"):  # FFmpeg obeys them; a camera is in the machine
        os.environ.pop(name, None)
    cv2.setNumThreads(1)
    host, why = Host(FrameRing(memoryview(memory)), bell), "the kiosk is gone"
    try:
        serve(lambda ask: [host.answer(ask)])
        why = ""
    except SystemExit as broken:
        why = str(broken)
    except BrokenPipeError:
        pass
    finally:
        sys.stderr.write(why and f"{why}\n")
        sys.stderr.flush()
        os._exit(bool(why))  # a thread may be stuck in the camera: nothing waits for it


if __name__ == "__main__":
    main()
