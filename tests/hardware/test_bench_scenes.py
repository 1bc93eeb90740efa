"""Scenes wait on what one can see, end in bounded time and say in one sentence why they cannot go on."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hardware.simulators.base import hand, hands_of
from hardware.simulators.bench import Bench, Refused, _arguments
from hardware.simulators.bench_parts import TABLE
from hardware.simulators.bench_power import KioskPower
from hardware.simulators.bench_relay import Relay
from hardware.simulators.bench_scenes import Player, Scene, read_scenes
from hardware.simulators.cabinet import CabinetSimulator
from hardware.simulators.camera import CameraSimulator
from hardware.simulators.card_terminal import CardTerminalSimulator
from hardware.simulators.card_terminal_umsips import UmsTerminalSimulator
from hardware.simulators.code_scanner import CodeScannerSimulator
from hardware.simulators.document_camera import DocumentCameraSimulator
from hardware.simulators.evdev import HeadphonesSimulator, KeypadSimulator
from hardware.simulators.id_card_reader import IdCardReaderSimulator
from hardware.simulators.permit_unit import PermitUnitSimulator
from hardware.simulators.print_queue import PrintQueue
from hardware.simulators.receipt_printer import ReceiptPrinterSimulator
from hardware.simulators.ups import UpsSimulator
from hardware.simulators.virtual_reader import VirtualReader
from tests import virtual

ROOT = Path(__file__).parents[2]

SAY = {"zh": "灯", "en": "the lamp"}


class Lamp:
    """A part that is lit a while after it was asked to be."""

    def __init__(self) -> None:
        self.lit, self.touches = False, 0
        self._lighting: asyncio.TimerHandle | None = None

    def hands(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        return hands_of(self)

    def state(self) -> Mapping[str, Any]:
        return {"lit": self.lit, "touches": self.touches, "ups.status": "OL", "card": None}

    @hand("touch")
    def touch(self, seconds: int = 5) -> None:
        self.touches += 1
        self._lighting = asyncio.get_running_loop().call_later(seconds, setattr, self, "lit", True)

    @hand("touch with a finger that sticks")
    async def stick(self) -> None:
        await asyncio.Event().wait()


def scene(*steps: Mapping[str, Any]) -> Scene:
    made = {"order": 1, "title": SAY, "about": SAY, "steps": [{"say": SAY, **step} for step in steps]}
    return msgspec.convert(made, Scene)


def played(tell: Callable[[Player, Lamp], Awaitable[None]], *steps: Mapping[str, Any]) -> None:
    async def story() -> None:
        lamp = Lamp()
        player = Player(Bench({"lamp": lamp}, {}), {"it": scene(*steps)}, pace=0)
        await tell(player, lamp)

    virtual.run(story())


def test_a_step_waits_for_what_it_wants_to_see_and_no_longer() -> None:
    async def tell(player: Player, lamp: Lamp) -> None:
        player.play("it")
        await asyncio.sleep(4)
        assert (player.now.status, player.now.step, player.now.waits_for) == ("playing", 0, ("lamp.lit = true",))
        began = asyncio.get_running_loop().time()
        assert (await player.ended()).status == "done"
        assert asyncio.get_running_loop().time() - began < 1.5
        assert lamp.touches == 2

    seen = {"see": "lamp.lit", "is": True}
    played(tell, {"hand": "lamp/touch", "until": [seen]}, {"hand": "lamp/touch", "until": [seen]})


def test_a_wait_ends_and_says_what_was_there_instead() -> None:
    async def tell(player: Player, lamp: Lamp) -> None:
        player.play("it")
        now = await player.ended()
        assert (now.status, now.step) == ("broken", 1)
        assert now.why == "Step 2 of 2 failed: after 3 s still not lamp.lit = true; it is false."

    played(tell, {}, {"hand": "lamp/touch", "until": [{"see": "lamp.lit", "is": True, "within": 3}]})


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ({"hand": "lamp/kick"}, "lamp has no hand 'kick'; it has: stick, touch."),
        ({"hand": "lamp/touch", "with": {"seconds": "5"}}, "lamp/touch: seconds must be of type int"),
        ({"until": [{"see": "lamp.colour", "is": "red"}]}, "lamp.colour is nothing that one can see; there are: lit"),
        ({"until": [{"see": "lamp.lit.more", "is": 1}]}, "lamp.lit.more is nothing that one can see; there is false."),
        ({"until": [{"see": "lamp.touches", "has": 1}]}, "TypeError: argument of type 'int' is not iterable"),
        ({"hand": "lamp/stick"}, "lamp/stick did not end within 30 s."),
    ],
)
def test_a_step_that_cannot_be_meant_is_one_clear_sentence(step: Mapping[str, Any], why: str) -> None:
    async def tell(player: Player, lamp: Lamp) -> None:
        player.play("it")
        now = await player.ended()
        assert now.status == "broken"
        assert why in now.why

    played(tell, step)


@pytest.mark.parametrize(
    ("sight", "holds"),
    [
        ({"see": "lamp.touches", "is": 1}, True),
        ({"see": "lamp.touches", "not": 1}, False),
        ({"see": "lamp.touches", "over": 0}, True),
        ({"see": "lamp.touches", "under": 1}, False),
        ({"see": "lamp.touches", "grew": True}, True),
        ({"see": "lamp.ups.status", "has": "OL"}, True),
        ({"see": "lamp.ups.status", "has": "OB"}, False),
        ({"see": "lamp.card", "is": None}, True),
        ({"see": "lamp.card.key", "is": None}, True),
    ],
)
def test_every_way_to_look(sight: Mapping[str, Any], holds: bool) -> None:
    async def tell(player: Player, lamp: Lamp) -> None:
        player.play("it")
        assert (await player.ended()).status == ("done" if holds else "broken")

    played(tell, {"hand": "lamp/touch", "until": [{**sight, "within": 1}]})


def test_a_scene_can_be_stopped_and_only_one_plays() -> None:
    async def tell(player: Player, lamp: Lamp) -> None:
        player.play("it")
        await asyncio.sleep(1)
        with pytest.raises(Refused, match="'it' is still playing; stop it first"):
            player.play("it")
        assert await player.stop() == "it"
        assert player.now.status == "stopped"
        assert await player.stop() == ""
        player.play("it")
        assert await player.stop() == "it"  # also before its first step
        assert player.now.status == "stopped"
        player.play("it")
        assert (await player.ended()).status == "done"

    played(tell, {"hand": "lamp/touch", "until": [{"see": "lamp.lit", "is": True}]})


def test_a_scene_whose_devices_are_not_here_says_which() -> None:
    async def tell(player: Player, lamp: Lamp) -> None:
        with pytest.raises(Refused, match="needs fountain, which is not on this bench"):
            player.play("it")
        assert player.programme()[0]["missing"] == ["fountain"]
        with pytest.raises(Refused, match="No scene 'opera'; there are: it"):
            player.play("opera")

    played(tell, {"hand": "lamp/touch"}, {"until": [{"see": "fountain.on", "is": True}]})


@pytest.mark.parametrize("tests", [{}, {"is": 1, "over": 0}, {"is": 1, "within": 0}, {"is": 1, "withn": 9}])
def test_a_scene_with_a_slip_in_it_is_refused_with_its_file(tests: dict[str, Any], tmp_path: Path) -> None:
    sight = {"see": "lamp.lit", **tests}
    made = {"order": 1, "title": SAY, "about": SAY, "steps": [{"say": SAY, "until": [sight]}]}
    (tmp_path / "slip.json").write_bytes(msgspec.json.encode(made))
    with pytest.raises(ValueError, match=r"slip\.json: "):
        read_scenes(tmp_path)


KINDS = {
    kind.role: kind
    for kind in (
        *(IdCardReaderSimulator, CardTerminalSimulator, ReceiptPrinterSimulator, PermitUnitSimulator, CabinetSimulator),
        *(UpsSimulator, PrintQueue, VirtualReader, CodeScannerSimulator, KeypadSimulator, HeadphonesSimulator),
        *(CameraSimulator, DocumentCameraSimulator),
    )
} | {"network": Relay, "kiosk": KioskPower}


@pytest.mark.parametrize("name", list(read_scenes()))
def test_every_hand_in_the_scenes_is_there_and_takes_what_it_is_given(name: str) -> None:
    for step in read_scenes()[name].steps:
        if step.hand:
            role, _, name_of_hand = step.hand.partition("/")
            for kind in (KINDS[role], *([UmsTerminalSimulator] if role == "card_terminal" else [])):
                method = getattr(kind, name_of_hand)
                assert hasattr(method, "hand"), step.hand
                _arguments(method.__get__(object()), step.with_)
    assert {row.role for row in TABLE} <= set(KINDS)


def test_the_scenes_that_need_no_kiosk_play_to_their_end() -> None:
    async def story() -> None:
        parts = {"ups": UpsSimulator(), "cabinet": CabinetSimulator()}
        player = Player(Bench(parts, {}), pace=0)
        for name in ("mains_failure", "tamper"):
            player.play(name)
            assert (await player.ended()).status == "done", player.now
        assert parts["ups"].state()["ups.status"] == "OL"
        assert parts["cabinet"].state()["tamper"] is True

    virtual.run(story())


def test_the_permit_unit_has_one_chinese_name_on_the_bench() -> None:
    """It prints endorsements; it makes no cards, as 制证 would say."""
    texts = [
        path.read_text("utf-8")
        for path in (ROOT / "hardware/simulators").rglob("*")
        if path.suffix in {".js", ".json", ".html", ".py"}
    ]
    assert sum("签注单元" in text for text in texts) >= 2
    assert not any("制证" in text for text in texts)
