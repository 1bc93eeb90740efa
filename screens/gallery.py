"""Draw every view with sample data: ``python -m screens.gallery OUT [SHOWN]``. Needs an X server (DISPLAY).

``SHOWN``: a folder that gets the README's pictures, half as wide.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from screens.samples import SAMPLES
from screens.stage import Stage

README = (
    *("attract", "choose_many", "pay_card", "place_card", "done", "sorry"),
    *("papers_some", "page_glare", "page_review", "offered_menu", "offered_about", "offered_check"),
)
SIZES = {"portrait": (1080, 1920), "landscape": (1920, 1080)}


class Noon:
    """A clock for pictures: always the same time."""

    def now(self) -> datetime:
        """14:32 in Shanghai."""
        return datetime(2026, 11, 23, 6, 32, tzinfo=UTC)


def styles() -> Iterator[tuple[str, dict[str, object]]]:
    """The looks worth a picture."""
    for language in ("zh_CN", "en"):
        for large in (False, True):
            yield f"{language}{'-large' if large else ''}", {"language": language, "large": large}
    yield "zh_CN-contrast", {"contrast": True}


def draw(out: Path) -> int:
    """All pictures; how many."""
    count = 0
    stage = Stage(site="环市街服务中心", site_en="Huanshi Street Service Centre", hotline="0750-1234567", clock=Noon())
    for turned, size in SIZES.items():
        stage.resize(size)
        for style, look in styles():
            stage.wear(**look)
            for name, view in SAMPLES.items():
                stage.put(view)
                stage.snapshot(out / f"{name}-{turned}-{style}.png")
                count += 1
            stage.forget()
    stage.close()
    return count


def show(out: Path, shown: Path) -> None:
    """The README's pictures from those in ``out``."""
    for name in README:
        with Image.open(out / f"{name}-portrait-zh_CN.png") as picture:
            small = picture.resize((540, 960), Image.Resampling.LANCZOS).quantize(128)
            small.save(shown / f"{name}.png", optimize=True)


def main() -> None:
    """The command."""
    folders = [Path(name) for name in sys.argv[1:]] or [Path("out/screens")]
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    print(f"{draw(folders[0])} pictures in {folders[0]}")  # noqa: T201 - a command says what it did
    for shown in folders[1:]:
        show(folders[0], shown)


if __name__ == "__main__":
    main()
