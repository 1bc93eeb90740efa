"""The slip of an appointment: when, where, what for, and the number by which it is cancelled. It names nobody."""

from collections.abc import Mapping
from typing import Final

from kiosk_app.contract.hall import Appointment
from kiosk_app.devices import Slip, SlipLine
from kiosk_app.local_time import LOCAL
from kiosk_app.papers.slips import RULE, moment

BUSINESS: Final[Mapping[str, str]] = {
    "social": "社会保障 Social security",
    "border": "出入境 Exit and entry",
    "road": "交通违法、车驾管 Traffic",
    "other": "其他 Other",
}


def appointment_slip(made: Appointment, *, site: str, hotline: str) -> Slip:
    """For one that was made, or cancelled."""
    title, english = ("预约已取消", "Cancelled") if made.cancelled else ("窗口预约", "Your appointment")
    on = made.starts.astimezone(LOCAL)
    return Slip(
        (
            SlipLine(title, style="title"),
            SlipLine(english),
            RULE,
            SlipLine(f"{on.year} 年 {on.month} 月 {on.day} 日 {on:%H:%M}", style="strong"),
            SlipLine(moment(made.starts)),
            SlipLine(made.centre),
            SlipLine(made.centre_en),
            SlipLine(made.address),
            SlipLine("事项 For", BUSINESS.get(made.business, BUSINESS["other"])),
            SlipLine("预约号 Number", made.number),
            RULE,
            SlipLine("凭预约号到窗口取号，或在终端取消"),
            SlipLine("Show the number there; cancel at a machine."),
            SlipLine("咨询电话 Help", hotline),
            SlipLine(site),
        )
    )
