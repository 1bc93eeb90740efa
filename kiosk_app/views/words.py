"""Sentences by id: what is said on a screen, on paper and aloud, in whichever language is chosen."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """A sentence by id. ``args`` fill its ``{placeholders}``; an argument that is itself a Text is translated first."""

    id: str
    args: tuple[tuple[str, "str | int | Text"], ...] = ()


def text(name: str, /, **args: "str | int | Text") -> Text:
    """``text("fines.title", count=3)``."""
    return Text(name, tuple(sorted(args.items())))
