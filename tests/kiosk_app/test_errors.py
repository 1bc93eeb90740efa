"""The drawn tree of errors is the tree: every leaf is in it, and of one kind."""

import re
from collections.abc import Iterator

from kiosk_app import errors
from kiosk_app.errors import CitizenError, FaultKind, KioskError, drawn_below


def leaves(kind: type[KioskError]) -> Iterator[type[KioskError]]:
    below = drawn_below(kind)
    for child in below:
        yield from leaves(child)
    if not below:
        yield kind


def test_every_error_stands_in_the_drawing() -> None:
    drawn = set(re.findall(r"[A-Z]\w+", errors.__doc__ or ""))
    assert {kind.__name__ for kind in leaves(KioskError)} - drawn == set()


def test_every_error_is_imported_from_the_tree_itself() -> None:
    assert [kind for kind in leaves(KioskError) if getattr(errors, kind.__name__, None) is not kind] == []


def test_the_kinds_of_the_drawing_are_those_of_the_code() -> None:
    """``transient``, ``permanent`` or ``a person must come`` at the end of a line in the drawing."""
    words = {
        "transient": FaultKind.TRANSIENT, "permanent": FaultKind.PERMANENT, "a person must come": FaultKind.USER
    }  # fmt: skip
    told = re.findall(rf"── ([\w, ]+?)  .*({'|'.join(words)})$", errors.__doc__ or "", re.MULTILINE)
    assert len(told) >= 5
    for names, word in told:
        for name in names.split(", "):
            assert getattr(errors, name).kind is words[word], name


def test_what_a_person_does_wrong_a_person_mends() -> None:
    assert {kind.kind for kind in leaves(CitizenError) if issubclass(kind, CitizenError)} == {FaultKind.USER}
