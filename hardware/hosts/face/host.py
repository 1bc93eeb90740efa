"""The face host's conversation: frames from the camera's ring, questions and answers over ``hostlink``.

    hello                            -> {"models": {name: sha256}}
    look   {"than", "wall", "track"} -> {"sequence", "faces", "rival", "look"|null, "wall"|null, "drift"|null}
    keep                             -> {"kept"}                  the frame looked at last is a good one
    finish {"form", "file", "policy"} [+ still] -> {"quality", "measures"} + JPEG
    master                           -> {} + JPEG                 of the last finish
    same   + document picture        -> {"distances"}             of the kept frames, or of those tracked
    forget                           -> {}                        pixels, embeddings and photos are overwritten

``look`` waits for a frame newer than ``than`` (at most :data:`PATIENCE` s; then ``stalled``). ``track`` compares the face
with the first one tracked since ``forget``: ``drift`` is their distance. ``wall`` measures the backdrop, which is the
slow part: every fifth frame is enough. Errors: ``stalled``, ``no_face``, ``many_faces``, ``no_shot``, ``outside``,
``too_large``, ``picture``, ``question``. Answers hold numbers only, never an embedding. No core is dumped; the end of standard input ends the process.
"""

import hashlib
import mmap
import os
import resource
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENCV_LOG_LEVEL", "ERROR")

import cv2
import numpy as np

from hardware.hosts.face import backdrop, jpeg
from hardware.hosts.face.crop import Form
from hardware.hosts.face.look import look
from hardware.hosts.face.nets import Floats, Nets, Picture
from hardware.hosts.face.shots import Cannot, Photo, Shot, Shots, rival, seen
from hardware.protocols.frame_ring import ROOM, SIZE, FrameRing
from hardware.protocols.hostlink import Broken, HostLink, Message, encode

PIECE = 65536
PATIENCE, GLANCE = 1.0, 0.004
LIVE = 3
"""Frames that are compared with the document."""

Answer = tuple[dict[str, Any], bytes]


class Host:
    """The networks, the ring, and what belongs to the present visit."""

    def __init__(self, nets: Nets, ring: FrameRing, models: Mapping[str, str]) -> None:
        self._nets, self._ring, self._models = nets, ring, models
        self._shots = Shots(nets)
        self._room = bytearray(ROOM)
        self._last: Shot | None = None
        self._tracked: list[Floats] = []
        self._photo: Photo | None = None
        self._operations: dict[str, Callable[[Mapping[str, Any], bytes], Answer]] = {
            "hello": lambda _ask, _body: ({"models": dict(self._models)}, b""),
            "look": self._look,
            "keep": self._keep,
            "finish": self._finish,
            "master": self._master,
            "same": self._same,
            "forget": self._forget,
        }

    def answer(self, ask: Message) -> Message:
        """The answer to one question; a failure is an answer too."""
        body = b""
        try:
            head, body = self._operations[ask.head["op"]](ask.head, ask.body)
        except (KeyError, TypeError) as error:
            head = {"error": "question", "detail": str(error)}
        except Cannot as error:
            head = {"error": error.why, "detail": str(error)}
        except (ValueError, cv2.error) as error:
            head = {"error": "picture", "detail": type(error).__name__}
        return Message({"id": ask.head.get("id"), **head}, body)

    def _frame(self, than: int) -> tuple[int, Picture]:
        """The newest frame. Raises Cannot ``stalled``."""
        until = time.monotonic() + PATIENCE
        while (shown := self._ring.read(memoryview(self._room), than=than)) is None:
            if time.monotonic() > until:
                raise Cannot("stalled")
            time.sleep(GLANCE)
        pixels = np.frombuffer(self._room, np.uint8, shown.size).reshape(shown.height, shown.width, 3)
        return shown.sequence, np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), np.uint8)

    def _look(self, ask: Mapping[str, Any], _body: bytes) -> Answer:
        sequence, picture = self._frame(int(ask["than"]))
        faces = self._nets.faces(picture)
        said: dict[str, Any] = {"sequence": sequence, "faces": len(faces), "look": None, "wall": None, "drift": None}
        said["rival"] = rival(faces[0].box, faces[1].box) if len(faces) > 1 else 0.0
        self._last = None
        if faces:
            mesh, pupils = self._nets.refined(picture, self._nets.mesh(picture, faces[0])[0])
            shot = self._last = Shot(sequence, picture, look(picture, faces[0], mesh, pupils))
            said["look"] = shot.look.numbers()
            if ask.get("track"):
                said["drift"] = self._drift(self._nets.embedding(picture, faces[0]))
        if ask.get("wall"):
            said["wall"] = backdrop.measure(picture, self._nets.outline(picture))
        return said, b""

    def _drift(self, now: Floats) -> float:
        """How far the face is from the first one tracked; the newest few are kept to compare with a document."""
        self._tracked.append(now)
        if len(self._tracked) > LIVE + 1:
            self._tracked.pop(1).fill(0)
        return float(np.linalg.norm(now - self._tracked[0]))

    def _keep(self, _ask: Mapping[str, Any], _body: bytes) -> Answer:
        if self._last is None:
            raise Cannot("no_shot")
        return {"kept": self._shots.keep(self._last)}, b""

    def _finish(self, ask: Mapping[str, Any], body: bytes) -> Answer:
        shots = [self._shots.still(jpeg.decode(body))] if body else self._shots.best(LIVE)
        photo = self._shots.finish(shots, Form(**ask["form"]), jpeg.File(**ask["file"]), ask["policy"])
        self._photo = photo
        return {"quality": photo.quality, "measures": photo.measures}, photo.data

    def _master(self, _ask: Mapping[str, Any], _body: bytes) -> Answer:
        if self._photo is None:
            raise Cannot("no_shot")
        return {}, self._photo.master

    def _same(self, _ask: Mapping[str, Any], body: bytes) -> Answer:
        """Distances of the live face to the one in the document's picture."""
        picture = jpeg.decode(body)
        small = max(1.0, 320 / picture.shape[1])  # the picture of an identity card is 102 x 126
        picture = np.asarray(cv2.resize(picture, None, fx=small, fy=small, interpolation=cv2.INTER_CUBIC), np.uint8)
        seen(self._nets, picture, 0)
        theirs = self._nets.embedding(picture, self._nets.faces(picture)[0])
        live = [
            self._nets.embedding(shot.picture, self._nets.faces(shot.picture)[0]) for shot in self._shots.best(LIVE)
        ]
        if not (ours := live or self._tracked):
            raise Cannot("no_shot")
        return {"distances": [float(np.linalg.norm(one - theirs)) for one in ours]}, b""

    def _forget(self, _ask: Mapping[str, Any], _body: bytes) -> Answer:
        self._shots.forget()
        for one in self._tracked:
            one.fill(0)
        self._tracked.clear()
        self._room[:] = bytes(len(self._room))
        if self._last is not None:
            self._last.picture.fill(0)
        self._last = self._photo = None
        return {}, b""


def main() -> None:
    """``folder of models, descriptor of the ring``; answers until standard input ends."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    folder, descriptor = Path(sys.argv[1]), int(sys.argv[2])
    out = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    models = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.*"))}
    ring = FrameRing(memoryview(mmap.mmap(descriptor, SIZE)))
    host, codec = Host(Nets(folder), ring, models), HostLink()
    while data := os.read(sys.stdin.fileno(), PIECE):
        for ask in codec.feed(data):
            if isinstance(ask, Broken):
                sys.exit(ask.why)
            with os.fdopen(os.dup(out), "wb") as stream:
                stream.write(encode(host.answer(ask)))


if __name__ == "__main__":
    main()
