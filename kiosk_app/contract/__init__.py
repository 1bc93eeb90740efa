"""Wire messages between kiosk and central, version 1: the one package of ours that central imports.

Rules (``fleet.md`` section C). Additive within v1: unknown fields are ignored. Every write of the kiosk is an
:class:`Event` in a stream with a gapless ``seq`` and ``prev``, the hash of the event before it; the hash and
the device's signature cover :func:`canonical` bytes. Central acknowledges only after its durable commit; the
same seq with other content is a fork. No names and no card numbers travel in events or heartbeats, and a telephone
number only when its owner left it to be called back (:mod:`kiosk_app.contract.feedback`).
"""

from typing import Final

from kiosk_app.contract.common import Paid as Paid
from kiosk_app.contract.enrolment import *
from kiosk_app.contract.events import *
from kiosk_app.contract.exit_entry import EndorsementPrinted as EndorsementPrinted
from kiosk_app.contract.exit_entry import EndorsementsPaid as EndorsementsPaid
from kiosk_app.contract.exit_entry import IdentityChecked as IdentityChecked
from kiosk_app.contract.exit_entry import PermitRetained as PermitRetained
from kiosk_app.contract.feedback import FeedbackGiven as FeedbackGiven
from kiosk_app.contract.feedback import RatingGiven as RatingGiven
from kiosk_app.contract.heartbeat import *
from kiosk_app.contract.orders import *
from kiosk_app.contract.reading import *
from kiosk_app.contract.social import ContributionPaid as ContributionPaid
from kiosk_app.contract.traffic import *

PATH: Final = "/k/v1"
