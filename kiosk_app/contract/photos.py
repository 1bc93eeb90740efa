"""Messages of the photo shelf: a finished ID photo waits at central until whoever has its code fetches it, or for days.

The file is all there is: no name, no number, no document's kind beyond what the picture shows. It goes to central only
after the citizen chose so.
"""

from typing import Annotated, ClassVar

import msgspec

from kiosk_app.contract.common import Aware, Name

MOST_PHOTO = 80_000
"""Bytes of a file: the largest that any specification allows (``kiosk_app/portrait/specs.toml``)."""


class KeepPhoto(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /photos/keep``. Answered with a :class:`PhotoKept`.

    ``photo``: a JPEG. The same ``request`` again gets a new code and the one before opens nothing any more: its answer
    was lost. What is no JPEG is CentralRefused ``no-photo``.
    """

    path: ClassVar[str] = "/photos/keep"

    request: Name
    photo: Annotated[bytes, msgspec.Meta(min_length=1, max_length=MOST_PHOTO)]


class PhotoKept(msgspec.Struct, frozen=True, kw_only=True):
    """``code`` as a person reads it, good to ``until``; ``page``: where it is typed, "" if central does not say."""

    code: Annotated[str, msgspec.Meta(pattern=r"\A[0-9A-Z*~$=-]{4,24}\Z")]
    until: Aware
    page: Annotated[str, msgspec.Meta(max_length=200)] = ""
