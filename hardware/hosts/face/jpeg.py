"""Files: a document photo as the one that is asked for, and other people's files read with care.

What goes is JPEG, 24-bit colour, of the best quality that is not too large; that it is too small is for the rules to
say. OpenCV leaves the density of the JFIF header (ITU-T T.871, 10.1) empty, so it is written into its fixed place.
What comes is JPEG, PNG or BMP of at most :data:`MOST` pixels (the host is started with OpenCV's own limit at the same
number, so that more is refused by the header, before room is made) and of a shape that a face can be in.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from hardware.hosts.face.arrays import Picture, picture

MOST = 1 << 24
BEST, WORST = 98, 70
"""Qualities; below 70 the rules refuse the file (domain.md 7.1)."""
JFIF = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
DENSITY = 13
KINDS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM")
SMALLEST, LONGEST = 48, 4
"""Pixels of the shorter side, and how often the longer one may hold it."""


class TooLarge(ValueError):
    """Even the worst allowed quality gives a larger file."""


@dataclass(frozen=True)
class File:
    """``smallest`` and ``largest`` in bytes; ``dpi`` dots per inch."""

    smallest: int
    largest: int
    dpi: int


def encode(source: Picture, file: File) -> tuple[bytes, int]:
    """The file and its quality. Raises TooLarge."""
    low, high = WORST, BEST
    best: tuple[bytes, int] | None = None
    while low <= high:
        quality = (low + high) // 2
        data = _jpeg(source, quality)
        if len(data) <= file.largest:
            best, low = (data, quality), quality + 1
        else:
            high = quality - 1
    if best is None:
        raise TooLarge(f"more than {file.largest} bytes at quality {WORST}")
    return with_density(best[0], file.dpi), best[1]


def whole(source: Picture, dpi: int) -> bytes:
    """The file at the best quality."""
    return with_density(_jpeg(source, BEST), dpi)


def _jpeg(source: Picture, quality: int) -> bytes:
    done, data = cv2.imencode(".jpg", source, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError("not a picture")
    return bytes(data)


def with_density(data: bytes, dpi: int) -> bytes:
    """``data`` with dots per inch in its JFIF header. Raises ValueError when it has none."""
    if not data.startswith(JFIF):
        raise ValueError("no JFIF header")
    return data[:DENSITY] + b"\x01" + dpi.to_bytes(2, "big") * 2 + data[DENSITY + 5 :]


def decode(data: bytes) -> Picture:
    """The picture of somebody else's file. Raises ValueError, or OpenCV's error, for what is not one."""
    if not data.startswith(KINDS):
        raise ValueError("neither JPEG, PNG nor BMP")
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if found is None:
        raise ValueError("not a picture")
    low, high = sorted(found.shape[:2])
    if low < SMALLEST or high > LONGEST * low or low * high > MOST:
        raise ValueError(f"{high} x {low} pixels")
    return picture(found)
