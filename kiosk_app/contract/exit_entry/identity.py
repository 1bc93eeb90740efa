"""How it was found that who stands here is the holder."""

from enum import StrEnum
from typing import Annotated

import msgspec

from kiosk_app.contract.common import Aware, Name, Word


class Sameness(StrEnum):
    """What a comparison with the document said; ``STAFF``: a person decides."""

    SAME = "same"
    STAFF = "staff"
    NOT_SAME = "not_same"


class IdentityCheck(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How it was found that this is the holder: no picture, no embedding, nothing that could be compared again.

    ``way``: ``face``; ``id_card``, the holder's own, or ``attendant``, for who declined it; ``declined`` when there was
    neither. ``score`` and ``threshold`` are those of the face; ``versions`` names algorithms and models.
    """

    way: Name
    result: Sameness
    at: Aware
    score: float = 0.0
    threshold: float = 0.0
    device: Word = ""
    versions: Annotated[dict[Name, Word], msgspec.Meta(max_length=16)] = {}


class IdentityChecked(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="identity.checked/1", tag_field="schema"
):
    """Stream ``audit``: a check was made, whatever came of it. ``token`` is the holder's, ``request`` the visit's."""

    token: Name
    request: Name
    check: IdentityCheck
