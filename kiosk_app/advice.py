"""What to do about a device, by the reason it gives. Most of it stands in the error tree, whoever writes a new error
has written it; what a device says of itself that is no error of the tree has its line in :data:`ADVICE`.
"""

from collections.abc import Iterator

from kiosk_app.errors import DeviceError, DeviceFault

ADVICE = {
    "tamper": "Look for damage and for what was added at the slots; then `kiosk device cabinet forget-tamper`.",
    "door_open": "Close and lock the cabinet's doors.",
    "too_hot": "Check the fans and the filters; keep the sun off the machine.",
    "on_battery": "Check the mains: fuse, plug, supply of the house.",
    "replace_battery": "Replace the battery of the UPS.",
    "no_reader": "Plug the chip-card reader in, or correct `reader` in kiosk.toml.",
    "head": "Switch the permit unit off and on; if it stays, have its print head replaced.",
    "driver_failed": (
        "Update the package of the `driver` that kiosk.toml names for it, or send its maker what it says; "
        "the device itself may be well."
    ),
    "no_camera": "Plug the camera in, or correct `device` in kiosk.toml: `ls -l /dev/v4l/by-id/`.",
}


def advice_for(reason: str) -> str:
    """The operator's action for a device's reason; of the general fault for one that has no error of its own."""
    by_reason = {kind.reason: kind.operator for kind in _kinds(DeviceError)} | ADVICE
    return by_reason.get(reason, DeviceFault.operator)


def _kinds(kind: type[DeviceError]) -> Iterator[type[DeviceError]]:
    for child in kind.__subclasses__():
        yield from _kinds(child)
        yield child
