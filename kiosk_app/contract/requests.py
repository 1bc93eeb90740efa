"""Requests for services that are data: asked for with all answers, paid for if they cost something, and a case then.

Answers go to central once, in a question and never in an event: a telephone number among them is in no ledger. What is
paid for is named by the ``token`` that central gave for the answers it had looked at before any money moved.
"""

from typing import Annotated, ClassVar, Final

import msgspec

from kiosk_app.contract.common import Name, Paid
from kiosk_app.contract.services import Answers, Key

NOBODY: Final = ""
Holder = Annotated[str, msgspec.Meta(pattern=r"\A(?:[0-9A-Z]{15,18})?\Z")]
Version = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class AskRequest(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /services/request``: answered with a :class:`Requested`. The same ``request`` again is the same answer.

    ``catalogue``: the version by which the citizen was asked. ``holder``: whose identity card or social-security card
    was shown, empty where nobody is identified. CentralRefused ``unknown-service``, ``service-closed``,
    ``answer-not-allowed``, ``card-needed``, ``bad-id-number``, ``request-differs``.
    """

    path: ClassVar[str] = "/services/request"

    request: Name
    service: Key
    catalogue: Version
    answers: Answers
    holder: Holder = NOBODY

    def __repr__(self) -> str:
        return f"AskRequest({self.request}, {self.service}, ...)"


class Requested(msgspec.Struct, frozen=True, kw_only=True):
    """The answer. ``changed``: the service is another one in version ``catalogue``, and nothing was taken up.

    Else either ``number``: of the case, which costs nothing and is taken up; or ``amount`` fen are to be paid first.
    """

    catalogue: int
    changed: bool = False
    token: str = ""
    amount: int = 0
    number: str = ""


class ServicePaid(Paid, frozen=True, kw_only=True, tag="service.paid/1", tag_field="schema"):
    """Stream ``pay``: what was asked for under this token is paid. Central answers with a Verdict.

    ``catalogue``: the version by which the kiosk took the money. Refused with ``unknown-request``, ``unknown-service``,
    ``already-paid``, ``amount-changed``, ``answer-not-allowed``, ``service-closed``, and what holds for every payment.
    """

    token: Name
    service: Key
    catalogue: Version
