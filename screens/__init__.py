"""The window: Kivy only, replaceable; implements `kiosk_app.ports.Screen`.

Kivy reads its environment when it is first imported, so whatever must hold before is set here, where every module
of this package passes: no command line of its own, no log files, no console (the kiosk's log is the only one), a
private home that no other user reads and that goes with the process, and neither keyboard short cut nor debugger.
"""

import atexit
import logging
import os
import shutil
import tempfile

if "KIVY_HOME" not in os.environ:
    _home = tempfile.mkdtemp(prefix="kiosk-screen-")
    os.environ["KIVY_HOME"] = _home
    atexit.register(shutil.rmtree, _home, ignore_errors=True)

os.environ.update(
    KIVY_NO_ARGS="1",
    KIVY_NO_FILELOG="1",
    KIVY_NO_CONSOLELOG="1",
    KIVY_LOG_MODE="PYTHON",  # leave logging and stderr to the program: a traceback must not vanish
    KIVY_NO_ENV_CONFIG="1",
    KIVY_WINDOW="sdl2",
    KIVY_TEXT="sdl2",
    KIVY_CLIPBOARD="dummy",
    KIVY_SPELLING="",
    SDL_NO_SIGNAL_HANDLERS="1",  # the event loop hears SIGTERM, not the window
    SDL_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR="1",
)

logging.getLogger("kivy").addFilter(lambda record: record.levelno >= logging.ERROR)

from kivy.config import Config  # noqa: E402 - reads the environment set above

Config.set("graphics", "maxfps", "0")  # read when kivy.clock is imported: with a rate, each tick sleeps to keep it
