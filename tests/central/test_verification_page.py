"""Stories of the public verification page: what somebody with a paper in hand is told."""

import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import cv2
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from central import codes
from central.authority import Authority
from central.certificates.office import GUESSES, KEPT, VALID
from central.certificates.sealing import Sealer
from central.console import console_app
from tests.central.certified import ADDRESS, ZHANG, Certifying, certifying
from tests.central.test_certificates import forged
from tests.stationery.reading import words_of


@pytest.fixture
def central(tmp_path: Path) -> Certifying:
    return certifying(tmp_path)


@pytest.fixture
def visitor(central: Certifying) -> Iterator[TestClient[Litestar]]:
    with TestClient(console_app(central.front, 8080), base_url="http://127.0.0.1:8080") as client:
        yield client


def bare(code: str) -> str:
    return code.replace("-", "")


def test_the_code_shows_masked_facts_and_no_more(central: Certifying, visitor: TestClient[Litestar]) -> None:
    made = central.ask()
    reply = visitor.get(f"/verify/{bare(made.code)}")
    assert reply.status_code == 200
    assert "✓ 有效 valid" in reply.text
    assert "张**" in reply.text
    assert "正常参保 · 2016年03月 · 120 个月" in reply.text
    assert "0013" in reply.text
    assert "张样本" not in reply.text
    assert ZHANG not in reply.text
    assert ZHANG[6:14] not in reply.text  # the birthday
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["referrer-policy"] == "no-referrer"


def test_the_qr_code_on_the_paper_is_read_and_leads_to_the_page(central: Certifying, tmp_path: Path) -> None:
    made = central.ask()

    def read(dots: int) -> str:
        argv = ["pdftoppm", "-r", f"{dots}", "-png", "-singlefile", "-", str(tmp_path / "page")]
        subprocess.run(argv, input=made.pdf, check=True)
        picture = cv2.imread(str(tmp_path / "page.png"))
        assert picture is not None
        return cv2.QRCodeDetector().detectAndDecode(picture)[0]

    # some codes this detector misses in one picture; a telephone takes many
    assert {read(dots) for dots in (150, 170, 200)} - {""} == {ADDRESS + bare(made.code)}


def test_a_code_is_found_however_it_is_typed(central: Certifying, visitor: TestClient[Litestar]) -> None:
    made = central.ask()
    for typed in (made.code, made.code.lower(), made.code.replace("-", " ")):
        assert visitor.get("/verify/", params={"code": typed}).status_code == 200


def test_expired_revoked_unknown_and_mistyped_are_four_different_answers(
    central: Certifying, visitor: TestClient[Litestar]
) -> None:
    old, gone = central.ask(), central.ask("visit-2")
    central.clock.at += VALID
    central.clock.turn(days=1)
    central.front.certificates.revoke(gone.code, "sample operator")
    unknown = bare(codes.show(codes.make(7, codes.CERTIFICATE)))
    slip = bare(old.code)[:-1] + ("0" if bare(old.code)[-1] != "0" else "1")
    answers = [
        (old.code, 200, "▲ 已过有效期"),
        (gone.code, 200, "✕ 已撤销"),
        (unknown, 404, "✕ 查无此证明"),
        (slip, 400, "▲ 验证码有误"),
    ]
    for code, status, words in answers:
        reply = visitor.get(f"/verify/{bare(code)}")
        assert reply.status_code == status
        assert [said for _, _, said in answers if said in reply.text] == [words]


def test_a_file_is_told_genuine_altered_forged_or_none(
    central: Certifying, visitor: TestClient[Litestar], tmp_path: Path
) -> None:
    made = central.ask()
    paper = forged(central, name="李四样本", code=made.code)
    another = Sealer(Authority(tmp_path / "forger", central.clock.now), central.clock.now)
    altered = bytearray(made.pdf)
    altered[2000] ^= 1
    shown = {
        "✓ 原件，未被改动": made.pdf,
        "✕ 文件被改动过": bytes(altered),
        "✕ 印章不是我们的": another.seal(paper, "局"),
        "✕ 没有电子印章": paper,
        "✕ 无法读取": b"no paper at all",
    }
    for words, content in shown.items():
        reply = visitor.post("/verify/file", files={"file": ("certificate.pdf", content, "application/pdf")})
        assert reply.status_code == 200
        assert words in reply.text
        assert ("✓ 有效 valid" in reply.text) == (content == made.pdf)  # no green word beside a red one
        assert ("重新打印，不收费；怀疑伪造请致电 12333" in reply.text) == (
            content != made.pdf
        )  # what a clerk does now
        assert ("看一下来办事的人的身份证" in reply.text) == (content == made.pdf)
        others = [other for other in shown if other != words and other in reply.text]
        assert not others
        assert "李四" not in reply.text


def test_a_paper_with_another_name_is_told_by_comparing(central: Certifying, visitor: TestClient[Litestar]) -> None:
    path = f"/verify/{bare(central.ask().code)}/compare"
    assert "✓ 姓名和号码一致" in visitor.post(path, data={"name": "张样本", "ending": "0013"}).text
    for wrong in ({"name": "李四样本", "ending": "0013"}, {"name": "张样本", "ending": "0014"}, {}):
        assert "✕ 姓名或号码不一致" in visitor.post(path, data=wrong).text


