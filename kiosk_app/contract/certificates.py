"""Messages of sealed certificates: central makes and seals the paper, the kiosk prints what it is given.

The kiosk sends whose certificate it shall be and nothing that stands on it: what is sealed comes from the department's
books (decision 0020). The person is named by the number on their card, in a body, never in a URL or an event.
"""

from datetime import date
from typing import Annotated, ClassVar

import msgspec

from kiosk_app.contract.common import Aware, Name


class AskCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /social/certificate``: this person's insured certificate. Answered with a :class:`Certificate`.

    ``request``: the kiosk's own id of the visit; the same again is the same certificate, byte for byte. ``card``: the
    social-security card's own number, if that card was shown. Refused with ``unknown-insured``, ``card-differs``,
    ``card-lost``, ``request-differs``, ``unprintable-name`` (a character that no typeface here has: to a counter).
    """

    path: ClassVar[str] = "/social/certificate"

    request: Name
    number: Annotated[str, msgspec.Meta(pattern=r"\A[0-9A-Z]{15,18}\Z")]
    card: Annotated[str, msgspec.Meta(max_length=9)] = ""

    def __repr__(self) -> str:
        return "AskCertificate(...)"


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: the sealed ``pdf``, its ``code`` as it is printed, and until when it can be verified."""

    code: str
    issued_at: Aware
    valid_until: date
    pdf: bytes

    def __repr__(self) -> str:
        return "Certificate(...)"
