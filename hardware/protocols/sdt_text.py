"""The 256-byte text record of the resident ID family: four layouts, told apart by one character.

UTF-16LE in fields of fixed width, padded with spaces. :data:`LAYOUTS` says where each field lies and serves both
directions: :func:`decode` for the driver, :func:`encode` for the simulator. Codes stay codes (GB/T 2261.1 sex,
GB 3304 nation, ISO 3166 alpha-3); :func:`sex_name` and :func:`nation_name` say them.

A record that would make us guess is a :class:`BadRecord`: a date that is none, broken characters, no number.
Only ``长期`` means "without end"; a blank end does not.

Source: ``domain.md`` 1.6 and 1.7 (resident and J three sources, I two, Y one).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

SIZE = 256
LONG_TERM = "长期"


class BadRecord(ValueError):
    """The record cannot be understood; says which field, never its content."""


class Layout(StrEnum):
    """The four kinds, by the character at offset 248."""

    RESIDENT = "resident"
    HK_MACAU_TAIWAN = "hk_macau_taiwan"
    FOREIGNER_2017 = "foreigner_2017"
    FOREIGNER_2023 = "foreigner_2023"


FLAGS = {
    " ": Layout.RESIDENT,
    "J": Layout.HK_MACAU_TAIWAN,
    "I": Layout.FOREIGNER_2017,
    "Y": Layout.FOREIGNER_2023,
}
FLAG_AT = 248


class Place(NamedTuple):
    """Where a field lies: byte offset and number of characters (two bytes each)."""

    at: int
    chars: int


_RESIDENT = {
    "name": Place(0, 15),
    "sex": Place(30, 1),
    "nation": Place(32, 2),
    "birth": Place(36, 8),
    "address": Place(52, 35),
    "number": Place(122, 18),
    "authority": Place(158, 15),
    "valid_from": Place(188, 8),
    "valid_to": Place(204, 8),
}
LAYOUTS: Mapping[Layout, Mapping[str, Place]] = {
    Layout.RESIDENT: _RESIDENT,
    Layout.HK_MACAU_TAIWAN: {name: place for name, place in _RESIDENT.items() if name != "nation"}
    | {"pass_number": Place(220, 9), "issue_count": Place(238, 2)},
    Layout.FOREIGNER_2017: {
        "english_name": Place(0, 60),
        "sex": Place(120, 1),
        "number": Place(122, 15),
        "nation": Place(152, 3),
        "name": Place(158, 15),
        "valid_from": Place(188, 8),
        "valid_to": Place(204, 8),
        "birth": Place(220, 8),
        "version": Place(236, 2),
        "authority": Place(240, 4),
    },
    Layout.FOREIGNER_2023: {
        "name": Place(0, 15),
        "sex": Place(30, 1),
        "issue_count": Place(32, 2),
        "birth": Place(36, 8),
        "english_name": Place(52, 35),
        "number": Place(122, 18),
        "valid_from": Place(188, 8),
        "valid_to": Place(204, 8),
        "english_name_end": Place(220, 11),
        "nation": Place(242, 3),
        "old_number": Place(250, 3),
    },
}


@dataclass(frozen=True, kw_only=True)
class CardText:
    """What the record says. ``valid_to`` None is 长期. What a layout does not have is empty.

    ``issue_count`` is 签发次数 (J) or 换证次数 (Y), ``version`` the card version (I), ``old_number`` the
    relation to the old number (Y); ``authority`` is a code on I.
    """

    layout: Layout
    name: str
    sex: str
    birth: date
    number: str
    valid_from: date
    valid_to: date | None
    nation: str = ""
    address: str = ""
    authority: str = ""
    english_name: str = ""
    pass_number: str = ""
    issue_count: str = ""
    version: str = ""
    old_number: str = ""


def decode(record: bytes) -> CardText:
    """The record as values. Raises BadRecord."""
    if len(record) != SIZE:
        raise BadRecord("size")
    layout = FLAGS.get(_text(record, "type", Place(FLAG_AT, 1)))
    if layout is None:
        raise BadRecord("type")
    fields = {name: _text(record, name, place) for name, place in LAYOUTS[layout].items()}
    fields["english_name"] = fields.get("english_name", "") + fields.pop("english_name_end", "")
    fields = {name: field.strip(" \0") for name, field in fields.items()}
    if not fields["number"]:
        raise BadRecord("number")
    valid_to = fields.pop("valid_to")
    return CardText(
        layout=layout,
        birth=_date(fields.pop("birth"), "birth"),
        valid_from=_date(fields.pop("valid_from"), "valid_from"),
        valid_to=None if valid_to == LONG_TERM else _date(valid_to, "valid_to"),
        **fields,
    )


def encode(card: CardText) -> bytes:
    """The record of ``card``. ValueError if something is too long for its field."""
    record = bytearray(" ".encode("utf-16-le") * (SIZE // 2))
    end = LONG_TERM if card.valid_to is None else _digits(card.valid_to)
    fields = {name: getattr(card, name, "") for name in LAYOUTS[card.layout]}
    fields |= {"birth": _digits(card.birth), "valid_from": _digits(card.valid_from), "valid_to": end}
    if "english_name_end" in fields:
        room = LAYOUTS[card.layout]["english_name"].chars
        fields["english_name"], fields["english_name_end"] = card.english_name[:room], card.english_name[room:]
    flag = next(flag for flag, layout in FLAGS.items() if layout is card.layout)
    _put(record, Place(FLAG_AT, 1), flag)
    for name, place in LAYOUTS[card.layout].items():
        _put(record, place, fields[name])
    return bytes(record)


def _text(record: bytes, name: str, place: Place) -> str:
    try:
        return record[place.at : place.at + 2 * place.chars].decode("utf-16-le")
    except UnicodeDecodeError as error:
        raise BadRecord(name) from error


def _put(record: bytearray, place: Place, value: str) -> None:
    data = value.encode("utf-16-le")
    if len(data) > 2 * place.chars:
        raise ValueError(f"longer than {place.chars} characters")
    record[place.at : place.at + len(data)] = data


def _digits(day: date) -> str:
    return day.isoformat().replace("-", "")  # strftime fills no years below 1000


def _date(value: str, name: str) -> date:
    if len(value) != 8 or not (value.isascii() and value.isdigit()):
        raise BadRecord(name)
    try:
        return date(int(value[:4]), int(value[4:6]), int(value[6:]))
    except ValueError as error:
        raise BadRecord(name) from error


def additional_address(data: bytes) -> str:
    """The newest additional address: plain text to the end of the answer. Raises BadRecord."""
    if len(data) % 2:
        raise BadRecord("additional address")
    return _text(data, "additional address", Place(0, len(data) // 2)).strip(" \0")


_SEXES = {"0": "未知", "1": "男", "2": "女", "9": "未说明"}
_NATIONS = (  # noqa: SIM905 - as the standard lists them, in order of code
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 "
    "柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 "
    "塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
).split()
NATIONS = {f"{code:02}": nation for code, nation in enumerate(_NATIONS, 1)} | {"97": "其他", "98": "外国血统中国籍人士"}


def sex_name(code: str) -> str:
    """男, 女, or that it is not said."""
    return _SEXES.get(code, _SEXES["0"])


def nation_name(code: str) -> str:
    """The nation's name; vendors disagree about unknown codes, so they stay visible: 其他 (nn)."""
    return NATIONS.get(code, f"其他 ({code})" if code else "")
