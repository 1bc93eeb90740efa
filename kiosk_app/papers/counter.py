"""The slip for whoever goes to a counter instead: for what, why, when it is open, what to bring, a number.

It names nobody and has no score. What it is for and the hours are the guide's; without a guide it does without them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from kiosk_app.contract.guide import OpeningRule, Said
from kiosk_app.devices import Slip, SlipLine
from kiosk_app.papers.guide import hours
from kiosk_app.papers.slips import RULE, moment

WHY: Mapping[str, tuple[str, str]] = {
    "counter.declined": ("选择不做人脸核验", "Chose not to have the face checked."),
    "counter.staff": ("需工作人员核对照片", "Staff should compare the picture."),
    "counter.not_same": ("现场人脸与证件照片不一致", "Face and document picture do not match."),
    "counter.not_alive": ("活体检测没有完成", "The gestures were not completed."),
    "counter.no_card": ("没有身份证", "Has no identity card here."),
    "counter.unsent": ("结果没有送达，请窗口核实", "The result may not have arrived: please check."),
    "counter.not_holder": ("身份证不是通行证持有人的", "The identity card is not the permit holder's."),
    "counter.card_unfit": ("身份证已过期或不适用", "The identity card has expired or does not fit."),
    "counter.unavailable": ("本机现在不能做人脸核验", "This machine cannot check faces now."),
}
"""By the id of the sentence on the screen."""


def counter_slip(
    why: str,
    reference: str,
    at: datetime,
    *,
    site: str,
    hotline: str,
    what: Said | None = None,
    opening: Sequence[OpeningRule] = (),
) -> Slip:
    """``why``: one of :data:`WHY`; any other is left out. ``what``: the business, and when its counters are open."""
    business = [] if what is None else [SlipLine(what.zh, style="strong"), SlipLine(what.en)]
    reason = [SlipLine(words) for words in WHY.get(why, ())]
    return Slip(
        (
            SlipLine("请到窗口办理", style="title"),
            SlipLine("Please go to a counter"),
            RULE,
            *business,
            *reason,
            SlipLine("请携带本人证件原件"),
            SlipLine("Bring your original documents."),
            *(line for rule in opening for line in hours(rule)),
            SlipLine("编号 Number", reference),
            SlipLine("时间 Time", moment(at)),
            RULE,
            SlipLine(site),
            SlipLine("咨询电话 Help", hotline),
        )
    )
