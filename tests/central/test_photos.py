"""The photo shelf: a code for each, nobody without it, days, and what a database shows."""

import asyncio
import http.client
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import msgspec
import pytest
import sqlalchemy as sa

from central.payments import night
from central.photos import DAYS, PER_MINUTE, Shelf, photo
from central.problems import Refused
from central.server import Central, Settings, running
from kiosk_app.contract import Problem
from kiosk_app.contract.photos import MOST_PHOTO, KeepPhoto, PhotoKept
from provisioning.device_key import DeviceKey
from tests.central.fleet import KIOSK, Fleet, HandClock, fleet

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 100 + b"\xff\xd9"


@pytest.fixture
def central() -> Fleet:
    return fleet()


def lay(central: Fleet, request: str = "R1", data: bytes = JPEG) -> PhotoKept:
    status, body = central.front.post(
        KIOSK, KeepPhoto.path, msgspec.json.encode(KeepPhoto(request=request, photo=data))
    )
    assert status == 200, body
    return msgspec.json.decode(body, type=PhotoKept)


def refused(shelf: Shelf, code: str, caller: str = "1.2.3.4") -> str:
    with pytest.raises(Refused) as no:
        shelf.fetch(caller, code)
    return no.value.code


def test_whoever_has_the_code_gets_the_file_as_often_as_wanted(central: Fleet) -> None:
    kept = lay(central)
    assert (kept.until - central.clock.now()).days == DAYS
    typed = kept.code.lower().replace("-", " ").replace("0", "O")
    assert central.front.photos.fetch("1.2.3.4", kept.code) == JPEG
    assert central.front.photos.fetch("1.2.3.4", typed) == JPEG


def test_every_photo_has_a_code_of_its_own(central: Fleet) -> None:
    one, other = lay(central, "R1"), lay(central, "R2", JPEG[:-2] + b"x\xff\xd9")
    assert one.code != other.code
    assert central.front.photos.fetch("a", other.code) != JPEG


def test_another_code_opens_nothing_and_a_slip_of_the_finger_is_told(central: Fleet) -> None:
    kept = lay(central)
    assert refused(central.front.photos, "0000-0000-0000-0") == "no-photo"
    last = "7" if kept.code[0] != "7" else "8"
    assert refused(central.front.photos, last + kept.code[1:]) == "code-mistyped"


def test_a_lost_answer_is_asked_for_again_and_the_lost_code_opens_nothing(central: Fleet) -> None:
    lost, again = lay(central), lay(central)
    assert refused(central.front.photos, lost.code) == "no-photo"
    assert central.front.photos.fetch("a", again.code) == JPEG
    assert central.front.photos.waiting() == 1


def test_it_is_over_on_the_day_and_then_gone(central: Fleet) -> None:
    kept = lay(central)
    central.clock.turn(days=DAYS, seconds=-1)
    assert central.front.photos.fetch("a", kept.code) == JPEG
    central.clock.turn(seconds=1)
    assert refused(central.front.photos, kept.code) == "no-photo"
    assert central.front.photos.waiting() == 1
    assert central.front.photos.expire() == 1
    assert central.front.photos.waiting() == 0


def test_how_long_they_wait_is_the_platforms_decision() -> None:
    central = fleet(photo_days=1)
    kept = lay(central)
    central.clock.turn(days=1)
    assert refused(central.front.photos, kept.code) == "no-photo"


def test_laying_one_there_drops_what_is_over(central: Fleet) -> None:
    lay(central)
    central.clock.turn(days=DAYS)
    lay(central, "R2")
    assert central.front.photos.waiting() == 1


