"""Views and intents: what a screen shows and what a citizen answers, as frozen values.

A view is a name and its data, never a widget; a sentence is a :class:`Text`, an id of the catalogues in
``screens/texts`` with its arguments, so that the language can change at any moment without asking again.
An intent is what a touch meant. Flows await intents, never touches (``architecture.md`` section 4).
"""

from kiosk_app.views.asking import *
from kiosk_app.views.base import *
from kiosk_app.views.books import *
from kiosk_app.views.ending import *
from kiosk_app.views.intents import *
from kiosk_app.views.paying import *
from kiosk_app.views.portrait import *
from kiosk_app.views.start import *
from kiosk_app.views.words import *
