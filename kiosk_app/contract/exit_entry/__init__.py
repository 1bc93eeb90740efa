"""Messages of the exit-entry department: a permit's holder, an application, the right to print, what became of it.

A permit is named by what its line says (``domain.md`` 4.6), always in a body, never in a URL, and never in an event:
those carry the approval, or the holder's ``token``, which means nothing outside central. Destinations are ``HK``,
``MO`` and ``TW``; a purpose is its letter (4.2); ``entries`` 0 is "multiple"; days and dates are China's.
"""

from kiosk_app.contract.exit_entry.application import *
from kiosk_app.contract.exit_entry.holder import *
from kiosk_app.contract.exit_entry.identity import *
from kiosk_app.contract.exit_entry.permit import *
from kiosk_app.contract.exit_entry.printing import *
from kiosk_app.contract.exit_entry.progress import *
