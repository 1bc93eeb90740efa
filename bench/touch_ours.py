"""The window to measure: ours with a real view, or a bare default Kivy window with one button. Prints where to touch.

``python -m bench.touch_ours ours|bare WIDTH HEIGHT``: one JSON line when it can be touched, then it runs for ever.
"""

# ruff: noqa: PLC0415 - a process imports only the window it shows: that is part of what is measured

import asyncio
import json
import sys
import time

BEGAN = time.time()


def ready(x: float, y: float) -> None:
    print(json.dumps({"x": round(x), "y": round(y), "import_to_ready": time.time() - BEGAN}), flush=True)


async def ours(width: int, height: int) -> None:
    from screens.gallery import Noon
    from screens.samples import SAMPLES
    from screens.stage import Stage

    stage = Stage(site="环市街服务中心", hotline="0750-1234567", clock=Noon(), size=(width, height), fullscreen=True)
    running = asyncio.create_task(stage.run())
    asking = asyncio.create_task(stage.show(SAMPLES["menu"]))
    while not stage.frames["whole"]:  # noqa: ASYNC110 - the first frame is a count, not an event
        await asyncio.sleep(0.001)
    target = stage.targets()[0]
    ready(target["x"] + 20, target["y"] + target["h"] // 2)
    while True:  # the same view again after every answer, so that each touch finds the same button
        await asking
        asking = asyncio.create_task(stage.show(SAMPLES["menu"]))
        await asyncio.sleep(0)
        if running.done():
            return


def bare(width: int, height: int) -> None:
    import os

    os.environ["KIVY_NO_ARGS"] = os.environ["KIVY_NO_FILELOG"] = "1"
    os.environ["KIVY_LOG_MODE"] = "PYTHON"
    from kivy.config import Config

    for key, value in (("width", width), ("height", height), ("borderless", 1), ("left", 0), ("top", 0)):
        Config.set("graphics", key, str(value))
    Config.set("graphics", "position", "custom")
    from kivy.app import App
    from kivy.clock import Clock
    from kivy.uix.button import Button
    from kivy.uix.floatlayout import FloatLayout

    class Bare(App):  # type: ignore[misc] # Kivy has no types
        def build(self) -> object:
            ground = FloatLayout()
            size, low = (width - 96, 264), height - 900
            ground.add_widget(Button(text="Traffic fines", size_hint=(None, None), size=size, pos=(48, low)))
            Clock.schedule_once(lambda _: ready(48 + 20, height - low - 132), 0.5)
            return ground

    Bare().run()


if __name__ == "__main__":
    size = (int(sys.argv[2]), int(sys.argv[3]))
    if sys.argv[1] == "ours":
        asyncio.run(ours(*size))
    else:
        bare(*size)
