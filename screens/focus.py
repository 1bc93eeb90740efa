"""Where the keys are: a ring around one target, moved in reading order, scrolled to where it can be seen.

It shows when a key is pressed and hides when a finger comes; a page remembers where it was. It begins where nothing
ends: in the work of the view, else at the primary action, at "leave" only if there is nothing else. The ring is drawn
over the page on pixels of its own (``visual.md``: 3:1 at least, yellow in high contrast; a halo of the ground
keeps it apart from what it surrounds), and a move repaints where it was and where it is.
"""

from collections.abc import Sequence
from typing import Any

from kivy.clock import Clock
from kivy.graphics import BorderImage, Color

from screens.shapes import ring
from screens.widgets.element import Box, away
from screens.widgets.frame import Bar, Page
from screens.widgets.target import Target

HALO, STROKE = 4, 7
"""Units between a target and its ring, and of the ring itself: together less than half the gap between targets."""
LAST = ("back", "leave")


class Focus:
    """Draws on ``root``, and tells it which pixels changed."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._page: Page | None = None
        self._drawn: tuple[Box, Any] | None = None
        self.shown = False
        self.entered = 0.0
        """When the page came, by the window's clock."""

    # --- where it is ---

    @property
    def target(self) -> Target | None:
        """What has it; None while it is hidden, or when that cannot be touched now."""
        at = self._page.focused if self._page is not None else None
        return at if self.shown and at is not None and reachable(at) else None

    def named(self, key: str) -> Target | None:
        """The target of this name, if it can be touched now."""
        return next((target for target in self._order() if target.key == key and reachable(target)), None)

    def enter(self, page: Page | None) -> None:
        """Another page, or none. One of the same kind goes on where the last was: a menu that was made anew."""
        before, self._page = self._page, page
        self.entered = float(Clock.time())
        if page is None or page.focused is not None:
            return
        if before is not None and before.focused is not None and type(before.work) is type(page.work):
            page.focused = self.named(before.focused.key)
        if self.shown:
            self.show()

    # --- what keys do with it ---

    def show(self) -> None:
        """From now on it is seen."""
        self.shown = True
        if self.target is None:
            self.go_to(min(filter(reachable, self._order()), key=_start, default=None))
        self._reveal()

    def arranged(self) -> None:
        """The page was laid out anew: what has the focus stays in sight."""
        self._reveal()

    def hide(self) -> None:
        """A finger is here, or nobody."""
        self.shown = False

    def step(self, by: int) -> None:
        """To the next (1) or previous (-1) that can be touched; after the last comes the first."""
        order = self._order()
        at = order.index(self._page.focused) if self._page is not None and self._page.focused in order else min(0, -by)
        ways = (order[(at + by * further) % len(order)] for further in range(1, len(order) + 1))
        self.go_to(next(filter(reachable, ways), None))

    def go_to(self, target: Target | None) -> None:
        """Be there."""
        if self._page is not None and target is not None:
            self._page.focused = target
            self._reveal()

    def _order(self) -> Sequence[Target]:
        return self._page.targets() if self._page is not None else ()

    def _reveal(self) -> None:
        part: Any = self.target
        above = part.parent if part is not None else None
        while above is not None and above is not above.parent:
            if hasattr(above, "reveal"):
                above.reveal(part)
            above = above.parent

    # --- how it looks ---

    def follow(self) -> None:
        """Draw the ring where its target is now: called before every frame."""
        wanted = self._wanted()
        if wanted == self._drawn:
            return
        for drawn in filter(None, (self._drawn, wanted)):
            self._root.damage(drawn[0])
        self._drawn = wanted
        over = self._root.over
        over.clear()
        if wanted is not None:
            (left, low, right, top), texture = wanted
            corner = (texture.width - 2) // 2
            over.add(Color(1, 1, 1, 1))
            over.add(BorderImage(texture=texture, border=[corner] * 4, pos=(left, low), size=(right - left, top - low)))

    def _wanted(self) -> tuple[Box, Any] | None:
        """The ring's box in the window and its texture."""
        target = self.target
        if target is None:
            return None
        left, low, right, top = target.box()
        halo, stroke = int(target.px(HALO)), max(2, int(target.px(STROKE)))
        out = halo + stroke
        radius = int(target.px(getattr(target, "radius", 0)))
        texture = ring(radius, halo, stroke, target.colour("ground"), target.colour("focus"))
        return (left - out, low - out, right + out, top + out), texture


def reachable(target: Target) -> bool:
    """Whether it can be touched now, if need be after scrolling."""
    return target.enabled and target.width > 0 and not away(target)


def _start(target: Target) -> int:
    """The lower the better to begin at."""
    if target.key in LAST:
        return 3
    if not isinstance(target.parent, Bar):
        return 0
    return 1 if target.kind == "go" else 2
