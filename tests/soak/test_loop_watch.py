"""The watch over the UI loop names who kept it, and for how long."""

import json
import subprocess
import sys
from pathlib import Path

DAWDLER = """
import asyncio, sys, time
from pathlib import Path
from bench.loop_watch import Watch

def dawdle():
    time.sleep(0.05)

async def slow_step():
    time.sleep(0.03)

async def main():
    asyncio.get_running_loop().call_soon(dawdle)
    await asyncio.create_task(slow_step(), name="somebody")

watch = Watch()
watch.install()
asyncio.run(main())
watch.write(Path(sys.argv[1]))
"""


def test_whoever_keeps_the_loop_is_named(tmp_path: Path) -> None:
    report = tmp_path / "loop.json"
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", DAWDLER, str(report)], check=True, cwd=root, timeout=30)
    seen = json.loads(report.read_text("utf-8"))
    slow = {name: took for _, took, name, _ in seen["slow"]}
    assert slow["dawdle"] >= 0.04
    assert slow["somebody: slow_step"] >= 0.02
    assert len(seen["took"]) > len(slow)
