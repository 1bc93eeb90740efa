"""What a citizen carries home, as pictures for the docs, to be looked at.

    python -m tests.stationery.paper_pictures FOLDER

A rights record over its pages, a certificate that a central sealed, and slips as the simulated print head burns them.
"""

import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

from PIL import Image

from hardware.drivers.slip_render import render
from kiosk_app.contract.guide import OpeningRule, Said
from kiosk_app.contract.social import Act, CardAct
from kiosk_app.devices import Slip
from kiosk_app.papers.counter import counter_slip
from kiosk_app.papers.insured_slips import card_slip, living_slip
from tests.central.certified import certifying
from tests.hardware.test_escpos_slip import paper_of
from tests.stationery.test_pictures import pages
from tests.stationery.test_standards import PAPERS

AT = datetime(2026, 11, 23, 6, 32, tzinfo=UTC)
SITE = {"site": "样本政务服务中心", "hotline": "0750-12345"}
GROUND, GAP = "#D8DDDA", 12


def beside(pictures: Sequence[Image.Image]) -> Image.Image:
    """All of them from left to right."""
    wide = sum(picture.width for picture in pictures) + GAP * (len(pictures) + 1)
    whole = Image.new("RGB", (wide, max(picture.height for picture in pictures) + 2 * GAP), GROUND)
    left = GAP
    for picture in pictures:
        whole.paste(picture, (left, GAP))
        left += picture.width + GAP
    return whole


def slips() -> list[Slip]:
    """For the counter, of a verification, of a loss."""
    opening = OpeningRule(family="social", days=[1, 2, 3, 4, 5], opens="09:00", closes="17:00")
    what = Said(zh="养老待遇资格认证", en="Living verification of pensioners")
    act = Act(number="R261123000001", at=AT, until=date(2027, 11, 23))
    lost = Act(number="R261123000002", at=AT, until=date(2026, 12, 8))
    return [
        counter_slip("counter.declined", "44070301112314320", AT, **SITE, what=what, opening=[opening]),
        living_slip("李**", act, **SITE),
        card_slip("张**", CardAct.REPORT_LOSS, lost, **SITE),
    ]


def burnt(slip: Slip) -> Image.Image:
    """The paper that comes out."""
    with Image.open(BytesIO(paper_of(render(slip)).png)) as picture:
        return picture.convert("RGB")


def main() -> None:
    """The command."""
    out = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        sealed = certifying(Path(folder)).ask().pdf
    shown = {
        "paper_rights": [*pages(PAPERS["rights"](), 60, grey=False)],
        "paper_certificate": [*pages(sealed, 72, grey=False)],
        "paper_slips": [
            picture.resize((picture.width * 2 // 3, picture.height * 2 // 3)) for picture in map(burnt, slips())
        ],
    }
    for name, pictures in shown.items():
        beside(pictures).quantize(64).save(out / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
