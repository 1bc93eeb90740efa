"""The UnionPay chain for real: driver, host process, a compiled library, and behind its socket the simulated bank."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random

import pytest

from hardware.drivers import card_terminal_umsips_host
from hardware.drivers.card_terminal_umsips import CardTerminalUmsips
from hardware.drivers.card_terminal_umsips_host import unionpay_host
from hardware.hosts.unionpay import Host, receipt
from hardware.protocols.hostlink import Message, encode
from hardware.simulators.card_terminal_stages import Timings
from hardware.simulators.card_terminal_umsips import UmsTerminalSimulator
from hardware.simulators.umsips_library import library_in, missing
from hardware.simulators.wire import TcpWire
from kiosk_app.devices import CardReceipt, DeviceState, TerminalSays
from kiosk_app.errors import PaymentUncertain
from tests.contract.terminals import PRICE, outcome

pytestmark = [pytest.mark.whole, pytest.mark.skipif(bool(missing()), reason=f"not installed: {missing()}")]

FULL_NUMBER = b"6220001234560017"
RECOVERED = 2.0
"""Seconds after which a killed host serves again."""


class Chain:
    """Everything from the port down to the bank."""

    def __init__(self, folder: Path, simulator: UmsTerminalSimulator) -> None:
        self.folder, self.sim = folder, simulator
        self.told: list[TerminalSays] = []
        self.vendor, self.ours = folder / "vendor", folder / "ours"
        self.driver = CardTerminalUmsips(
            unionpay_host(self.vendor / "libumsapi.so", self.ours), self.ours, random=Random(1)
        )

    @property
    def taken(self) -> int:
        return sum(b.amount for b in self.sim.ledger.bookings if (b.kind, b.state) == ("payment", "booked"))

    async def wait(self, ready: Callable[[], object], *, seconds: float = 30) -> None:
        async with asyncio.timeout(seconds):
            while not ready():  # noqa: ASYNC110 - a person looking
                await asyncio.sleep(0.02)

    async def online(self) -> None:
        await self.wait(lambda: self.driver.condition.state is DeviceState.ONLINE)

    async def pays(self) -> "asyncio.Task[CardReceipt]":
        paying = asyncio.create_task(self.driver.pay(PRICE, self.told.append))
        await self.wait(lambda: self.sim.working and self.sim.stage == "card")
        self.sim.insert()
        await self.wait(lambda: self.sim.stage == "pin")
        self.sim.type_pin()
        return paying

    async def last(self) -> CardReceipt | None:
        for _ in range(100):
            said = await outcome(self.driver.last())
            if not isinstance(said, Exception):
                return said  # type: ignore[no-any-return]
            await asyncio.sleep(0.2)
        raise AssertionError(f"it never says: {said!r}")

    def nothing_personal(self) -> None:
        """No file on either side holds a card number."""
        for path in self.folder.rglob("*"):
            if path.is_file() and path.suffix != ".so":
                assert FULL_NUMBER not in path.read_bytes(), path
        assert not (self.vendor / "cup" / "receipt.txt").exists()


def story(tell: Callable[[Chain], Awaitable[None]]) -> None:
    async def main() -> None:
        timings = Timings(host=0.3, host_silence=0.5)
        simulator = UmsTerminalSimulator(wire="library", full_numbers=True, timings=timings)
        with tempfile.TemporaryDirectory(prefix="ums-") as folder:
            async with TcpWire(simulator, "127.0.0.1", 0) as wire:
                chain = Chain(Path(folder), simulator)
                await asyncio.to_thread(library_in, chain.vendor, wire.port)
                life = asyncio.create_task(chain.driver.run())
                try:
                    await chain.online()
                    await tell(chain)
                    chain.nothing_personal()
                finally:
                    life.cancel()
                    await asyncio.wait([life])

    asyncio.run(main())


def hosts(of: int = os.getpid()) -> list[int]:
    """Process ids of the UnionPay hosts that are children of ``of``."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == of and b"hosts.unionpay" in (path / "cmdline").read_bytes():
                found.append(int(path.name))
        except OSError:
            continue
    return found


