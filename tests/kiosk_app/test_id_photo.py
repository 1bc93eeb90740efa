"""Photos for other documents: chosen, taken by that document's rules, printed to cut out, and gone."""

import io
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from kiosk_app import health
from kiosk_app.contract.photos import MOST_PHOTO, KeepPhoto
from kiosk_app.devices import Condition, DeviceState
from kiosk_app.errors import Left
from kiosk_app.papers.photo_sheet import COPIES, PickUp, photo_sheet
from kiosk_app.portrait.spec import specs
from kiosk_app.services.id_photo import take_id_photo
from kiosk_app.views import Back, ChooseOne, Chosen, Consent, Done, Leave, LivePortrait, PortraitReview, text
from screens.sample_person import drawn_photo
from tests.booth import BoothStand, booth_story


async def takes(booth: BoothStand, document: str = "id_card", way: str = "paper") -> None:
    """Choose, stand well, use; on paper only or with a code too."""
    booth.scene.enter()
    booth.face.photo |= {"bytes": 18000.0, "crown": 14.0}
    choose = await booth.sees(ChooseOne)
    assert {row.key for row in choose.rows} == set(specs())
    await booth.touches(Chosen(document))
    await booth.sees(PortraitReview, "photo.review.good")
    await booth.touches(Chosen("use"))
    notice = await booth.sees(Consent, "id_photo.code.title")
    assert [key for key, *_ in notice.ways] == ["paper", "code"]
    await booth.touches(Chosen(way))


@booth_story
async def test_a_photo_is_chosen_taken_and_printed(booth: BoothStand) -> None:
    booth.face.large = drawn_photo()
    taking = booth.begin(take_id_photo(booth.desk))
    await takes(booth)
    await booth.sees(Done, "id_photo.done.printed")
    assert booth.face.finished[0][0] is specs()["id_card"]
    assert [sheet[:5] for sheet in booth.stand.document_printer.papers] == [b"%PDF-"]
    assert booth.forgotten()
    await booth.touches(Chosen("document"))
    await booth.sees(Done, "id_photo.done.printed")
    assert len(booth.stand.document_printer.papers) == 2
    assert booth.stand.document_printer.papers[0] == booth.stand.document_printer.papers[1]
    await booth.touches(Chosen("other"))
    assert await taking


@booth_story
async def test_who_wants_the_file_gets_a_code_that_opens_it(booth: BoothStand) -> None:
    booth.face.large = booth.face.file = drawn_photo()
    taking = booth.begin(take_id_photo(booth.desk))
    await takes(booth, way="code")
    done = await booth.sees(Done, "id_photo.done.printed")
    code = dict(done.facts[0].args)["code"]
    shelf = booth.stand.front.photos
    assert shelf.fetch("a telephone", str(code)) == booth.face.file
    assert shelf.waiting() == 1
    assert booth.forgotten()
    await booth.touches(Chosen("document"))
    await booth.sees(Done)
    assert shelf.waiting() == 1  # another print is no other photo
    await booth.touches(Chosen("other"))
    assert await taking


@booth_story
async def test_who_wants_paper_only_leaves_nothing_at_central(booth: BoothStand) -> None:
    booth.face.large = drawn_photo()
    taking = booth.begin(take_id_photo(booth.desk))
    await takes(booth)
    done = await booth.sees(Done)
    assert (done.qr, done.warnings) == ("", ())
    assert booth.stand.front.photos.waiting() == 0
    await booth.touches(Chosen("other"))
    assert await taking


async def costs_the_code_only(booth: BoothStand) -> None:
    """The sheet is printed, and it is said that there is no code."""
    booth.face.large = drawn_photo()
    taking = booth.begin(take_id_photo(booth.desk))
    await takes(booth, way="code")
    done = await booth.sees(Done, "id_photo.done.printed")
    assert [warning.id for warning in done.warnings] == ["id_photo.code.failed"]
    assert len(booth.stand.document_printer.papers) == 1
    await booth.touches(Chosen("other"))
    assert await taking


@booth_story
async def test_a_lost_answer_gives_a_code_all_the_same_and_leaves_one_photo(booth: BoothStand) -> None:
    booth.face.large = booth.face.file = drawn_photo()
    booth.stand.network.lose_next = KeepPhoto.path
    taking = booth.begin(take_id_photo(booth.desk))
    await takes(booth, way="code")
    done = await booth.sees(Done, "id_photo.done.printed")
    assert done.warnings == ()
    code = next(dict(fact.args)["code"] for fact in done.facts if fact.id == "id_photo.code")
    assert booth.stand.front.photos.fetch("a telephone", str(code)) == booth.face.file
    assert booth.stand.front.photos.waiting() == 1
    await booth.touches(Chosen("other"))
    assert await taking


