"""What PDF/A-2a (ISO 19005-2) and PDF/UA-1 (ISO 14289-1) ask of a file, asked of ours with other people's programs.

veraPDF is Java and not here: the machine-checkable rules that `pdfua` knows, and the objects that PDF/A requires, one
by one through qpdf. (Apache PDFBox's Preflight was run by hand over files whose metadata claimed PDF/A-1b: its only
finding was that the colour profile is of version 4, which the second part of the standard allows.)
"""

import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pdfua import validate

from stationery.social import contribution_history, insured_certificate, rights_record
from tests.stationery import samples
from tests.stationery.reading import commands, elements, opened
from tests.stationery.samples import (
    AS_OF,
    CERTIFICATE,
    COPIED,
    FIRST,
    HISTORY,
    LAST,
    RIGHTS,
    STANDINGS,
    VERIFIED,
    ZHANG,
)

PAPERS: dict[str, Callable[[], bytes]] = {
    "rights": lambda: rights_record(ZHANG, samples.record(), RIGHTS),
    "history": lambda: contribution_history(
        ZHANG, samples.record(), HISTORY, insurances=("pension", "medical"), first=FIRST, last=LAST
    ),
    "certificate": lambda: insured_certificate(ZHANG, STANDINGS, AS_OF, CERTIFICATE, VERIFIED),
    "copy": lambda: rights_record(ZHANG, samples.record(), COPIED),
}


@pytest.fixture(params=PAPERS)
def paper(request: pytest.FixtureRequest) -> bytes:
    return PAPERS[request.param]()


