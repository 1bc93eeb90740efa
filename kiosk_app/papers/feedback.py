"""The slip for whoever complained, praised or suggested something: the number, and nothing of the person."""

from collections.abc import Mapping
from typing import Final

from kiosk_app.contract.feedback import FeedbackGiven
from kiosk_app.devices import Slip, SlipLine
from kiosk_app.papers.slips import RULE, moment

KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "complaint": ("投诉回执", "Your complaint"),
    "praise": ("表扬回执", "Your praise"),
    "suggestion": ("意见建议回执", "Your suggestion"),
}
TOPICS: Final[Mapping[str, tuple[str, str]]] = {
    "waiting": ("排队等候", "Waiting"),
    "staff": ("工作人员", "Staff"),
    "machine": ("自助终端", "Machine"),
    "rules": ("办事规定", "Rules"),
    "money": ("收费缴费", "Payments"),
    "other": ("其他", "Other"),
}


def feedback_slip(given: FeedbackGiven, *, site: str, hotline: str) -> Slip:
    """``given`` has a telephone number perhaps; the paper only says that there is one."""
    title, english = KINDS[given.kind]
    topic, topic_english = TOPICS.get(given.topic, TOPICS["other"])
    call, read = _answered(given)
    return Slip(
        (
            SlipLine(title, style="title"),
            SlipLine(english),
            RULE,
            SlipLine("编号 Number"),
            SlipLine(given.reference, style="strong"),
            SlipLine("事由 About", f"{topic} {topic_english}"),
            SlipLine("时间 Time", moment(given.at)),
            *(SlipLine(words) for words in call),
            RULE,
            SlipLine("查答复：任一自助终端“我的业务进度”"),
            *(SlipLine(words) for words in read),
            SlipLine("也可凭编号致电查询"),
            SlipLine("Or call with the number."),
            SlipLine("咨询电话 Help", hotline),
            SlipLine(site),
        )
    )


def _answered(given: FeedbackGiven) -> tuple[tuple[str, str], tuple[str, str]]:
    """How the answer comes, and with what it can be read at a machine."""
    if given.phone:
        return (
            ("留有回访电话", "A number to call back was left."),
            ("输入编号和电话后四位", "My cases: this number, last 4 of phone."),
        )
    if given.whose:
        return ("登记时刷了身份证", "Made with an identity card."), ("刷本人身份证", "My cases: your identity card.")
    return ("没有留姓名和电话", "Neither name nor phone was left."), ("输入编号", "My cases: this number.")