def test_a_payment_through_a_real_library_is_delivered_and_leaves_nothing_behind() -> None:
    async def tell(chain: Chain) -> None:
        receipt = await (await chain.pays())
        assert (receipt.amount, receipt.card, receipt.terminal_id) == (PRICE, "622000******0017", "44070001")
        await chain.driver.deliver()
        assert chain.taken == PRICE
        await chain.wait(lambda: chain.sim.state()["place"] == "mouth")
        chain.sim.remove_card()
        totals = await chain.driver.end_of_day()
        assert (totals.count, totals.amount) == (1, PRICE)

    story(tell)


def test_what_is_withheld_is_voided_through_a_real_library() -> None:
    async def tell(chain: Chain) -> None:
        receipt = await (await chain.pays())
        await chain.driver.withhold()
        last = await chain.last()
        assert last is not None
        assert last.reverses == receipt.trace
        assert chain.taken == 0

    story(tell)


@pytest.mark.parametrize("stage", ["sent", "decided"])
def test_a_host_killed_while_the_bank_decides_costs_nobody_money(stage: str) -> None:
    async def tell(chain: Chain) -> None:
        paying = await chain.pays()
        if stage == "decided":
            chain.sim.hang_at("decided")
        await chain.wait(lambda: chain.sim.stage == stage)
        [host] = hosts()
        os.kill(host, signal.SIGKILL)
        assert isinstance(await outcome(paying), PaymentUncertain)
        assert await chain.last() is None
        assert chain.taken == 0
        assert len([b for b in chain.sim.ledger.bookings if b.kind == "reversal"]) == 1

    story(tell)


def test_a_library_that_crashes_after_the_booking_is_only_a_lost_answer() -> None:
    async def tell(chain: Chain) -> None:
        chain.sim.crash_at("decided")
        assert isinstance(await outcome(await chain.pays()), PaymentUncertain)
        assert await chain.last() is None
        assert chain.taken == 0

    story(tell)


def test_a_library_that_hangs_is_killed_with_its_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(card_terminal_umsips_host, "TRANSACT", 5.0)

    async def tell(chain: Chain) -> None:
        chain.sim.hang_at("decided")
        paying = await chain.pays()
        [host] = hosts()
        assert isinstance(await outcome(paying), PaymentUncertain)
        assert await chain.last() is None
        assert chain.taken == 0
        assert host not in hosts()

    story(tell)


def test_a_killed_host_serves_again_within_two_seconds() -> None:
    async def tell(chain: Chain) -> None:
        for _ in range(5):
            [host] = hosts()
            os.kill(host, signal.SIGKILL)
            killed = time.monotonic()
            await chain.wait(lambda: not chain.driver.condition.serves)
            await chain.online()
            assert time.monotonic() - killed < RECOVERED + 1.0  # two of our cores serve eight neighbours
        assert len(hosts()) == 1

    story(tell)


def test_an_unplugged_device_is_offline_and_comes_back() -> None:
    async def tell(chain: Chain) -> None:
        await chain.sim.unplug()
        [host] = hosts()
        os.kill(host, signal.SIGKILL)
        await chain.wait(lambda: chain.driver.condition.state is DeviceState.OFFLINE)
        await chain.sim.plug_in()
        await chain.online()

    story(tell)


def test_a_lost_main_ini_is_a_fault_that_names_it() -> None:
    async def tell(chain: Chain) -> None:
        settings = chain.vendor / "main.ini"
        text = settings.read_text()
        settings.unlink()
        os.kill(hosts()[0], signal.SIGKILL)
        await chain.wait(lambda: chain.driver.condition.state is DeviceState.HARDWARE_ERROR)
        settings.write_text(text)
        await chain.online()

    story(tell)


