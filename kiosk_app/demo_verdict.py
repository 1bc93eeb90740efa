"""The verdict over a scripted visit: books that agree, the papers, and nothing personal left behind.

The kiosk's books (``kiosk books --json``), the ledgers of terminal and payment provider, and central's books are read
until nothing is open any more, then compared. A problem is one sentence; ``result.json`` holds them beside everything
that was compared, and the exit status is 0 only if there is none.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from central.departments.exit_entry.samples import SAMPLES
from hardware.simulators.samples import CARDS
from kiosk_app.demo_citizen import Citizen, fetch
from kiosk_app.demo_faults import FAULTS, Expects, after
from kiosk_app.demo_papers import SLIP, VOUCHER, keep_papers
from kiosk_app.demo_scripts.endorsement import PERMIT
from kiosk_app.demo_scripts.hall import PHONE
from kiosk_app.demo_scripts.papers import MARK
from kiosk_app.demo_scripts.social import FLEXIBLE, RETURNED
from kiosk_app.demo_scripts.traffic_fines import PERSON
from kiosk_app.demo_world import World

SETTLE = 30.0
LOOK_EVERY = 0.3
PICTURE = slice(20_000, 20_064)
"""Bytes in the middle of a document's picture, as good as its fingerprint."""


async def judge(world: World, citizen: Citizen, script: str, fault: str, trouble: str) -> int:
    """Write ``result.json``; 0 if all is as it must be, else 1."""
    expects = FAULTS[fault].expects
    if fault == "none":
        expects = after(script.split(","))
    kiosk, central = await _at_rest(world, pays=expects.pays)
    terminal = (await citizen.bench_state())["card_terminal"]["state"]
    provider = json.loads(await fetch(world.console, "GET", "/phone/trades"))
    papers = await keep_papers(citizen)
    problems = [trouble] if trouble else []
    problems += money_problems(kiosk, central, terminal["ledger"], expects, provider["trades"])
    problems += paper_problems(kiosk, papers, expects)
    unit = (await citizen.bench_state())["permit_unit"]["state"]
    problems += permit_problems(kiosk, unit, expects) + case_problems(kiosk, central, unit)
    problems += hand_in_problems(central, papers) + left_behind(world)
    payment = kiosk["payments"][-1] if kiosk["payments"] else {}
    result = {
        "ok": not problems,
        "script": script,
        "fault": fault,
        "problems": problems,
        "reference": payment.get("reference", ""),
        "amount": payment.get("amount", 0),
        "states": payment.get("states", []),
        "journal": kiosk,
        "central": central,
        "terminal": terminal,
        "provider": provider,
        "permit_unit": unit,
        "papers": sorted(papers),
        "kiosk_starts": world.keeper.starts,
        "timings": citizen.timings,
    }
    text = json.dumps(result, ensure_ascii=False, indent=1)
    (world.folder.root / "result.json").write_text(text + "\n", "utf-8")
    sys.stdout.write(summary(result))
    return 1 if problems else 0


def summary(result: dict[str, Any]) -> str:
    """What a person at the terminal reads."""
    states = " > ".join(result["states"])
    seconds = result["timings"][-1]["at"] if result["timings"] else 0
    head = f"{result['script']} ({result['fault']}): {'all agrees' if result['ok'] else 'PROBLEMS'} in {seconds:.1f} s"
    money = f"  {result['reference']}  {result['amount'] / 100:.2f} yuan  {states}"
    return "\n".join([head, money, *(f"  ! {problem}" for problem in result["problems"])]) + "\n"


