"""What the citizen reads: sentences by id, in two languages, from the gettext catalogues in ``screens/texts``.

The msgid is an id (``fines.choose.title``), the msgstr the sentence with ``{placeholders}``. They are read from the
``.po`` files at start, so there is no compile step to forget. An unknown id shows itself: ugly, but never a crash
in front of a person; the tests make it an error.
"""

from collections.abc import Mapping
from pathlib import Path

from babel.messages.pofile import read_po

from kiosk_app.money.amounts import Fen, yuan
from kiosk_app.views import Text

LANGUAGES = ("zh_CN", "en")
FOLDER = Path(__file__).parent / "texts"


def catalogue(language: str) -> dict[str, str]:
    """All sentences of one language, by id."""
    with (FOLDER / f"{language}.po").open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, locale=language) if m.id and m.string}


def money(amount: int) -> str:
    """``20000`` as ``¥200.00``, the way it stands on the terminal and on the receipt."""
    return f"¥{yuan(Fen(amount))}"


class _Given(dict[str, str]):
    """Arguments of a sentence; one that is missing stays visible as its placeholder."""

    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


class Words:
    """The sentences. ``always`` are arguments any sentence may use (the site's hotline)."""

    def __init__(self, always: Mapping[str, str] | None = None) -> None:
        self._always = dict(always or {})
        self._catalogues = {language: catalogue(language) for language in LANGUAGES}

    def say(self, text: Text, language: str) -> str:
        """The sentence in ``language``. Data is filled in once and never read as a pattern or as markup."""
        sentence = self._sentence(text.id, language)
        given = _Given(self._always)
        for name, value in text.args:
            given[name] = self._argument(name, value, language)
        return sentence.format_map(given)

    def _sentence(self, id: str, language: str) -> str:
        """By id, else of its family: a new reason (``refused.some-code``) still reads as a sentence (``refused``)."""
        sentences, family = self._catalogues[language], id
        while family not in sentences and "." in family:
            family = family.rpartition(".")[0]
        return sentences.get(family, id)

    def _argument(self, name: str, value: "str | int | Text", language: str) -> str:
        if isinstance(value, Text):
            return self.say(value, language)
        if isinstance(value, int) and name == "amount":
            return yuan(Fen(value))
        return str(value)


def other(language: str) -> str:
    """The language of the second line."""
    return LANGUAGES[1 - LANGUAGES.index(language)]
