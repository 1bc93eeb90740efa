"""No sentence is missing in either language, none promises data the other does not, and none stands in code."""

import re
from pathlib import Path
from string import Formatter

import pytest

from kiosk_app import errors
from kiosk_app.views import text
from screens.words import LANGUAGES, Words, catalogue

ROOT = Path(__file__).parents[2]
ID = re.compile(
    r"""(?:\btext\(\s*|\bText\(\s*|\bcitizen = |words=|words: |sentence = |sentence=|why=|TillClosed\()"""
    r'"([a-z_]+(?:\.[a-z_]+)+)"'
)
FAMILIES = re.compile(r"""\btext\(f"([a-z_.]+\.)\{""")
PATTERNS = re.compile(r"""f"((?:[a-z_]+\.)+[^"]*\{[^"]*)\"""")
SUFFIXES = (".py", ".kv", ".toml")
SOURCES = [p for room in ("kiosk_app", "hardware", "screens") for p in (ROOT / room).rglob("*") if p.suffix in SUFFIXES]


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_every_id_used_exists_in_every_language() -> None:
    used = {found for path in SOURCES for found in ID.findall(path.read_text("utf-8"))} - {"fines.title"}
    assert len(used) > 60
    for language in LANGUAGES:
        assert used - catalogue(language).keys() == set(), language


def test_every_family_of_ids_has_members() -> None:
    families = {found for path in SOURCES for found in FAMILIES.findall(path.read_text("utf-8"))}
    ids = catalogue("en").keys()
    assert [f for f in families if not any(i.startswith(f) for i in ids)] == []


def test_every_sentence_is_said_somewhere() -> None:
    code = "\n".join(path.read_text("utf-8") for path in SOURCES)
    made = [re.compile(re.sub(r"\{[^}]*\}", "[A-Za-z_-]+", pattern)) for pattern in PATTERNS.findall(code)]
    unsaid = [i for i in catalogue("en") if f'"{i}"' not in code and not any(m.fullmatch(i) for m in made)]
    assert unsaid == ["refused"]  # the family of what central may still invent


SHARED = ("refused", "error.", "work.", "pay.trouble.", "sorry.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_every_service_says_names_no_department(language: str) -> None:
    own = {"refused.not-payable", "refused.unknown-decision", "work.looking_up_fines", "work.waits.police"}
    names = re.compile("交警|罚单|罚款|决定书|traffic|police|fine ")
    told = {i: words for i, words in catalogue(language).items() if i.startswith(SHARED) and i not in own}
    assert {i: words for i, words in told.items() if names.search(words)} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_of_central_that_has_a_sentence_has_it(language: str) -> None:
    assert {f"refused.{code}" for code in errors.CentralRefused.said} <= catalogue(language).keys()


def test_every_error_has_a_sentence() -> None:
    tree = [errors.KioskError]
    for kind in tree:
        tree += kind.__subclasses__()
    for language in LANGUAGES:
        assert {kind.citizen for kind in tree} - catalogue(language).keys() == set()


def test_languages_agree_on_ids_and_placeholders() -> None:
    chinese, english = (catalogue(language) for language in LANGUAGES)
    assert chinese.keys() == english.keys()
    differ = [i for i in chinese if placeholders(chinese[i]) != placeholders(english[i])]
    assert differ == ["plain.both"]  # data in two languages, of which each shows its own


def test_no_chinese_sentence_stands_in_code() -> None:
    chinese = re.compile(r"[\u4e00-\u9fff]{2,}")
    code = [p for p in (ROOT / "screens").rglob("*") if p.suffix in (".py", ".kv") and "sample" not in p.name]
    assert [p.name for p in code if p.name != "gallery.py" and chinese.search(p.read_text("utf-8"))] == []


def test_data_is_never_read_as_a_pattern() -> None:
    said = Words().say(text("plain", words="{words} [b]x[/b] {0}"), "en")
    assert said == "{words} [b]x[/b] {0}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_missing_id_shows_itself_instead_of_crashing(language: str) -> None:
    assert Words().say(text("no.such.id", a=1), language) == "no.such.id"


def test_a_new_reason_of_a_known_family_still_reads_as_a_sentence() -> None:
    words = Words()
    assert words.say(text("refused.some-new-code"), "en") == words.say(text("refused"), "en") != "refused"