PARENT = """\
import asyncio, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from hardware.drivers.card_terminal_umsips_host import unionpay_host
async def main():
    channel = await unionpay_host(Path(sys.argv[2]), Path(sys.argv[3]))()
    from hardware.protocols.hostlink import Message, encode
    for number, op in enumerate(("init", "enter")):
        await channel.write(encode(Message({"id": number, "op": op, "app": 1})))
    print((await channel.read())[:4].decode(), flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


def test_one_process_has_the_library_and_a_killed_kiosk_takes_it_along(tmp_path: Path) -> None:
    """A sale may still hang in the bank: nobody may ask for its reversal beside it."""
    ours = tmp_path / "ours"
    ours.mkdir()
    library = compiled(tmp_path, "int UMS_EnterCard(void) { for (;;) pause(); }")  # it hangs, and hears nothing
    root = Path(__file__).parents[2]
    argv = [sys.executable, "-c", PARENT, str(root), str(library), str(ours)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as kiosk:
        assert kiosk.stdout is not None
        assert kiosk.stdout.read(4) == b"KHL1"
        [host] = hosts(kiosk.pid)
        second = Host(library, ours)
        [answer] = second.answers(Message({"id": 1, "op": "init", "app": 1}))
        assert answer.head["error"] == "busy"
        kiosk.kill()
        kiosk.wait()
    end = time.monotonic() + 5
    while Path(f"/proc/{host}/stat").exists() and ") Z " not in Path(f"/proc/{host}/stat").read_text():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_host_answers_what_it_cannot_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a host goes where its library lies
    host = Host(tmp_path / "libnothing.so", tmp_path)
    ask: list[tuple[dict[str, object], str | None]] = [
        ({"op": "alive"}, None),
        ({"op": "check"}, "question"),  # before init
        ({"op": "dance"}, "question"),
        ({}, "question"),
        ({"op": "init", "app": 1}, "library"),
    ]
    for head, error in ask:
        [answer] = host.answers(Message({"id": 1, **head}))
        assert answer.head.get("error") == error, head


def test_a_library_without_a_function_says_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    library = compiled(tmp_path, "")
    host = Host(library, tmp_path)
    [answer] = host.answers(Message({"id": 1, "op": "init", "app": 1}))
    assert answer.head == {"id": 1, "code": 0}
    [answer] = host.answers(Message({"id": 2, "op": "transact"}, bytes(1095)))  # and no "begun" before it
    assert (answer.head["error"], answer.head["detail"]) == ("function", "UMS_TransCard")


def test_a_whole_card_number_does_not_leave_the_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    library = compiled(
        tmp_path,
        """
        int UMS_ReadCard(char *data) { strcpy(data, "6220001234560017"); return 0; }
        int UMS_TransCard(const char *request, char *response) {
            memset(response, ' ', 1164);
            memcpy(response, "00", 2);
            memcpy(response + 42, "6220001234560017", 16);
            memcpy(response + 1161, request + 1092, 3);
            return 0;
        }
        """,
    )
    host = Host(library, tmp_path)
    asked: list[dict[str, object]] = [{"op": "init", "app": 1}, {"op": "read"}, {"op": "transact"}]
    said = [answer for ask in asked for answer in host.answers(Message({"id": 1, **ask}, b"7" * 1095))]
    assert [answer.head.get("begun") for answer in said] == [None, None, True, None]
    assert not [answer for answer in said if FULL_NUMBER in encode(answer)]
    assert said[-1].body[42:62] == b"622000******0017    "
    assert said[-1].body[1161:] == b"777"


def compiled(folder: Path, functions: str) -> Path:
    """A library with UMS_Init and ``functions``."""
    source, library = folder / "some.c", folder / "libsome.so"
    source.write_text(
        f"#include <string.h>\n#include <unistd.h>\nint UMS_Init(int app) {{ return app - 1; }}\n{functions}"
    )
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, source], check=True)
    return library


def test_a_receipt_is_read_masked_and_gone(tmp_path: Path) -> None:
    path = tmp_path / "receipt.txt"
    path.write_bytes("卡号 6228480402564890018\n金额 80.00".encode("gb2312"))
    other = tmp_path / "hard link"
    other.hardlink_to(path)
    assert receipt(path) == "卡号 622848*********0018\n金额 80.00"
    assert not path.exists()
    assert set(other.read_bytes()) == {0}  # what was on the disk is overwritten, not only unnamed
    assert receipt(path) == ""
