"""The networks: a face box, 468 points on it, the pupils, the person's outline, and a 128-number embedding.

One thread each: small tensors gain nothing from a second one, and the kiosk has other work for it. Which files these
are, where they come from and what they were measured at: ``provisioning/models/supply.py``, ``docs/notices.md``. Points
are in pixels of the picture given, colours in OpenCV's order (blue, green, red).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
from ai_edge_litert.interpreter import Interpreter

from hardware.hosts.face.arrays import Floats, Picture, floats, picture, scaled, upright, warp

DETECT_WIDTH = 320
"""A quarter of a 1280 wide preview: enough for a person who stands at the machine, in 3 ms."""
SURE = 0.7
MESH, EYE, OUTLINE, CHIP = 192, 64, 256, 150
"""Sides of the square inputs."""
AROUND = 1.5
"""The mesh sees this much of the detector's box."""
EYE_AROUND = 2.3
"""The eye net sees this many eye widths."""
DETECTOR = "face_detection_yunet.onnx"
LANDMARKS = "face_landmark.tflite"
IRIS = "iris_landmark.tflite"
PERSON = "selfie_segmentation.tflite"
EMBEDDING = "face_embedding.onnx"
FILES = (DETECTOR, LANDMARKS, IRIS, PERSON, EMBEDDING)
RIGHT_LIDS = (33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173)
LEFT_LIDS = (263, 249, 390, 373, 374, 380, 381, 382, 362, 466, 388, 387, 386, 385, 384, 398)
"""Mesh points of the eye net's contour: outer corner, lower lid, inner corner, upper lid."""
LEFT_EYE, RIGHT_EYE = (263, 362), (33, 133)
"""Outer and inner corner of the person's own left and right eye in the mesh."""
CHIP_PLACES = np.array([(0.227, 0.221), (0.753, 0.221), (0.254, 0.780), (0.726, 0.780)], np.float32)
"""Right eye, left eye, right and left mouth corner in the square that dlib's network was taught with."""
CHIP_PADDING = 0.25
MEAN = np.array((122.782, 117.001, 104.298), np.float32)
"""Red, green, blue; dlib's own."""


@dataclass(frozen=True)
class Face:
    """A face: ``box`` x, y, width, height; ``points`` right eye, left eye, nose, right and left mouth corner."""

    box: Floats
    points: Floats
    score: float

    @property
    def roll(self) -> float:
        """Degrees between the line of the eyes and the horizontal; positive: clockwise in the picture."""
        right, left = self.points[0], self.points[1]
        return float(np.degrees(np.arctan2(left[1] - right[1], left[0] - right[0])))


class _Lite:
    """A LiteRT network with one input."""

    def __init__(self, path: Path) -> None:
        self._net = Interpreter(str(path), num_threads=1)
        self._net.allocate_tensors()
        self._in = self._net.get_input_details()[0]["index"]
        self._out = [detail["index"] for detail in self._net.get_output_details()]

    def __call__(self, square: Picture) -> list[Floats]:
        """The outputs for a square picture of the right side."""
        rgb = cv2.cvtColor(square, cv2.COLOR_BGR2RGB).astype(np.float32) / np.float32(255)
        self._net.set_tensor(self._in, rgb[None])
        self._net.invoke()
        return [self._net.get_tensor(index) for index in self._out]


