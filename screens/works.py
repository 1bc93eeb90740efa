"""Which widgets show which view. A new view is a pair ``screens/<name>.py`` + ``.kv``, and a row here."""

from collections.abc import Mapping
from typing import Final

from kiosk_app import views
from kiosk_app.views import View
from screens.attract import Attract
from screens.bars import Bars
from screens.choose_many import ChooseMany
from screens.choose_one import ChooseOne
from screens.consent import Consent
from screens.done import Done
from screens.enter_number import EnterNumber
from screens.idle_warning import IdleWarning
from screens.live_portrait import LivePortrait
from screens.menu import Menu
from screens.pay import Pay
from screens.pay_code import PayCode
from screens.pay_way import PayWay
from screens.place_card import PlaceCard
from screens.portrait_review import PortraitReview
from screens.printing import Printing
from screens.sorry import Sorry
from screens.table import Table
from screens.widgets.work import Work
from screens.working import Working

WORKS: Final[Mapping[type[View], type[Work]]] = {
    views.Attract: Attract, views.Menu: Menu, views.PlaceCard: PlaceCard, views.ChooseMany: ChooseMany,
    views.EnterNumber: EnterNumber, views.Pay: Pay, views.Working: Working, views.Done: Done, views.Sorry: Sorry,
    views.IdleWarning: IdleWarning, views.PayWay: PayWay, views.PayCode: PayCode,
    views.ChooseOne: ChooseOne, views.Consent: Consent,
    views.Table: Table, views.Bars: Bars,
    views.LivePortrait: LivePortrait, views.PortraitReview: PortraitReview, views.Printing: Printing,
}  # fmt: skip
