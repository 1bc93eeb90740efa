"""A document photo as the file that is asked for: JPEG, 24-bit colour, its size in kilobytes and its dots per inch.

The best quality whose file is not too large; that a file is too small is for the rules to say. OpenCV leaves the
density of the JFIF header (ITU-T T.871, 10.1) empty, so it is written into its fixed place.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from hardware.hosts.face.nets import Picture

BEST, WORST = 98, 70
"""Qualities; below 70 the rules refuse the file (domain.md 7.1)."""
JFIF = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
DENSITY = 13


class TooLarge(ValueError):
    """Even the worst allowed quality gives a larger file."""


@dataclass(frozen=True)
class File:
    """``smallest`` and ``largest`` in bytes; ``dpi`` dots per inch."""

    smallest: int
    largest: int
    dpi: int


def encode(picture: Picture, file: File) -> tuple[bytes, int]:
    """The file and its quality. Raises TooLarge."""
    low, high = WORST, BEST
    best: tuple[bytes, int] | None = None
    while low <= high:
        quality = (low + high) // 2
        data = _jpeg(picture, quality)
        if len(data) <= file.largest:
            best, low = (data, quality), quality + 1
        else:
            high = quality - 1
    if best is None:
        raise TooLarge(f"more than {file.largest} bytes at quality {WORST}")
    return with_density(best[0], file.dpi), best[1]


def _jpeg(picture: Picture, quality: int) -> bytes:
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError("not a picture")
    return bytes(data)


def with_density(data: bytes, dpi: int) -> bytes:
    """``data`` with dots per inch in its JFIF header. Raises ValueError when it has none."""
    if not data.startswith(JFIF):
        raise ValueError("no JFIF header")
    return data[:DENSITY] + b"\x01" + dpi.to_bytes(2, "big") * 2 + data[DENSITY + 5 :]


def decode(data: bytes) -> Picture:
    """The picture of a file of any kind OpenCV knows. Raises ValueError."""
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError("not a picture")
    return np.asarray(picture, np.uint8)