def onnx_session(path: Path) -> Any:
    """An ONNX network on one thread of the CPU; what one picture needed is given back. Raises ValueError."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its errors have no parent of their own
        raise ValueError(f"{path.name}: {type(error).__name__}") from error


class Nets:
    """All networks, loaded from ``folder``. Raises FileNotFoundError naming the one that is not there."""

    def __init__(self, folder: Path) -> None:
        for name in FILES:
            if not (folder / name).is_file():
                raise FileNotFoundError(folder / name)
        cv2.setNumThreads(1)
        self._detector = cv2.FaceDetectorYN.create(str(folder / DETECTOR), "", (DETECT_WIDTH, 180), SURE)
        self._mesh = _Lite(folder / LANDMARKS)
        self._iris = _Lite(folder / IRIS)
        self._outline = _Lite(folder / PERSON)
        self._embedding = onnx_session(folder / EMBEDDING)

    def wipe(self) -> None:
        """The networks remember what they saw last, inside: let it be nothing."""
        self._seen(np.zeros((180, DETECT_WIDTH, 3), np.uint8))
        for net, side in ((self._mesh, MESH), (self._iris, EYE), (self._outline, OUTLINE)):
            net(np.zeros((side, side, 3), np.uint8))
        self.embeddings([np.zeros((CHIP, CHIP, 3), np.uint8)])

    def faces(self, source: Picture) -> list[Face]:
        """Every face, the largest first."""
        scale = DETECT_WIDTH / source.shape[1]
        found = self._seen(scaled(source, scale) if scale != 1 else source)
        faces = [Face(row[:4] / scale, row[4:14].reshape(5, 2) / scale, float(row[14])) for row in found]
        return sorted(faces, key=lambda face: -float(face.box[2] * face.box[3]))

    def _seen(self, small: Picture) -> Floats:
        """The detector's rows: box, five points, score."""
        self._detector.setInputSize((small.shape[1], small.shape[0]))
        found: Any = self._detector.detect(small)[1]
        return floats(np.empty((0, 15)) if found is None else found)

    def closer(self, source: Picture, face: Face) -> Face:
        """The same face seen again, upright and filling the detector's picture: else its points lean to the level."""
        mesh, _ = self.mesh(source, face)
        right, left = mesh[list(RIGHT_EYE), :2].mean(axis=0), mesh[list(LEFT_EYE), :2].mean(axis=0)
        roll = float(np.degrees(np.arctan2(left[1] - right[1], left[0] - right[0])))
        x, y, width, height = face.box
        onto = upright(np.array((x + width / 2, y + height / 2)), 2 * max(width, height), roll, DETECT_WIDTH)
        again = self.faces(warp(source, onto, DETECT_WIDTH))
        if not again:
            return face
        back = cv2.invertAffineTransform(onto)
        return Face(face.box, floats(again[0].points @ back[:, :2].T + back[:, 2]), again[0].score)

    def mesh(self, source: Picture, face: Face) -> tuple[Floats, float]:
        """468 x 3 points, depth in the same pixels, and the net's own word (a logit) on whether it is a face."""
        x, y, width, height = face.box
        onto = upright(np.array((x + width / 2, y + height / 2)), AROUND * max(width, height), face.roll, MESH)
        points, sure = self._mesh(warp(source, onto, MESH))
        local = points.reshape(468, 3)
        back = cv2.invertAffineTransform(onto)
        flat = local[:, :2] @ back[:, :2].T + back[:, 2]
        depth = local[:, 2:] * np.float32(np.hypot(back[0, 0], back[1, 0]))
        return floats(np.hstack([flat, depth])), float(sure.reshape(-1)[0])

    def refined(self, source: Picture, mesh: Floats) -> tuple[Floats, Floats]:
        """The mesh with its lids where they really are, for it hardly sees a blink; and 2 x 2 pupils: right, left."""
        mesh = mesh.copy()
        pupils = [
            self._eye(source, mesh, contour, mirrored=mirrored)
            for contour, mirrored in ((RIGHT_LIDS, False), (LEFT_LIDS, True))
        ]
        return mesh, np.stack(pupils)

    def _eye(self, source: Picture, mesh: Floats, contour: tuple[int, ...], *, mirrored: bool) -> Floats:
        """Put the lids of one eye into ``mesh``; the pupil. The net knows one eye: the other is shown in a mirror."""
        outer, inner = mesh[contour[0], :2], mesh[contour[8], :2]
        along = (outer - inner) if mirrored else (inner - outer)
        roll = float(np.degrees(np.arctan2(along[1], along[0])))
        wide = max(float(np.linalg.norm(along)), 1.0)
        onto = upright((outer + inner) / 2, EYE_AROUND * wide, roll, EYE)
        square = warp(source, onto, EYE)
        lids, iris = self._iris(np.ascontiguousarray(square[:, ::-1]) if mirrored else square)
        places = np.vstack([lids.reshape(-1, 3)[: len(contour), :2], iris.reshape(-1, 3)[:1, :2]])
        if mirrored:
            places[:, 0] = EYE - places[:, 0]
        back = cv2.invertAffineTransform(onto)
        places = floats(places @ back[:, :2].T + back[:, 2])
        mesh[list(contour), :2] = places[:-1]
        return floats(places[-1])

    def outline(self, source: Picture) -> Floats:
        """How much each pixel belongs to the person: 0..1, in the picture's size."""
        square = picture(cv2.resize(source, (OUTLINE, OUTLINE), interpolation=cv2.INTER_AREA))
        mask = self._outline(square)[0].reshape(OUTLINE, OUTLINE)
        return floats(cv2.resize(mask, (source.shape[1], source.shape[0])))

    def embedding(self, source: Picture, face: Face) -> Floats:
        """128 numbers; two pictures of one person are closer than 0.6 (dlib's published threshold)."""
        return floats(self.embeddings([chip(source, self.closer(source, face))])[0])

    def embeddings(self, chips: list[Picture]) -> Floats:
        """One row per chip."""
        rgb = np.stack([cv2.cvtColor(one, cv2.COLOR_BGR2RGB) for one in chips]).astype(np.float32)
        batch = ((rgb - MEAN) / np.float32(256)).transpose(0, 3, 1, 2)
        return floats(self._embedding.run(None, {"chip": np.ascontiguousarray(batch)})[0])


def chip(source: Picture, face: Face) -> Picture:
    """The face upright in the 150 x 150 square of dlib's network. A large face is shrunk with area filtering first."""
    points = face.points[[0, 1, 3, 4]].astype(np.float32)
    inner = CHIP / (1 + 2 * CHIP_PADDING)
    places = (CHIP_PLACES + CHIP_PADDING) * np.float32(inner)
    size = float(np.linalg.norm(points[1] - points[0]) / np.linalg.norm(places[1] - places[0]))
    if size > 2:
        source = scaled(source, 2 / size)
        points = points * np.float32(2 / size)
    onto, _ = cv2.estimateAffinePartial2D(points, places, method=cv2.LMEDS)
    return warp(source, onto, CHIP)
