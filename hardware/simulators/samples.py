"""Sample citizens: cards that no authority ever issued. Names, streets and authorities say so themselves.

The numbers obey every rule (``kiosk_app.id_numbers``): the standards' own specimens, or made up with a right
check digit. The picture is a placeholder where a WLT blob would be: no open encoder or decoder exists.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from hardware.protocols.sdt import PHOTO
from hardware.protocols.sdt_text import CardText, Layout

AUTHORITY = "蓬江样本公安分局"


@dataclass(frozen=True)
class SampleCard:
    """A card as the simulated reader knows it."""

    text: CardText
    newest_address: str = ""

    @property
    def photo(self) -> bytes:
        """1024 bytes where the picture of 102 x 126 would be."""
        return f"SAMPLE 102x126 {self.text.number} ".encode().ljust(PHOTO, b"\0")


def _resident(name: str, sex: str, number: str, address: str, valid_to: date | None) -> CardText:
    return CardText(
        layout=Layout.RESIDENT,
        name=name,
        sex=sex,
        nation="01",
        birth=date(int(number[6:10]), int(number[10:12]), int(number[12:14])),
        address=address,
        number=number,
        authority=AUTHORITY,
        valid_from=date(2020, 5, 18),
        valid_to=valid_to,
    )


ZHANG = _resident("张样本", "1", "440703199003070013", "广东省江门市蓬江区样本路1号", date(2040, 5, 18))
LI = _resident("李样本", "2", "440703195501010023", "广东省江门市蓬江区样本路2号", None)
WANG = _resident("王样本", "2", "11010519491231002X", "北京市朝阳区样本路3号", None)
ZHAO = _resident("赵样本", "1", "34052419800101001X", "广东省江门市蓬江区样本路6号", date(2039, 8, 1))
CHAN = CardText(
    layout=Layout.HK_MACAU_TAIWAN,
    name="陈样本",
    sex="2",
    birth=date(1994, 8, 23),
    address="广东省江门市新会区样本街3号",
    number="810000199408230021",
    authority=AUTHORITY,
    valid_from=date(2023, 9, 1),
    valid_to=date(2028, 9, 1),
    pass_number="H00000000",  # noqa: S106 - a travel document's number
    issue_count="01",
)
LIN = CardText(
    layout=Layout.HK_MACAU_TAIWAN,
    name="林样本",
    sex="2",
    birth=date(1992, 1, 30),
    address="广东省江门市台山市样本街4号",
    number="830000199201300022",
    authority=AUTHORITY,
    valid_from=date(2022, 3, 1),
    valid_to=date(2027, 3, 1),
    pass_number="00000000",  # noqa: S106 - a travel document's number
    issue_count="02",
)
SAMPLE_2017 = CardText(
    layout=Layout.FOREIGNER_2017,
    name="样本一",
    english_name="SAMPLE, CITIZEN ONE",
    sex="2",
    birth=date(1990, 12, 31),
    number="KAZ110090123105",
    nation="KAZ",
    authority="4400",
    valid_from=date(2019, 6, 1),
    valid_to=date(2029, 6, 1),
    version="01",
)
SAMPLE_2023 = CardText(
    layout=Layout.FOREIGNER_2023,
    name="样本二",
    english_name="SAMPLE, CITIZEN TWO WITH A VERY LONG NAME",
    sex="1",
    birth=date(1990, 1, 1),
    number="944840199001010016",
    nation="USA",
    valid_from=date(2024, 1, 15),
    valid_to=date(2034, 1, 15),
    issue_count="00",
)

CARDS: Mapping[str, SampleCard] = {
    "zhang": SampleCard(ZHANG),
    "li": SampleCard(LI, newest_address="广东省江门市江海区样本新路5号"),
    "wang": SampleCard(WANG),
    "zhao": SampleCard(ZHAO),
    "chan": SampleCard(CHAN),
    "lin": SampleCard(LIN),
    "foreigner_2017": SampleCard(SAMPLE_2017),
    "foreigner_2023": SampleCard(SAMPLE_2023),
}
