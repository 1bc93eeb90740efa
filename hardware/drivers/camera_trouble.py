"""A camera's trouble as a condition, for whoever watches it, and as an error, for whoever waits for a picture."""

from hardware.drivers.camera_host import NoCamera
from kiosk_app.devices import Condition, DeviceState
from kiosk_app.errors import CameraCovered, CameraFrozen, DeviceError, DeviceFault, DeviceOffline


def condition_of(error: DeviceError) -> Condition:
    """The condition that ``error`` means."""
    match error:
        case NoCamera():
            state = DeviceState.NO_DEVICE
        case DeviceOffline():
            state = DeviceState.OFFLINE
        case CameraCovered():
            state = DeviceState.USER_ERROR
        case _:
            state = DeviceState.HARDWARE_ERROR
    return Condition(state, error.reason, detail=error.why)


def fault_of(role: str, condition: Condition) -> DeviceError:
    """Why no picture comes of a camera in this condition."""
    if condition.reason == CameraFrozen.reason:
        return CameraFrozen(role)
    if condition.state is DeviceState.HARDWARE_ERROR:
        return DeviceFault(role, condition.detail or condition.reason)
    return DeviceOffline(role, condition.detail or condition.reason or "no picture")
