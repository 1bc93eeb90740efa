"""What a device cannot do, and who or what ends that."""

from typing import ClassVar

from kiosk_app.errors.trunk import FaultKind, KioskError


class DeviceError(KioskError):
    """A device cannot do what was asked. ``role`` as in the configuration, ``reason`` a stable key, ``why`` words."""

    reason: ClassVar[str] = "fault"
    kind: ClassVar[FaultKind] = FaultKind.PERMANENT

    def __init__(self, role: str, detail: str = "") -> None:
        super().__init__(f"{role}: {detail}" if detail else role)
        self.role, self.why = role, detail


class DeviceOffline(DeviceError):
    """No answer in time, or the line is gone. The driver keeps reconnecting."""

    reason = "offline"
    kind = FaultKind.TRANSIENT
    citizen = "error.device_offline"
    operator = "Check the device's power and cable; it is used again by itself as soon as it answers."


class DeviceFault(DeviceError):
    """The device answers and says it is broken, or speaks what it should not."""

    reason = "fault"
    citizen = "error.device_fault"
    operator = (
        "If it says what does not fit, correct that in kiosk.toml; else switch the device off and on, "
        "and if the fault stays, replace it."
    )


class PaperOut(DeviceError):
    """No paper."""

    reason = "paper_out"
    kind = FaultKind.USER
    citizen = "error.paper_out"
    operator = "Refill paper; printing resumes by itself."


class PaperJam(DeviceError):
    """Paper is stuck, or the cutter is."""

    reason = "paper_jam"
    kind = FaultKind.USER
    citizen = "error.paper_jam"
    operator = "Open the printer, remove the paper, close it; printing resumes by itself."


class CoverOpen(DeviceError):
    """A cover or door of the printer is open."""

    reason = "cover_open"
    kind = FaultKind.USER
    citizen = "error.cover_open"
    operator = "Close the printer's cover."


class PermitJam(DeviceError):
    """A permit is stuck in the unit."""

    reason = "permit_jam"
    kind = FaultKind.USER
    citizen = "error.permit_jam"
    operator = "Open the permit unit, free the card, hand it to its owner or push it back in, close the unit."


class PermitInTheWay(DeviceError):
    """A permit of before is still inside or waits at the exit."""

    reason = "permit_in_the_way"
    kind = FaultKind.USER
    citizen = "error.permit_in_the_way"
    operator = "Take the card from the exit, or retain it with `kiosk device`."


class RetainBoxFull(DeviceError):
    """The box for kept cards takes no more."""

    reason = "retain_box_full"
    kind = FaultKind.USER
    citizen = "error.retain_box_full"
    operator = "Empty the permit unit's box for kept cards and write down each card's number."


class EndorsementNotPrinted(DeviceError):
    """The unit could not print. The back of the card is as it was."""

    reason = "not_printed"
    citizen = "error.endorsement_not_printed"
    operator = "See the permit unit's condition: head, jam or power; the money goes back by itself."


class PermitSpoiled(DeviceError):
    """The old back is gone and the new one is not whole, and no second print mended it."""

    reason = "spoiled"
    citizen = "error.permit_spoiled"
    operator = "The holder has the card and the slip: central's exit-entry desk lists the case; have the head checked."


class ReversalStuck(DeviceError):
    """The terminal could not undo a payment whose answer was lost: it takes no other before a person has acted."""

    reason = "reversal_stuck"
    citizen = "error.reversal_stuck"
    operator = (
        "Ask the bank whether the amount of this time was booked, then `kiosk device card_terminal reverse`"
        " (docs/unionpay-library.md)."
    )


class CameraCovered(DeviceError):
    """The camera works and sees nothing."""

    kind = FaultKind.USER
    reason = "camera_covered"
    citizen = "error.camera_covered"
    operator = "Uncover and clean the camera's lens; check the light in front of it."


class CameraFrozen(DeviceError):
    """The camera gives the same picture again and again, which no sensor does by itself."""

    reason = "camera_frozen"
    citizen = "error.camera_frozen"
    operator = "Pull the camera's plug and put it back; if it freezes again, replace the camera."


class ModelsMissing(DeviceError):
    """A network that sees faces is not where set-up puts it. ``detail`` names the file."""

    reason = "models_missing"
    citizen = "error.models_missing"
    operator = "Run `python -m provisioning.models` in the kiosk's environment, or `make prepare` in a checkout."


class FaceVisitLost(DeviceError):
    """The face host ended and with it the good frames of this visit: the step begins again, nothing else is lost."""

    reason = "face_visit_lost"
    kind = FaultKind.TRANSIENT
    citizen = "error.face_visit_lost"
    operator = "Nothing to do; if it repeats, send central the log of this hour."
