"""``python -m provisioning.typefaces``: put the typefaces where papers look for them. Part of set-up; works once.

Official papers are set in Song. Debian's free Song with the rare characters of people's names is Noto Serif CJK, whose
outlines are cubic (CFF); reportlab embeds quadratic ones (TrueType) only. So they are converted once, here: each curve
within one thousandth of the em, no hinting, which paper does not need. The regular face has every character that the
source maps except Hangul; the bold one, for printed words and never for a name, those of GB 2312.

The licence (OFL-1.1) allows this if the copy does not use the reserved name "Source": ours is called Kiosk Song.
"""

import hashlib
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from provisioning.models.fetch import put
from provisioning.typefaces.convert import VERSION, convert
from stationery.typeface import BOLD, HOME, REGULAR

STAMP = "made-from"
SOURCES = {
    REGULAR: Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc"),
    BOLD: Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc"),
}


def main() -> None:
    """All of it, once per content of the sources. Raises SystemExit without them."""
    missing = [str(path) for path in SOURCES.values() if not path.is_file()]
    if missing:
        raise SystemExit(f"no {', '.join(missing)}: install Debian's fonts-noto-cjk")
    want = "\n".join([VERSION, *(hashlib.sha256(path.read_bytes()).hexdigest() for path in SOURCES.values())])
    stamp = HOME / STAMP
    if stamp.is_file() and stamp.read_text("utf-8") == want:
        return
    sys.stdout.write("converting the typefaces of papers\n")
    with tempfile.TemporaryDirectory(prefix="kiosk-typefaces-") as name:
        made = Path(name) / "typefaces"
        made.mkdir()
        with ProcessPoolExecutor() as pool:
            work = [pool.submit(convert, path, made / name, bold=name == BOLD) for name, path in SOURCES.items()]
            for done in work:
                done.result()
        (made / STAMP).write_text(want, "utf-8")
        put(made, HOME)


if __name__ == "__main__":
    main()