def test_nobody_finds_out_a_name_or_a_code_by_trying(central: Certifying, visitor: TestClient[Litestar]) -> None:
    path = f"/verify/{bare(central.ask().code)}"
    tries = [visitor.post(f"{path}/compare", data={"name": f"张{n}", "ending": "0013"}) for n in range(8)]
    assert [reply.status_code for reply in tries] == [200] * 6 + [429] * 2
    looks = [visitor.get(path).status_code for _ in range(32)]
    assert looks == [200] * 30 + [429] * 2
    files = [visitor.post("/verify/file", files={"file": ("x", b"x", "application/pdf")}).status_code for _ in range(7)]
    assert files == [200] * 6 + [429]
    central.clock.turn(minutes=1)
    assert visitor.get(path).status_code == 200


def test_comparing_is_no_way_around_the_limit_of_looks(central: Certifying, visitor: TestClient[Litestar]) -> None:
    path = f"/verify/{bare(central.ask().code)}/compare"
    said = [visitor.post(path, data={"name": "x", "ending": "0013"}) for _ in range(31)]
    assert "张**" in said[5].text
    assert not [reply for reply in said[6:] if "张**" in reply.text]
    other = f"/verify/{bare(central.ask('visit-2').code)}/compare"
    assert visitor.post(other, data={}).status_code == 429
    central.clock.turn(minutes=1)
    assert [visitor.post(path, data={}).status_code for _ in range(7)] == [200] * 6 + [429]
    assert visitor.post(other, data={}).status_code == 200  # each certificate has its own tries
    central.clock.turn(minutes=1)
    unknown = f"/verify/{bare(codes.show('0' * codes.CERTIFICATE))}/compare"
    tries = [visitor.post(unknown, data={}).status_code for _ in range(31)]
    assert tries == [404] * 30 + [429]


def test_however_patient_nobody_finds_out_a_name_by_trying(central: Certifying, visitor: TestClient[Litestar]) -> None:
    made = central.ask()
    path = f"/verify/{bare(made.code)}"
    right = {"name": "张样本", "ending": "0013"}
    for n in range(GUESSES):
        assert visitor.post(f"{path}/compare", data={"name": f"张{n}", "ending": "0013"}).status_code == 200
        central.clock.turn(minutes=1)
        if n == GUESSES // 2:  # who is right costs no try, and gives none back
            assert "✓ 姓名和号码一致" in visitor.post(f"{path}/compare", data=right).text
    for data in (right, {"name": "张九", "ending": "0013"}):
        reply = visitor.post(f"{path}/compare", data=data)
        assert reply.status_code == 429
        assert "▲ 不再提供比对" in reply.text
        assert "一致。" not in reply.text
    page = visitor.get(path)
    assert "✓ 有效 valid" in page.text  # what the code shows is shown
    assert 'name="ending"' not in page.text
    file = {"file": ("certificate.pdf", made.pdf, "application/pdf")}
    assert "✓ 原件，未被改动" in visitor.post("/verify/file", files=file).text
    other = f"/verify/{bare(central.ask('visit-2').code)}/compare"
    assert "✓ 姓名和号码一致" in visitor.post(other, data=right).text


def test_the_paper_says_until_when_and_so_long_its_facts_are_there_and_then_only_that_there_was_one(
    central: Certifying, visitor: TestClient[Litestar]
) -> None:
    made = central.ask()
    path = f"/verify/{bare(made.code)}"
    last = made.valid_until + KEPT
    assert f"登记保留至{last.year}年{last.month}月{last.day}日" in words_of(made.pdf).replace(" ", "").replace("\n", "")
    assert f"<td>{last}</td>" in visitor.get(path).text
    central.clock.at += VALID + KEPT
    assert central.front.forget().certificates == 0
    page = visitor.get(path).text
    assert "▲ 已过有效期" in page
    assert "张**" in page
    assert "正常参保" in page
    central.clock.turn(days=1)
    assert central.front.forget().certificates == 1
    page = visitor.get(path).text
    assert "▲ 已过保留期" in page
    assert "查无此证明" not in page  # it was none of a forger's
    assert "张" not in page.replace("登记内容", "")
    assert 'name="ending"' not in page
    assert visitor.post(f"{path}/compare", data={"name": "张样本", "ending": "0013"}).status_code == 429
    file = {"file": ("certificate.pdf", made.pdf, "application/pdf")}
    assert "✓ 原件，未被改动" in visitor.post("/verify/file", files=file).text


def test_the_last_day_on_a_paper_holds_whatever_the_settings_are_later(
    central: Certifying, visitor: TestClient[Litestar]
) -> None:
    made = central.ask()
    central.front.certificates._kept = timedelta(0)
    shorter = central.ask("visit-2")
    central.clock.at += VALID
    central.clock.turn(days=1)
    assert central.front.forget().certificates == 1
    assert "张**" in visitor.get(f"/verify/{bare(made.code)}").text
    assert "▲ 已过保留期" in visitor.get(f"/verify/{bare(shorter.code)}").text


def test_a_file_too_large_for_a_certificate_is_not_taken(central: Certifying, visitor: TestClient[Litestar]) -> None:
    reply = visitor.post("/verify/file", files={"file": ("x.pdf", b"x" * 1_100_000, "application/pdf")})
    assert reply.status_code == 413


def test_what_a_visitor_types_is_shown_as_text(central: Certifying, visitor: TestClient[Litestar]) -> None:
    reply = visitor.get("/verify/", params={"code": "<script>alert(1)</script>"})
    assert reply.status_code == 400
    assert "<script>" not in reply.text


def test_the_page_by_itself_asks_for_a_code_or_a_file(central: Certifying, visitor: TestClient[Litestar]) -> None:
    text = visitor.get("/verify/").text
    assert 'name="code"' in text
    assert 'type="file"' in text
    assert "登记内容" not in text
    assert "没有选择文件" in visitor.post("/verify/file", files={"file": ("x.pdf", b"", "application/pdf")}).text