@booth_story
async def test_a_central_that_is_silent_costs_the_code_and_not_the_sheet(booth: BoothStand) -> None:
    booth.stand.network.up = False
    await costs_the_code_only(booth)


@booth_story
async def test_a_central_that_refuses_costs_the_code_and_not_the_sheet(booth: BoothStand) -> None:
    booth.face.file = b"no photo at all"
    await costs_the_code_only(booth)


def test_every_file_that_a_specification_allows_may_lie_on_the_shelf() -> None:
    assert max(spec.file.largest for spec in specs().values()) <= MOST_PHOTO


def test_the_sheet_says_code_page_and_end_and_one_without_a_code_has_none(tmp_path: Path) -> None:
    pickup = PickUp("K7QM-2V0X-9RTD-5", "2026-12-01 08:00", "https://photos.invalid/photo")
    for given, said in ((pickup, True), (None, False)):
        sheet = tmp_path / "sheet.pdf"
        sheet.write_bytes(photo_sheet(drawn_photo(), specs()["id_card"], site="样本", pickup=given))
        words = subprocess.run(["pdftotext", str(sheet), "-"], capture_output=True, text=True, check=True).stdout
        assert ("K7QM-2V0X-9RTD-5" in words, "photos.invalid" in words, "2026-12-01" in words) == (said, said, said)
    assert pickup.link == "https://photos.invalid/photo#K7QM-2V0X-9RTD-5"


@booth_story
async def test_a_sheet_that_does_not_come_out_is_not_promised(booth: BoothStand) -> None:
    booth.face.large = drawn_photo()
    booth.stand.document_printer.jam_next()
    taking = booth.begin(take_id_photo(booth.desk))
    await takes(booth)
    done = await booth.sees(Done, "id_photo.done.failed")
    assert done.papers == ()
    await booth.touches(Leave())
    with pytest.raises(Left):
        await taking


@booth_story
async def test_back_from_the_picture_asks_for_the_document_again(booth: BoothStand) -> None:
    taking = booth.begin(take_id_photo(booth.desk))
    await booth.sees(ChooseOne)
    await booth.touches(Chosen("driving_licence"))
    await booth.sees(LivePortrait)
    await booth.touches(Back())
    await booth.sees(ChooseOne)
    await booth.touches(Back())
    assert await taking
    assert booth.stand.document_printer.papers == []


@pytest.mark.parametrize("key", list(specs()))
def test_each_photo_on_the_sheet_has_the_size_its_document_asks_for(key: str, tmp_path: Path) -> None:
    """Measured on the printed page: rendered at 300 dots per inch, a red photo is as wide and as high as it must be."""
    spec = specs()[key]
    red = io.BytesIO()
    Image.new("RGB", (2 * spec.form.width, 2 * spec.form.height), (255, 0, 0)).save(red, "JPEG", quality=95)
    sheet = tmp_path / "sheet.pdf"
    sheet.write_bytes(photo_sheet(red.getvalue(), spec, site="样本"))
    subprocess.run(["pdftoppm", "-r", "300", "-png", str(sheet), str(tmp_path / "page")], check=True)
    (page,) = tmp_path.glob("page*.png")
    with Image.open(page) as picture:
        mask = picture.convert("RGB").split()[1].point(lambda value: 255 if value < 90 else 0)
        reds = picture.convert("RGB").split()[0].point(lambda value: 255 if value > 200 else 0)
    mask = Image.composite(mask, Image.new("L", mask.size), reds)
    row = mask.crop((0, 0, mask.width, mask.height)).resize((mask.width, 1), Image.Resampling.BOX).tobytes()
    runs = [len(run) for run in "".join("x" if value > 5 else " " for value in row).split()]
    assert len(runs) == COPIES // 2
    wanted = spec.form.width / spec.file.dpi * 300
    assert all(run == pytest.approx(wanted, abs=2.5) for run in runs)


@pytest.mark.parametrize("gone", ["camera", "face_analyst", "document_printer"])
def test_without_one_of_its_devices_it_is_closed_and_the_menu_says_which(gone: str) -> None:
    (service,) = (one for one in health.SERVICES if one.key == "id_photo")
    there = {role: Condition(DeviceState.ONLINE) for role in service.roles}
    assert health.why_closed(service, health.Parts(there)) is None
    gone_now = there | {gone: Condition(DeviceState.OFFLINE)}
    closed = health.why_closed(service, health.Parts(gone_now))
    assert closed == text("menu.closed.device", device=text(f"device.{gone}"))


def test_without_central_it_is_closed_and_a_closed_card_terminal_is_nothing_to_it() -> None:
    (service,) = (one for one in health.SERVICES if one.key == "id_photo")
    there = {role: Condition(DeviceState.ONLINE) for role in service.roles}
    assert health.why_closed(service, health.Parts(there, central=False)) == text("menu.closed.central")
    assert health.why_closed(service, health.Parts(there, till="menu.closed.card_terminal")) is None
