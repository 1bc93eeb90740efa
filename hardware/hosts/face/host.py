"""The face host's conversation: frames from the camera's ring, questions and answers over ``hostlink``.

    hello                            -> {"models": {name: sha256}}
    frames                           -> {}                        the ring whose descriptor came over the socket
    look   {"than", "wall", "track"} -> {"sequence", "captured", "size", "faces", "rival", "look"|null, "wall"|null,
                                         "live"|null, "drift"|null}
    keep                             -> {"kept"}                  the frame looked at last is a good one
    finish {"form", "file", "policy"} [+ still] -> {"quality", "measures"} + JPEG
    master                           -> {} + JPEG                 of the last finish
    same   + document picture        -> {"distances"}             of the kept frames, or of those tracked
    forget                           -> {}                        pixels, embeddings and photos are overwritten

``look`` waits for a frame newer than ``than`` (at most a second; then ``stalled``). ``track`` compares the
face with the first one tracked since ``forget``: ``drift`` is their distance. ``wall`` measures the backdrop, which is
the slow part: every fifth frame is enough. Errors: ``models_missing``, ``no_frames``, ``stalled``, ``no_face``,
``many_faces``, ``no_shot``, ``outside``, ``too_large``, ``picture``, ``document``, ``question``. Answers hold numbers
only, never an embedding. No core is dumped; the end of standard input ends the process.
"""

import hashlib
import json
import resource
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from hardware.hosts.face import backdrop, jpeg
from hardware.hosts.face.arrays import Floats, picture
from hardware.hosts.face.crop import Form
from hardware.hosts.face.eyes import PATIENCE, Cannot, Eyes
from hardware.hosts.face.look import look
from hardware.hosts.face.nets import FILES, Nets
from hardware.hosts.face.presence import Presence
from hardware.hosts.face.shots import KEPT, Photo, Shot, Shots, rival, seen
from hardware.hosts.serving import serve
from hardware.protocols.hostlink import Message

SMALL_PICTURE = 320
"""The picture of an identity card is 102 x 126; the networks want it wider."""

Answer = tuple[dict[str, Any], bytes]


