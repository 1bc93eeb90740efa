"""``kiosk device ROLE VERB`` for what sees and listens: cameras, code scanner, keypad, headphones.

None of them can be heard to work without a person: a page is laid, a code is shown, a key is pressed. What a code says
is not told, since a payment code is money; a picture goes into a new file that only its owner may read.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk_app.devices import Camera, CodeScanner, DocumentCamera, Headphones, Keypad, KeypadKey, KeyStroke, Viewfinder
from kiosk_app.errors import ConfigError, DeviceOffline

if TYPE_CHECKING:
    from kiosk_app.device_verbs import Facts, Given

JACK = {True: "in use", False: "empty", None: "unknown"}


async def still(device: Camera, given: "Given") -> "Facts":
    """A picture of whoever stands there, into FILE (JPEG)."""
    _must_be_new(given.what)
    picture = await device.still()
    _keep(given.what, picture.data)
    return {"file": given.what, "size": f"{picture.width} x {picture.height}"}


async def page(device: DocumentCamera, given: "Given") -> "Facts":
    """The page on the desk, found and straightened, into FILE (JPEG)."""
    _must_be_new(given.what)
    found = await device.capture_page()
    _keep(given.what, found.picture.data)
    facts = found.facts
    return {"file": given.what, "dpi": facts.dpi, "sharpness": facts.sharpness, "glare": facts.glare}


async def controls(device: Viewfinder, _: "Given") -> "Facts":
    """How the camera's controls stand, in its own units: what one can write into kiosk.toml."""
    features = device.features
    if features is None:
        raise DeviceOffline(device.role, "it gave no picture yet")
    how = {True: " (auto)", False: "", None: " (no auto)"}
    stand = {name.value: f"{state.value:g}{how[state.automatic]}" for name, state in features.controls.items()}
    return {"still": "{} x {}".format(*features.still), **(stand or {"controls": "none that can be set"})}


async def scan(device: CodeScanner, _: "Given") -> "Facts":
    """Wait until a code is shown; tell its kind and its length."""
    code = await device.wait_code()
    return {"kind": code.kind.value, "characters": len(code.text)}


async def press(device: Keypad, _: "Given") -> "Facts":
    """Wait for a key that means something, and tell what."""
    pressed: asyncio.Future[KeypadKey] = asyncio.get_running_loop().create_future()

    def heard(key: KeypadKey, stroke: KeyStroke) -> None:
        if stroke is KeyStroke.DOWN and not pressed.done():
            pressed.set_result(key)

    device.watch_keys(heard)
    return {"key": (await pressed).value}


async def plug(device: Headphones, _: "Given") -> "Facts":
    """Wait until something is put into the jack or pulled out."""
    changed: asyncio.Future[bool | None] = asyncio.get_running_loop().create_future()

    def heard(plugged: bool | None) -> None:
        if not changed.done():
            changed.set_result(plugged)

    device.watch_plug(heard)
    return {"jack": JACK[await changed]}


def _must_be_new(file: str) -> None:
    if not file or Path(file).exists() or not Path(file).absolute().parent.is_dir():
        raise ConfigError("kiosk device", "FILE", "the path of a new file for the picture")


def _keep(file: str, data: bytes) -> None:
    """Write a new file of our own. Raises ConfigError."""
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as into:
            into.write(data)
    except OSError as error:
        raise ConfigError("kiosk device", f"FILE {file}", f"cannot be written: {error.strerror}") from error


SENSES: Mapping[str, Mapping[str, Callable[[Any, "Given"], Awaitable["Facts"]]]] = {
    "camera": {"still": still, "controls": controls},
    "document_camera": {"page": page, "controls": controls},
    "code_scanner": {"read": scan},
    "keypad": {"press": press},
    "headphones": {"plug": plug},
}