def test_a_checker_of_accessibility_finds_nothing(paper: bytes, tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(paper)
    report = validate(str(path))
    assert list(report.findings) == []
    assert sum(outcome.skipped_reason is None for outcome in report.outcomes) >= 11


def test_metadata_claim_both_standards_and_agree_with_the_document_information(paper: bytes) -> None:
    file = opened(paper)
    assert str(file.docinfo.CreationDate) == str(file.docinfo.ModDate) == "D:20260302063000+00'00'"
    with file.open_metadata() as said:
        assert (said["pdfaid:part"], said["pdfaid:conformance"], said["pdfuaid:part"]) == ("2", "A", "1")
        assert said["dc:title"] == str(file.docinfo.Title)
        assert said["dc:creator"] == [str(file.docinfo.Author)]
        assert said["dc:description"] == str(file.docinfo.Subject)
        assert said["pdf:Producer"] == said["xmp:CreatorTool"] == str(file.docinfo.Producer)
        assert said["xmp:CreateDate"] == said["xmp:ModifyDate"] == "2026-03-02T06:30:00+00:00"
    raw = file.Root.Metadata
    assert "/Filter" not in raw
    assert ElementTree.fromstring(raw.read_bytes().split(b"?>", 1)[1].rsplit(b"<?", 1)[0]) is not None


def test_colours_have_a_meaning_and_nothing_is_transparent_active_or_outside(paper: bytes) -> None:
    file = opened(paper)
    (intent,) = file.Root.OutputIntents
    assert intent.S == "/GTS_PDFA1"
    assert intent.DestOutputProfile.N == 3
    assert intent.DestOutputProfile.read_bytes()[36:40] == b"acsp"
    assert not {"/Encrypt", "/Outlines"} & set(file.trailer.keys())
    for page in file.pages:
        assert not {"/Group", "/AA"} & set(page.obj.keys())
        assert not {"/ExtGState", "/Shading", "/Pattern"} & set(page.Resources.keys())
        assert not re.search(rb"\b[kK]\b", page.Contents.read_bytes())  # no CMYK under an RGB intent
    assert not {"/OpenAction", "/AA", "/JavaScript"} & set(file.Root.keys())


def test_every_font_is_embedded_with_its_widths_and_a_map_back_to_unicode(paper: bytes) -> None:
    file, seen = opened(paper), set()
    for page in file.pages:
        for font in page.Resources.Font.values():
            (descendant,) = font.DescendantFonts
            seen.add(str(font.BaseFont))
            program = descendant.FontDescriptor.FontFile2.read_bytes()
            count = int.from_bytes(program[program.index(b"maxp") + 8 :][:4], "big")
            glyphs = int.from_bytes(program[count + 4 : count + 6], "big")
            assert font.Encoding == "/Identity-H"
            assert len(descendant.W[1]) == glyphs - 1
            back = dict(re.findall(rb"<([0-9A-F]{4})> <([0-9a-f]{4,8})>", font.ToUnicode.read_bytes()))
            assert len(back) == glyphs - 1
            assert not {b"0000", b"feff", b"fffe"} & set(back.values())
            assert int.from_bytes(descendant.FontDescriptor.CIDSet.read_bytes(), "big").bit_count() == glyphs
    assert seen == {"/KIOSKA+KioskSong-Regular", "/KIOSKA+KioskSong-Bold"}


def test_streams_end_as_the_standard_says(paper: bytes) -> None:
    ends = [at.start() for at in re.finditer(rb"endstream", paper)]
    assert ends
    assert all(paper[at - 1 : at] == b"\n" for at in ends)
    for found in re.finditer(rb"/Length (\d+)>>\nstream\n", paper):
        assert paper[found.end() + int(found[1]) :].startswith(b"\nendstream")


def test_everything_drawn_is_read_or_said_to_be_none(paper: bytes) -> None:
    for page in opened(paper).pages:
        depth = 0
        for operands, operator in commands(page):
            if operator in {"BDC", "BMC"}:
                depth += 1
                assert depth == 1, "marks are not nested"
                assert str(operands[0]) in {"/Artifact", "/P", "/H1", "/H2", "/TH", "/TD", "/Figure"}
            elif operator == "EMC":
                depth -= 1
            elif operator in {"Tj", "S", "f", "f*", "B", "Do"}:
                assert depth == 1, f"{operator} outside"


def test_a_table_over_pages_is_read_as_one_with_its_heads_once() -> None:
    file = opened(PAPERS["history"]())
    tables = elements(file, "Table")
    assert len(tables) == 3  # the person, two insurances
    rows = [[str(cell.S) for cell in row.K] for row in tables[1].K]
    assert rows[0] == ["/TH"] * 5
    assert rows[1:] == [["/TH", "/TD", "/TD", "/TD", "/TD"]] * (120 + 11)
    scopes = {str(cell.A.Scope) for cell in tables[1].K[0].K} | {str(tables[1].K[1].K[0].A.Scope)}
    assert scopes == {"/Column", "/Row"}


def test_a_reader_begins_with_department_and_title_and_hears_what_pictures_are() -> None:
    file = opened(PAPERS["certificate"]())
    (document,) = file.Root.StructTreeRoot.K
    assert [str(element.S) for element in document.K][:4] == ["/P", "/H1", "/P", "/Table"]
    (figure,) = elements(file, "Figure")
    assert "核验二维码" in str(figure.Alt)
    (form,) = elements(file, "Form")
    assert form.K[0].Obj.TU == form.Alt == "蓬江区社会保险基金管理局（样本）电子印章"
    assert file.Root.Lang == "zh-CN"
    assert {str(element.get("/Lang", "")) for element in elements(file, "P")} == {"", "en"}


def test_the_tree_and_the_pages_agree_about_whose_each_mark_is(paper: bytes) -> None:
    file = opened(paper)
    numbers = list(file.Root.StructTreeRoot.ParentTree.Nums)
    owners = dict(zip(map(int, numbers[::2]), numbers[1::2], strict=True))
    for page in file.pages:
        begun = [what for what, operator in commands(page) if operator == "BDC"]
        marks = [properties.MCID for _, properties in begun if "/MCID" in properties]
        assert marks == list(range(len(owners[int(page.obj.StructParents)])))
