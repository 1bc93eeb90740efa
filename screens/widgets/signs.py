"""A picture for each service: who reads badly finds again what they found last time.

Plain things one knows from a counter (a coin, a card, a calendar), cut out of one shape, so that they are told apart at
forty pixels and without colour. Beside each stands its word.
"""

from collections.abc import Callable

from screens.widgets.board import Board


def _person(b: Board) -> None:
    b.disc(50, 28, 22)
    b.half_disc(50, 96, 40)
    b.stroke((36, 78), (47, 89), (66, 68), wide=8, on=0)


def _coin(b: Board) -> None:
    b.disc(50, 50, 46)
    b.stroke((31, 22), (50, 48), (69, 22), wide=9, on=0)
    b.stroke((50, 48), (50, 80), wide=9, on=0)
    for y in (52, 66):
        b.stroke((33, y), (67, y), wide=8, on=0)


def _cross(b: Board) -> None:
    b.slab(34, 6, 66, 94, 6)
    b.slab(6, 34, 94, 66, 6)


def _chip_card(b: Board) -> None:
    b.slab(4, 18, 96, 82, 9)
    b.slab(16, 36, 42, 60, 4, on=0)
    b.slab(24, 44, 34, 52, 1)
    b.stroke((56, 44), (84, 44), wide=7, on=0)
    b.stroke((16, 71), (84, 71), wide=6, on=0)


def _purse(b: Board) -> None:
    b.slab(6, 24, 94, 88, 10)
    b.shape((14, 18), (76, 6), (80, 18))
    b.slab(58, 46, 94, 68, 8, on=0)
    b.slab(64, 50, 96, 64, 7)
    b.disc(74, 57, 4, 0)


def _sealed(b: Board) -> None:
    b.slab(14, 4, 86, 96, 6)
    for y in (22, 36):
        b.stroke((28, y), (72, y), wide=7, on=0)
    b.disc(62, 68, 19, 0)
    b.disc(62, 68, 12)


def _columns(b: Board) -> None:
    for x, y in ((8, 60), (39, 36), (70, 10)):
        b.slab(x, y, x + 22, 84, 3)
    b.slab(4, 88, 96, 96, 3)


def _helmet(b: Board) -> None:
    b.half_disc(50, 66, 40)
    b.slab(4, 66, 96, 82, 7)
    for x in (36, 64):
        b.stroke((x, 34), (x, 56), wide=6, on=0)


def _question(b: Board) -> None:
    b.disc(50, 50, 46)
    b.stroke((35, 38), (38, 27), (50, 22), (62, 27), (65, 38), (60, 47), (50, 54), (50, 62), wide=10, on=0)
    b.disc(50, 78, 6, 0)


def _listed(b: Board) -> None:
    b.slab(14, 8, 86, 96, 8)
    b.slab(34, 2, 66, 18, 6)
    for y in (36, 56, 76):
        b.stroke((26, y), (32, y + 6), (40, y - 6), wide=5, on=0)
        b.stroke((52, y), (74, y), wide=6, on=0)


def _pin(b: Board) -> None:
    b.disc(50, 36, 32)
    b.shape((20, 46), (80, 46), (50, 97))
    b.disc(50, 36, 13, 0)


def _calendar(b: Board) -> None:
    b.slab(8, 14, 92, 94, 9)
    b.slab(8, 34, 92, 40, on=0)
    for x in (26, 66):
        b.slab(x, 4, x + 8, 24, 4)
    for y in (50, 70):
        for x in (22, 44, 66):
            b.slab(x, y, x + 12, y + 12, 2, on=0)


def _camera(b: Board) -> None:
    b.slab(4, 26, 96, 86, 10)
    b.slab(32, 14, 68, 36, 7)
    b.disc(50, 56, 23, 0)
    b.disc(50, 56, 14)


def _handed_in(b: Board) -> None:
    b.shape((14, 4), (64, 4), (86, 26), (86, 96), (14, 96))
    b.shape((64, 4), (86, 26), (64, 26), on=0)
    b.stroke((50, 84), (50, 44), wide=10, on=0)
    b.stroke((33, 58), (50, 41), (67, 58), wide=10, on=0)


def _copies(b: Board) -> None:
    b.slab(8, 4, 64, 76, 7)
    b.slab(28, 20, 100, 100, 9, on=0)
    b.slab(36, 28, 92, 96, 7)
    for y, right in ((46, 80), (62, 80), (78, 68)):
        b.stroke((48, y), (right, y), wide=7, on=0)


def _folder(b: Board) -> None:
    b.slab(4, 14, 46, 50, 8)
    b.slab(4, 26, 96, 88, 8)
    b.stroke((26, 58), (70, 58), wide=10, on=0)
    b.stroke((54, 42), (72, 58), (54, 74), wide=10, on=0)


SIGNS: dict[str, Callable[[Board], None]] = {
    "living_verification": _person, "pension_payments": _coin, "medical_account": _cross, "social_card": _chip_card,
    "contribution": _purse, "insured_certificate": _sealed, "rights_record": _columns, "social_state": _helmet,
    "guide": _question, "my_cases": _listed, "places": _pin, "appointment": _calendar, "id_photo": _camera,
    "case_papers": _handed_in,
}  # fmt: skip
"""By the service's key; a service without one has its family's."""
PICTURES: dict[str, Callable[[Board], None]] = {
    "person": _person, "coin": _coin, "cross": _cross, "purse": _purse, "seal": _sealed, "columns": _columns,
    "helmet": _helmet, "pin": _pin, "calendar": _calendar, "camera": _camera, "copies": _copies, "folder": _folder,
}  # fmt: skip
"""By the name that a service that is data gives for its picture."""
