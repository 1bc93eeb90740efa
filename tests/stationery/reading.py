"""Papers read as others read them: their text by poppler, their objects by qpdf."""

import subprocess
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf


def words_of(pdf: bytes, *, page: int | None = None, layout: bool = False) -> str:
    """What can be selected and copied."""
    pages = [] if page is None else ["-f", str(page), "-l", str(page)]
    argv = ["pdftotext", *(["-layout"] if layout else []), *pages, "-", "-"]
    return subprocess.run(argv, input=pdf, capture_output=True, check=True).stdout.decode()


def lines_of(pdf: bytes, *, page: int | None = None) -> list[str]:
    """The same as lines across the page, without the space around them."""
    return [line.strip() for line in words_of(pdf, page=page, layout=True).splitlines()]


def opened(pdf: bytes) -> pikepdf.Pdf:
    """Its objects."""
    return pikepdf.open(BytesIO(pdf))


def elements(file: pikepdf.Pdf, tag: str) -> list[Any]:
    """All structure elements with this tag, in reading order."""
    found: list[Any] = []

    def walk(element: Any) -> None:
        if isinstance(element, pikepdf.Dictionary) and "/S" in element:
            if str(element.S) == f"/{tag}":
                found.append(element)
            for kid in element.get("/K", []):
                walk(kid)

    for top in file.Root.StructTreeRoot.K:
        walk(top)
    return found


def commands(page: pikepdf.Page) -> Iterator[tuple[list[Any], str]]:
    """Operands and operator of everything that is drawn."""
    for command in pikepdf.parse_content_stream(page):
        yield list(command.operands), str(command.operator)
