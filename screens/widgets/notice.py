"""A strip that says what to mind: a warning sign and a sentence."""

from kivy.properties import ObjectProperty, StringProperty

from screens.widgets.element import load
from screens.widgets.target import Strip


class Notice(Strip):
    """``words`` on the soft colour of caution, or with ``kind`` stop, of failure; ``plain``: only to be known."""

    words = ObjectProperty(None, allownone=True)
    kind = StringProperty("warn")
    icon = StringProperty("warning")


load(__file__)
