"""Golden pictures: papers look as they looked when somebody looked at them.

`python -m tests.stationery.test_pictures` draws them anew into ``golden/``, and the sheet of the docs: look at them
before you commit them. They are small and grey (45 dots an inch): enough to see a line that moved by half a
millimetre, a rule that is gone, a column that is too narrow. A little tolerance for another poppler's smoothing, none
for moved ink.
"""

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFilter

from stationery.drawn import seal_page
from tests.central.certified import certifying
from tests.stationery.test_standards import PAPERS

GOLDEN = Path(__file__).with_name("golden")
DENSITY = 45
DARKER = 60
"""Levels of grey, of 255, by which one pixel of a smoothed picture may differ."""


def pages(pdf: bytes, density: int = DENSITY, *, grey: bool = True) -> Iterator[Image.Image]:
    """Each page as a picture."""
    with tempfile.TemporaryDirectory() as folder:
        argv = ["pdftoppm", *(["-gray"] if grey else []), "-r", str(density), "-", f"{folder}/page"]
        subprocess.run(argv, input=pdf, check=True)
        for path in sorted(Path(folder).iterdir()):
            with Image.open(path) as picture:
                picture.load()
                yield picture


def drawn() -> Iterator[tuple[str, Image.Image]]:
    """First and last page of every paper, and the seal."""
    for name, make in PAPERS.items():
        all_pages = list(pages(make()))
        yield f"{name}-first", all_pages[0]
        if len(all_pages) > 1:
            yield f"{name}-last", all_pages[-1]
    yield "seal", next(pages(seal_page("蓬江区社会保险基金管理局"), 90))


def differs(one: Image.Image, other: Image.Image) -> bool:
    """Whether ink moved: after a slight blur, some pixel is much darker or lighter."""
    if one.size != other.size:
        return True
    blurred = (picture.filter(ImageFilter.BoxBlur(1)) for picture in (one, other))
    return any(ImageChops.difference(*blurred).histogram()[DARKER:])


def golden(name: str) -> Image.Image:
    with Image.open(GOLDEN / f"{name}.png") as picture:
        return picture.convert("L")


def test_papers_look_as_they_did() -> None:
    made = dict(drawn())
    assert {path.stem for path in GOLDEN.glob("*.png")} == set(made)
    assert [name for name, picture in made.items() if differs(picture, golden(name))] == []


@pytest.mark.parametrize("by", [(0, 1), (1, 0)])
def test_a_picture_whose_ink_moved_by_one_dot_is_another(by: tuple[int, int]) -> None:
    picture = golden("rights-first")
    assert differs(ImageChops.offset(picture, *by), picture)


def sheet() -> Image.Image:
    """A sealed certificate and two records, first pages, in colour: for the docs."""
    with tempfile.TemporaryDirectory() as folder:
        sealed = certifying(Path(folder)).ask().pdf
    shown = [next(pages(pdf, 72, grey=False)) for pdf in (sealed, PAPERS["rights"](), PAPERS["history"]())]
    wide, tall = shown[0].size
    whole = Image.new("RGB", (3 * wide + 40, tall + 20), "#D8DDDA")
    for at, picture in enumerate(shown):
        whole.paste(picture, (10 + at * (wide + 10), 10))
    return whole.quantize(64)


if __name__ == "__main__":
    sheet().save(Path(__file__).parents[2] / "docs/pictures/papers.png", optimize=True)
    GOLDEN.mkdir(exist_ok=True)
    for name, picture in drawn():
        picture.quantize(16).save(GOLDEN / f"{name}.png", optimize=True)
