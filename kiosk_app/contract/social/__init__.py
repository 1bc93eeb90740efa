"""Messages of social security, and of medical insurance, which is another office: an insured person's records and acts.

A person is named by the number on their card, always in a body, never in a URL, and never in an event: those carry the
department's ``token``, which means nothing outside central. Names leave the department masked; whoever stands at the
machine has the whole one on the card. Amounts are fen; a period is the number YYYYMM, a year YYYY, both China's.
A person whom the department does not know, or knows with another card, is CentralRefused ``unknown-insured``,
``card-differs`` or ``card-lost`` (the card that was shown is reported lost).
"""

from kiosk_app.contract.social.benefits import *
from kiosk_app.contract.social.card import *
from kiosk_app.contract.social.contribution import *
from kiosk_app.contract.social.living import *
from kiosk_app.contract.social.person import *
from kiosk_app.contract.social.record import *