async def _at_rest(world: World, *, pays: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """The kiosk's and central's books once nothing is open or unsent, or as they are when patience ends."""
    end = time.monotonic() + SETTLE
    while True:
        kiosk = await _kiosk_books(world)
        central: dict[str, Any] = json.loads(await fetch(world.console, "GET", "/books"))
        moving = any(permit["open"] and permit["place"] != "retained" for permit in kiosk.get("permits", []))
        done = (
            (kiosk["payments"] or not pays)
            and not moving
            and not kiosk["outbox_waiting"]
            and not any(p["open"] for p in kiosk["payments"])
        )
        if done or time.monotonic() > end:
            return kiosk, central
        await asyncio.sleep(LOOK_EVERY)


async def _kiosk_books(world: World) -> dict[str, Any]:
    argv = [sys.executable, "-m", "kiosk_app", "books", "--json", "--config", str(world.folder.config)]
    with (world.folder.logs / "books.log").open("ab") as log:
        reading = await asyncio.create_subprocess_exec(*argv, stdout=asyncio.subprocess.PIPE, stderr=log)
    said, _ = await reading.communicate()
    if reading.returncode:
        return {"payments": [], "days": [], "outbox_waiting": 0, "unreadable": reading.returncode}
    books: dict[str, Any] = json.loads(said)
    return books


def money_problems(
    kiosk: dict[str, Any],
    central: dict[str, Any],
    ledger: list[dict[str, Any]],
    expects: Expects,
    trades: Sequence[dict[str, Any]] = (),
) -> list[str]:
    """What does not agree between the books, and what is still open. ``trades``: the provider's."""
    if not kiosk["payments"]:
        return ["the kiosk's journal has no payment"] if expects.pays else []
    problems = []
    taken = sum(day["taken"] for day in kiosk["days"])
    standing = (booking for booking in ledger if booking["kind"] == "payment" and booking["state"] == "booked")
    at_terminal = sum(int(booking["amount"]) for booking in standing)
    at_provider = sum(trade["amount"] for trade in trades if trade["state"] == "paid")
    if not taken == at_terminal + at_provider == central["held"]:
        where = f"terminal {at_terminal}, provider {at_provider}"
        problems.append(f"money differs: kiosk {taken}, {where}, central {central['held']} fen")
    if central.get("cases"):
        problems.append(f"{len(central['cases'])} orders are a person's case")
    for payment in kiosk["payments"]:
        if payment["open"]:
            problems.append(f"{payment['reference']} is still {payment['state']}")
        elif payment["state"] not in expects.states:
            problems.append(f"{payment['reference']} ended {payment['state']}, not {' or '.join(expects.states)}")
    if kiosk["outbox_waiting"]:
        problems.append(f"{kiosk['outbox_waiting']} events were never reported to central")
    if central["owed"] or any(stream["quarantined"] or stream["forks"] for stream in central["streams"]):
        problems.append("central owes money or has set events aside")
    return problems


def paper_problems(kiosk: dict[str, Any], papers: dict[str, str], expects: Expects) -> list[str]:
    """Papers that are missing, too many, or do not bear the reference of money or of a permit."""
    problems = []
    for kind, wanted in ((SLIP, expects.slips), (VOUCHER, expects.vouchers)):
        there = sum(name.startswith(kind) for name in papers)
        if there != wanted:
            problems.append(f"{there} papers of kind {kind} were printed, not {wanted}")
    references = [one["reference"] for one in (*kiosk["payments"], *kiosk.get("permits", []))]
    bare = [
        name
        for name, text in papers.items()
        if references and not any(reference in "".join(text.split()) for reference in references)
    ]
    if len(bare) > expects.free:
        problems += [f"{name} does not bear the reference" for name in bare]
    return problems


def permit_problems(kiosk: dict[str, Any], unit: dict[str, Any], expects: Expects) -> list[str]:
    """Where the permits are beside where the books say."""
    kept = [permit for permit in kiosk.get("permits", []) if permit["place"] == "retained"]
    problems = (
        []
        if len(kept) == len(unit["box"]) == expects.retained
        else [f"{len(unit['box'])} permits are kept, the books say {len(kept)}, and {expects.retained} should be"]
    )
    if unit["card"] is not None:
        problems.append(f"a permit is still in the unit: {unit['position']}")
    return problems


def case_problems(kiosk: dict[str, Any], central: dict[str, Any], unit: dict[str, Any]) -> list[str]:
    """What was printed by the unit's own memory, beside what central says of the case and where its money is."""
    cases = {case["approval"]: case["state"] for case in central.get("exit_entry", [])}
    money = {payment["reference"]: payment["state"] for payment in kiosk["payments"]}
    problems = []
    for permit in kiosk.get("permits", []):
        jobs = {job: state for job, state in unit["jobs"].items() if job.startswith(f"{permit['reference']}-")}
        printed = "PRINTED" in jobs.values()
        if permit["approval"]:
            right = ("printed", "settled") if printed else ("given_back", "reversed")
            said = (cases.get(permit["approval"], "nothing"), money.get(permit["payment"], "nothing"))
            if said != right:
                what = "printed" if printed else "not printed"
                problems.append(f"{permit['approval']} is {what}: central says {said[0]}, and its money is {said[1]}")
        elif jobs:
            problems.append(f"{permit['reference']} was printed without an approval")
    if len(central.get("boxes", [])) != len(unit["box"]):
        problems.append(f"{len(unit['box'])} permits are kept, and central knows of {len(central.get('boxes', []))}")
    return problems


def hand_in_problems(central: dict[str, Any], papers: dict[str, str]) -> list[str]:
    """Hand-ins of photographed papers that central has and no slip says, and slips of which central knows nothing."""
    receipts = [receipt for case in central.get("counter", []) for receipt, _ in case["receipts"]]
    slips = {name: text for name, text in papers.items() if MARK in text}
    unsaid = [receipt for receipt in receipts if not any(receipt in text for text in slips.values())]
    unknown = [name for name, text in slips.items() if not any(receipt in text for receipt in receipts)]
    return [f"{one} was handed in, and no slip says so" for one in unsaid] + [
        f"{name} is of a hand-in that central does not know" for name in unknown
    ]


def left_behind(world: World) -> list[str]:
    """Where a canary of a sample citizen (name, numbers, address, picture) is still to be found after goodbye."""
    canaries: dict[str, str | bytes] = {"permit number": SAMPLES[PERMIT].number}
    for card in (CARDS[key].text for key in (PERSON, PERMIT, FLEXIBLE, RETURNED)):
        said = {"name": card.name, "ID number": card.number, "address": card.address}
        canaries |= {f"{what} {card.name}": canary for what, canary in said.items()}
    canaries["telephone number"] = PHONE
    picture = world.folder.central / "portraits" / "anybody.jpg"
    if picture.exists():
        canaries["picture"] = picture.read_bytes()[PICTURE]
    places = (world.folder.kiosk, world.folder.logs, world.folder.spool)
    files = [path for place in places for path in place.rglob("*") if path.is_file()]
    return [
        f"the citizen's {what} is in {path.relative_to(world.folder.root)}"
        for path in files
        for what, canary in canaries.items()
        if _holds(path, canary)
    ]


def _holds(path: Path, canary: str | bytes) -> bool:
    try:
        data = path.read_bytes()
    except FileNotFoundError:  # a log or a spool file may go while we look
        return False
    if isinstance(canary, bytes):
        return canary in data
    return any(canary.encode(code) in data for code in ("utf-8", "gb18030", "utf-16-le", "utf-16-be"))
