"""Pictures as arrays: the types, and the few ways in which a part of a picture is taken.

OpenCV's stubs return "some array"; here it gets its type back. Colours are in OpenCV's order (blue, green, red).
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Floats = NDArray[np.float32]


def picture(array: Any) -> Picture:
    """``array`` as bytes; no copy if it is."""
    return np.asarray(array, np.uint8)


def floats(array: Any) -> Floats:
    """``array`` as 32-bit numbers; no copy if it is."""
    return np.asarray(array, np.float32)


def upright(centre: NDArray[Any], side: float, roll: float, into: int) -> NDArray[np.float64]:
    """The transform of the square of ``side`` around ``centre``, turned by ``roll`` degrees, onto ``into`` pixels."""
    onto = np.asarray(cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), roll, into / side), np.float64)
    onto[:, 2] += into / 2 - np.asarray(centre, np.float64)
    return onto


def warp(source: Picture, onto: NDArray[Any], side: int) -> Picture:
    """The square of ``side`` pixels that ``onto`` leads to."""
    return picture(cv2.warpAffine(source, onto, (side, side), flags=cv2.INTER_LINEAR))


def scaled(source: Picture, factor: float) -> Picture:
    """``source`` made smaller by area: what is shrunk is averaged first, or noise would be taken for edges."""
    return picture(cv2.resize(source, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA))