class Host:
    """The networks, the camera's frames, and what belongs to the present visit."""

    def __init__(self, nets: Nets, presence: Presence, eyes: Eyes, models: Mapping[str, str]) -> None:
        self._nets, self._presence, self._eyes, self._models = nets, presence, eyes, models
        self._shots = Shots(nets)
        self._last: Shot | None = None
        self._tracked: list[Floats] = []
        self._photo: Photo | None = None
        self._operations: dict[str, Callable[[Mapping[str, Any], bytes], Answer]] = {
            "hello": lambda _ask, _body: ({"models": dict(self._models)}, b""),
            "frames": self._frames,
            "look": self._look,
            "keep": self._keep,
            "finish": self._finish,
            "master": self._master,
            "same": self._same,
            "forget": self._forget,
        }

    def answers(self, ask: Message) -> Sequence[Message]:
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
        return [Message({"id": ask.head.get("id"), **head}, body)]

    def _frames(self, _ask: Mapping[str, Any], _body: bytes) -> Answer:
        self._last = None
        self._eyes.open()
        return {}, b""

    def _look(self, ask: Mapping[str, Any], _body: bytes) -> Answer:
        self._last = None
        shown, frame = self._eyes.newest(int(ask["than"]))
        faces = self._nets.faces(frame)
        said: dict[str, Any] = {
            "sequence": shown.sequence,
            "captured": shown.captured,
            "size": [shown.width, shown.height],
            "faces": len(faces),
            "rival": rival(faces),
            **dict.fromkeys(("look", "wall", "live", "drift")),
        }
        if ask.get("wall"):
            small = backdrop.small(frame)
            said["wall"] = backdrop.measure(small, self._nets.outline(small))
        if faces:
            mesh, pupils = self._nets.refined(frame, self._nets.mesh(frame, faces[0])[0])
            self._last = Shot(shown.sequence, frame, look(frame, faces[0], mesh, pupils))
            said["look"] = self._last.look.numbers()
            if ask.get("wall"):
                said["live"] = self._presence.score(frame, faces[0].box)
            if ask.get("track"):
                said["drift"] = self._drift(self._nets.embedding(frame, faces[0]))
        return said, b""

    def _drift(self, now: Floats) -> float:
        """How far the face is from the first one tracked; the newest few are kept to compare with a document."""
        self._tracked.append(now)
        if len(self._tracked) > KEPT + 1:
            self._tracked.pop(1).fill(0)
        return float(np.linalg.norm(now - self._tracked[0]))

    def _keep(self, _ask: Mapping[str, Any], _body: bytes) -> Answer:
        if self._last is None:
            raise Cannot("no_shot")
        return {"kept": self._shots.keep(self._last)}, b""

    def _finish(self, ask: Mapping[str, Any], body: bytes) -> Answer:
        shots = [seen(self._nets, jpeg.decode(body))] if body else self._shots.best()
        try:
            photo = self._shots.finish(shots, Form(**ask["form"]), jpeg.File(**ask["file"]), ask["policy"])
        finally:
            if body:
                shots[0].picture.fill(0)
        self._photo = photo
        return {"quality": photo.quality, "measures": photo.measures}, photo.data

    def _master(self, _ask: Mapping[str, Any], _body: bytes) -> Answer:
        if self._photo is None:
            raise Cannot("no_shot")
        return {}, self._photo.master

    def _same(self, _ask: Mapping[str, Any], body: bytes) -> Answer:
        """Distances of the live faces to the one in the document's picture."""
        theirs = self._document(body)
        live = [self._nets.embedding(shot.picture, self._nets.faces(shot.picture)[0]) for shot in self._shots.best()]
        if not (ours := live or self._tracked):
            raise Cannot("no_shot")
        distances = [float(np.linalg.norm(one - theirs)) for one in ours]
        for one in (theirs, *live):
            one.fill(0)
        return {"distances": distances}, b""

    def _document(self, body: bytes) -> Floats:
        """The embedding of the face in a document's picture. Raises Cannot ``document``."""
        try:
            paper = jpeg.decode(body)
            larger = max(1.0, SMALL_PICTURE / paper.shape[1])
            wide = picture(cv2.resize(paper, None, fx=larger, fy=larger, interpolation=cv2.INTER_CUBIC))
            shot = seen(self._nets, wide)
            return self._nets.embedding(shot.picture, self._nets.faces(shot.picture)[0])
        except (Cannot, ValueError, cv2.error) as error:
            raise Cannot("document", str(error)) from error

    def _forget(self, _ask: Mapping[str, Any], _body: bytes) -> Answer:
        """Overwrite what is ours, and let the networks see nothing."""
        self._shots.forget()
        for one in self._tracked:
            one.fill(0)
        self._tracked.clear()
        self._last = self._photo = None
        self._eyes.close()
        self._nets.wipe()
        self._presence.wipe()
        return {}, b""


def start(folder: Path, line: socket.socket, named: Sequence[tuple[Path, float]]) -> Host:
    """The host with everything loaded. Raises FileNotFoundError, ValueError."""
    nets, presence = Nets(folder), Presence(named)
    paths = [*(folder / name for name in FILES), *(path for path, _ in named)]
    return Host(nets, presence, Eyes(line), {path.name: _digest(path) for path in paths})


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> None:
    """``folder of models, descriptor of the socket, optional networks as JSON``; answers until standard input ends."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    folder, descriptor, named = sys.argv[1:4]
    line = socket.socket(fileno=int(descriptor))
    line.settimeout(PATIENCE)
    try:
        host = start(Path(folder), line, [(Path(path), float(scale)) for path, scale in json.loads(named)])
    except (FileNotFoundError, ValueError) as error:
        missing = {"error": "models_missing", "detail": str(error)}
        serve(lambda ask: [Message({"id": ask.head.get("id"), **missing})])
    else:
        serve(host.answers)


if __name__ == "__main__":
    main()
