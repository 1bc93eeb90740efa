"""The bench's page in a real browser: with the pointer, with the keys alone, narrow, and when a device vanishes."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from hardware.simulators.base import hand, hands_of
from hardware.simulators.bench_parts import TABLE
from hardware.simulators.bench_scenes import read_scenes
from hardware.simulators.umsips_library import missing
from tests.browser import CHROMIUM, Page, browser
from tests.hardware.bench_kit import At, bench_in

pytestmark = [pytest.mark.whole, pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")]
ALL = f"document.querySelectorAll('.device').length === {len({row.role for row in TABLE}) - 2 + 1}"
"""Every role but the two that need daemons, and the network."""


def shown(tell: Callable[[At, Page], Awaitable[None]], folder: Path, *chosen: str) -> None:
    """``tell`` with the page of a running bench; the page must have complained of nothing."""

    async def story() -> None:
        async with (
            asyncio.timeout(100),
            bench_in(folder, *chosen) as at,
            browser(folder / "profile", at.address) as page,
        ):
            await page.until(ALL)
            await tell(at, page)
            assert page.complaints == []

    asyncio.run(story())


async def tab_until(page: Page, there: str) -> None:
    """Press Tab until ``there`` holds of the focused element ``e``."""
    for _ in range(120):
        await page.press("Tab")
        if await page.js(f"(e => {there})(document.activeElement)"):
            return
    raise AssertionError(f"no way there by Tab: {there}")


def test_a_card_is_dragged_from_the_wallet_onto_the_reader_and_taken_again(tmp_path: Path) -> None:
    async def tell(at: At, page: Page) -> None:
        await page.drag("[data-thing='id zhang']", "#id_card_reader .picture")
        await at.until(lambda told: told["id_card_reader"]["state"]["card"] == "zhang")
        await page.until("document.querySelector(\"[data-thing='id zhang']\").classList.contains('away')")
        await page.until("document.querySelector('#log').textContent.includes('放入张样本 居民身份证')")
        await page.drag("[data-thing='bank sample zhang']", "#id_card_reader .place")
        await at.until(lambda told: told["id_card_reader"]["state"]["card"] == "foreign card")
        await page.drag("[data-thing='id zhang']", "#receipt_printer .picture")  # it does not fit there
        await page.until("document.querySelector('#hand').hidden")
        await page.click("#id_card_reader form button")
        await at.until(lambda told: told["id_card_reader"]["state"]["card"] is None)

    shown(tell, tmp_path)


def test_everything_a_citizen_does_can_be_done_with_the_keys(tmp_path: Path) -> None:
    async def tell(at: At, page: Page) -> None:
        await tab_until(page, "e.textContent === '到钱包' && e.getBoundingClientRect().top >= 0")  # seen with focus
        await page.press("Enter")
        await tab_until(page, "e.textContent.trim() === '李样本'")
        await page.press("Enter")
        await page.until("document.activeElement.textContent.trim() === '李样本'")
        await tab_until(page, "e.dataset.thing === 'bank sample-empty li'")
        assert await page.js("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        await page.press("Enter")
        await page.until("!document.querySelector('#hand').hidden")
        await page.press("Escape")
        await page.until("document.querySelector('#hand').hidden")
        await page.press("Enter")
        await tab_until(page, "e.dataset.into === 'card_terminal' && e.textContent.includes('插卡')")
        await page.press("Enter")
        await at.until(lambda told: told["card_terminal"]["state"]["card"] == "sample-empty")
        assert await page.js("document.activeElement.dataset.into") == "card_terminal"  # the focus stays
        await tab_until(page, "e.textContent === '取卡'")
        await page.press("Enter")
        await at.until(lambda told: told["card_terminal"]["state"]["card"] == "")
        await tab_until(page, "e.getAttribute('role') === 'switch'")
        await page.press("Enter")
        await at.until(lambda told: told["permit_unit"]["state"]["plugged"] is False)
        await page.until("document.querySelector('#permit_unit .plug').getAttribute('aria-checked') === 'false'")
        await page.click("#right")
        await at.until(lambda told: told["permit_unit"]["state"]["plugged"] is True)

    shown(tell, tmp_path)


def test_every_control_has_a_name_in_both_languages(tmp_path: Path) -> None:
    async def tell(_: At, page: Page) -> None:
        await page.js("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        for language in ("zh-CN", "en"):
            await page.until(f"document.documentElement.lang === '{language}'")
            tree = (await page.ask("Accessibility.getFullAXTree"))["nodes"]
            wanted = {"button", "switch", "textbox", "spinbutton", "combobox", "link"}
            named = [(node["role"]["value"], node["name"]["value"]) for node in tree if not node["ignored"]
                     and node["role"]["value"] in wanted]  # fmt: skip
            assert len(named) > 80
            assert [role for role, name in named if not name.strip()] == []
            wechat = {"zh-CN": "微信", "en": "wechat"}[language]
            assert ("button", wechat) in named
            await page.click("#lang")

    shown(tell, tmp_path)


@pytest.mark.skipif(bool(missing()), reason=f"not installed: {missing()}")
def test_the_unionpay_terminal_takes_cards_from_the_wallet_and_speaks_chinese(tmp_path: Path) -> None:
    async def tell(at: At, page: Page) -> None:
        await page.drag("[data-thing='bank sample zhang']", "#card_terminal .picture")
        await at.until(lambda told: told["card_terminal"]["state"]["card"] == "sample")
        words = await page.js("[...document.querySelectorAll('#card_terminal button')].map(b => b.textContent)")
        assert "到某步崩溃" in words
        assert not re.search("[a-z]{4}", " ".join(words))
        await at.hand("card_terminal/init_returns")
        await page.until("document.querySelector('#card_terminal .mend').innerText.includes('接口库不能启动')")

    shown(tell, tmp_path, "--card-terminal", "umsips")


def test_a_narrow_window_is_scrolled_in_one_direction_only(tmp_path: Path) -> None:
    async def tell(_: At, page: Page) -> None:
        for width in (1680, 1280, 1000, 760, 420):
            await page.size(width, 900)
            assert await page.js("document.documentElement.scrollWidth") <= width

    shown(tell, tmp_path)


def test_the_page_goes_on_when_a_device_breaks_or_vanishes(tmp_path: Path) -> None:
    async def tell(at: At, page: Page) -> None:
        del at.parts.all["cabinet"]
        await page.until("!document.querySelector('#cabinet')")
        del at.parts.all["ups"].on_mains  # type: ignore[attr-defined]
        await page.until("document.querySelector('#ups .sign').textContent === '不见了'")
        await page.drag("[data-thing='id zhang']", "#id_card_reader .picture")
        await at.until(lambda told: told["id_card_reader"]["state"]["card"] == "zhang")

    shown(tell, tmp_path)


class Loom:
    """A device that the page has never heard of."""

    threads = 3

    def hands(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        return hands_of(self)

    def state(self) -> dict[str, int]:
        return {"threads": self.threads}

    @hand("cut threads")
    def cut(self, count: int = 2) -> None:
        self.threads -= count


def test_a_device_without_a_drawing_has_its_hands_and_readings_all_the_same(tmp_path: Path) -> None:
    async def tell(at: At, page: Page) -> None:
        at.parts.all["loom"] = Loom()
        await page.until("document.querySelector('#loom h3')?.textContent === 'loom'")
        await page.click("#loom form button")
        await page.until("document.querySelector('#loom .facts').textContent === 'threads1'")

    shown(tell, tmp_path)


def test_a_scene_shows_how_far_it_is_and_can_be_stopped(tmp_path: Path) -> None:
    async def tell(at: At, page: Page) -> None:
        assert await page.js("document.querySelectorAll('#programme button').length") == len(read_scenes()) > 0
        await page.click("#programme li:first-child button")
        await page.until("document.querySelector('#now li.doing')?.textContent.includes('张样本放身份证')")
        await page.until("document.querySelector('#now .waits')?.textContent.includes('id_card_reader.read')")
        await page.click("#now button")
        await page.until("document.querySelector('#log').textContent.includes('已停止')")
        assert (await at.call("GET", "/scenes"))[1]["now"]["status"] == "stopped"

    shown(tell, tmp_path)
