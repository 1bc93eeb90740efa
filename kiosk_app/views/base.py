"""What every view may carry."""

from dataclasses import dataclass

from kiosk_app.views.words import Text


@dataclass(frozen=True)
class Steps:
    """Where am I, how much is left: the names of all steps, and the index of the present one."""

    names: tuple[Text, ...]
    at: int


@dataclass(frozen=True, kw_only=True)
class View:
    """What every view may carry. ``steps`` is None outside a service."""

    steps: Steps | None = None
