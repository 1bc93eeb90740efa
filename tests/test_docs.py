"""What the documents say of the code is true: the table of codes, the notices, the pictures, the import rules."""

import re
from pathlib import Path

from hardware.protocols.umsips_codes import ROWS, Outcome
from hardware.protocols.zvt_codes import RESULTS

ROOT = Path(__file__).parent.parent


def table() -> str:
    """The rows of the handbook's table of result codes, from the code itself."""
    rows = [f"| {code:02X} | {row.meaning} | {row.operator} |" for code, row in sorted(RESULTS.items())]
    return "\n".join(rows)


def test_the_operations_handbook_has_every_result_code_as_the_code_has_it() -> None:
    assert table() in (ROOT / "docs/handbook-operations.md").read_text("utf-8")


def test_the_page_of_the_unionpay_library_has_every_code_that_is_more_than_a_refusal() -> None:
    rows = [
        f"| {code} | {row.meaning} | {row.outcome.value} | {row.operator} |"
        for code, row in ROWS.items()
        if not code.isdigit() or row.outcome is not Outcome.DECLINED
    ]
    assert "\n".join(rows) in (ROOT / "docs/unionpay-library.md").read_text("utf-8")


def test_every_locked_package_is_in_the_notices_with_its_version() -> None:
    locks = "".join((ROOT / name).read_text("utf-8") for name in ("requirements.lock", "requirements-fuzz.lock"))
    locked = re.findall(r"^([A-Za-z0-9_.-]+)==([^ ]+)", locks, re.MULTILINE)
    notices = (ROOT / "docs/notices.md").read_text("utf-8")
    assert [name for name, version in locked if f"| {name} | {version} |" not in notices] == []


def test_every_local_link_in_the_documents_leads_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_page_can_be_found_from_the_readme() -> None:
    linked = set(re.findall(r"\]\((docs/[^)#]+)", (ROOT / "README.md").read_text("utf-8")))
    pages = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md")}
    assert pages - linked == set()


def test_only_the_printing_host_imports_the_gpl_library() -> None:
    importers = [
        path.relative_to(ROOT).as_posix()
        for room in ("kiosk_app", "hardware", "screens", "offline_cache", "provisioning", "central", "bench")
        for path in (ROOT / room).rglob("*.py")
        if re.search(r"^\s*(import|from) cups\b", path.read_text("utf-8"), re.MULTILINE)
    ]
    assert importers == ["hardware/hosts/printing.py"]