def test_the_night_drops_what_is_over(central: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(night, "LOOK", 0.0)

    async def main() -> None:
        watch = asyncio.create_task(night.nights(central.front, central.clock))
        await asyncio.sleep(0)
        central.clock.turn(days=DAYS + 1)
        async with asyncio.timeout(30):
            while central.front.photos.waiting():  # noqa: ASYNC110 - the work is done in a thread
                await asyncio.sleep(0)
        watch.cancel()

    lay(central)
    asyncio.run(main())


def test_the_holder_may_have_it_deleted(central: Fleet) -> None:
    kept = lay(central)
    central.front.photos.drop("a", kept.code)
    assert refused(central.front.photos, kept.code) == "no-photo"
    with pytest.raises(Refused, match="no-photo"):
        central.front.photos.drop("a", kept.code)


def test_the_database_shows_no_picture_no_code_and_nobody(central: Fleet) -> None:
    kept = lay(central)
    with central.front.store.read() as connection:
        row = connection.execute(sa.select(photo)).one()
    assert set(row._mapping) == {"lookup", "kiosk", "request", "until", "sealed"}
    assert JPEG[4:40] not in row.sealed
    assert kept.code.replace("-", "")[:12] not in row.lookup.upper()


def test_a_file_under_another_code_cannot_be_opened(central: Fleet) -> None:
    """Neither by central itself: it is sealed with the code, not with central's key alone."""
    one, other = lay(central, "R1"), lay(central, "R2")
    with central.front.store.write() as connection:
        rows = connection.execute(sa.select(photo).order_by(photo.c.request)).all()
        connection.execute(photo.update().where(photo.c.request == "R1").values(sealed=rows[1].sealed))
    assert refused(central.front.photos, one.code) == "no-photo"
    assert central.front.photos.fetch("a", other.code) == JPEG


@pytest.mark.parametrize("data", [b"GIF89a", JPEG[:-1], JPEG[1:], b"\xff\xd8\xff"])
def test_what_is_no_whole_jpeg_is_refused(central: Fleet, data: bytes) -> None:
    body = msgspec.json.encode(KeepPhoto(request="R1", photo=data))
    status, answer = central.front.post(KIOSK, KeepPhoto.path, body)
    assert (status, msgspec.json.decode(answer, type=Problem).type) == (422, "no-photo")


def test_the_largest_file_of_any_specification_passes_and_a_larger_one_does_not(central: Fleet) -> None:
    largest = JPEG[:-2] + bytes(MOST_PHOTO - len(JPEG)) + b"\xff\xd9"
    assert central.front.photos.fetch("a", lay(central, data=largest).code) == largest
    body = b'{"request":"R2","photo":"' + b"/9j/" * (MOST_PHOTO // 3 + 1) + b'"}'
    assert central.front.post(KIOSK, KeepPhoto.path, body)[0] == 400


def test_who_tries_codes_is_stopped_and_nobody_else_is(central: Fleet) -> None:
    kept, shelf = lay(central), central.front.photos
    said = [refused(shelf, "0000-0000-0000-0", "the guesser") for _ in range(PER_MINUTE["one"] + 1)]
    assert said[-2:] == ["no-photo", "too-many"]
    assert shelf.fetch("somebody else", kept.code) == JPEG
    central.clock.turn(minutes=1)
    assert refused(shelf, "0000-0000-0000-0", "the guesser") == "no-photo"


def test_deleting_is_no_way_around_the_limit(central: Fleet) -> None:
    shelf, said = central.front.photos, []
    for _ in range(PER_MINUTE["one"] + 1):
        with pytest.raises(Refused) as refusal:
            shelf.drop("the guesser", "0000-0000-0000-0")
        said.append(refusal.value.code)
    assert said[-2:] == ["no-photo", "too-many"]


def test_many_guessers_are_stopped_together(central: Fleet) -> None:
    said = {refused(central.front.photos, "0000-0000-0000-0", str(n)) for n in range(PER_MINUTE["all"] + 1)}
    assert said == {"no-photo", "too-many"}


# --- the page ---


class Page:
    """A running central's page, as a browser sees it."""

    def __init__(self, central: Central, port: int) -> None:
        self.central, self.port = central, port

    def post(self, **form: str) -> tuple[int, dict[str, str], bytes]:
        return self._ask("POST", urlencode(form))

    def get(self) -> tuple[int, dict[str, str], bytes]:
        return self._ask("GET", None)

    def _ask(self, method: str, body: str | None) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            headers = {"content-type": "application/x-www-form-urlencoded"} if body else {}
            connection.request(method, "/photo", body, headers)
            reply = connection.getresponse()
            return reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read()
        finally:
            connection.close()


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    central = Central(Settings(tmp_path), HandClock())
    central.front.register(KIOSK, DeviceKey.from_number(1).public_pem)
    with running(central) as (_, port):
        yield Page(central, port)


def test_the_page_gives_the_file_and_no_copy_of_it_stays_on_the_way(page: Page) -> None:
    kept = page.central.front.photos.keep(KIOSK, KeepPhoto(request="R1", photo=JPEG))
    assert kept.page == f"http://127.0.0.1:{page.port}/photo"
    assert page.get()[0] == 200
    status, headers, data = page.post(code=kept.code, do="fetch")
    assert (status, data) == (200, JPEG)
    assert (headers["content-type"], headers["cache-control"]) == ("image/jpeg", "no-store")
    assert headers["content-disposition"] == 'attachment; filename="photo.jpg"'


def test_the_page_says_why_there_is_none(page: Page) -> None:
    assert (page.post(code="0000-0000-0000-0")[0], page.post(code="<b>", do="fetch")[0]) == (404, 422)
    assert b"<b>" not in page.post(code="<b>")[2].split(b"<h1>")[1]
    for _ in range(PER_MINUTE["one"]):
        status = page.post(code="0000-0000-0000-0")[0]
    assert status == 429


def test_the_page_deletes(page: Page) -> None:
    kept = page.central.front.photos.keep(KIOSK, KeepPhoto(request="R1", photo=JPEG))
    status, _, words = page.post(code=kept.code, do="delete")
    assert (status, "照片已删除" in words.decode()) == (200, True)
    assert page.post(code=kept.code)[0] == 404


def test_a_restart_keeps_the_photos_and_their_codes(tmp_path: Path) -> None:
    kept = Central(Settings(tmp_path)).front.photos.keep(KIOSK, KeepPhoto(request="R1", photo=JPEG))
    assert Central(Settings(tmp_path)).front.photos.fetch("a", kept.code) == JPEG
