"""Everything that may go wrong, as one tree. Foreign exceptions are translated at one seam per room.

    KioskError
    ├── VisitEnded                 the person goes or is gone; not a fault
    │   ├── Left                       they touched "leave"
    │   └── WalkedAway                 nobody answered the countdown
    ├── CitizenError               the person at the machine can mend it
    │   ├── CardNotRead                lay the card down again
    │   ├── CardRefused                not an identity card, or not genuine
    │   ├── ChipCardNotRead            put the chip card in again
    │   ├── ChipCardRefused            not a social-security card, or another one than before
    │   ├── CardsDiffer                the two cards that were shown are two persons'
    │   ├── CodeNotRead                show the code to the scanner again
    │   ├── PinWrong                   ``tries`` are left
    │   ├── PinBlocked                 the counter unblocks it
    │   ├── PermitNotRead              insert the permit again, the other side up
    │   ├── PermitRefused              not a travel permit this machine can endorse
    │   ├── PermitFull                 endorsed 255 times: a new card is needed
    │   ├── PermitGone                 the permit that was read is no longer in the machine
    │   ├── PageMissing                no page lies under the document camera
    │   ├── PageCutOff                 a part of the page is outside the picture
    │   ├── PageMoving                 the page is not lying still
    │   ├── PageBlurred                the page cannot be read: too far, folded, or the focus is not found
    │   ├── PageGlare                  a lamp is reflected on the page
    │   ├── PictureGone                the picture asked for is no longer kept
    │   ├── FaceNotSeen                no face in the picture, or no good frame of it was kept
    │   ├── FaceNotAlone               somebody else is in the picture
    │   ├── FaceOutside                the photo would go beyond the camera's picture: step back
    │   ├── PhotoTooLarge              no file as small as is asked for shows enough
    │   ├── NameUnprintable            a name has a character that the paper's typeface lacks
    │   └── DocumentPictureUnusable    the document's picture shows no face to compare with
    ├── DeviceError                (role) a device cannot do what was asked
    │   ├── DeviceOffline              no answer; the driver keeps trying            transient
    │   ├── DeviceFault                it answers, and says it is broken             permanent
    │   ├── PaperOut, PaperJam, CoverOpen                                            a person must come
    │   ├── PermitJam                  a permit is stuck inside                      a person must come
    │   ├── PermitInTheWay             a permit of before is still in the machine
    │   ├── RetainBoxFull              no room to keep a card                        a person must come
    │   ├── EndorsementNotPrinted      the unit could not print; the old back is whole
    │   ├── PermitSpoiled              the old back is gone and the new one is not whole
    │   ├── ReversalStuck              a lost payment cannot be undone               a person must act
    │   ├── CameraCovered              it sees nothing: covered, or no light         a person must come
    │   ├── CameraFrozen               it gives the same picture again and again
    │   ├── ModelsMissing              the networks that see faces are not installed    permanent
    │   ├── FaceVisitLost              what was kept of this visit is gone: begin again    transient
    ├── PaymentError
    │   ├── PaymentDeclined            nothing was taken; ``code`` says why
    │   ├── CodeUnavailable            no code could be shown, so nobody can have paid it
    │   ├── PaymentUncertain           ask the terminal for its last transaction, or what became of the order
    │   ├── ReversalRefused            terminal or central will not undo it; a person must refund
    │   ├── PaymentUndone              it was taken and has been given back
    │   ├── PaymentTrouble             money was taken and the goods were not delivered: where it is now
    │   └── TillClosed                 no money is taken now, ``why``
    ├── CentralError
    │   ├── CentralUnreachable         try again later
    │   └── CentralRefused             never try again; ``code`` is stable
    ├── CatalogueError             rules and fees are not what they should be
    │   ├── CatalogueForged            not signed by central as a catalogue: the last good one stays
    │   ├── CatalogueOlder             a version that was replaced: the last good one stays
    │   ├── CatalogueMissing           the version that is needed is not here
    │   └── FeeDiffers                 central approved another fee than was shown: nothing is paid
    ├── StoreError                 money is not taken before this is mended
    │   ├── DiskFull
    │   ├── StoreCorrupt
    │   ├── WrongKey
    │   └── StoreBusy                  another process keeps it locked
    └── ConfigError                names file, key and what is allowed

Every class names ``citizen``, the id of the sentence shown (``screens/texts``), and ``operator``, what the
person who can act should do. Parents are never raised. What people and devices do wrong is of one
:class:`FaultKind` each: it says who or what ends it, and so whether to wait, to call somebody, or to ask the citizen.
"""

from enum import StrEnum
from typing import ClassVar


class FaultKind(StrEnum):
    """What ends a fault: time, a repair, or a hand.

    ``TRANSIENT``: it ends by itself, the driver keeps trying; an alarm may wait. ``PERMANENT``: it stays until
    something is repaired or replaced. ``USER``: whoever stands there mends it without tools: the citizen lays the card
    down again, the attendant refills paper or frees a jam.
    """

    TRANSIENT = "transient"
    PERMANENT = "permanent"
    USER = "user"


class KioskError(Exception):
    """The root. ``detail`` is for the log: never personal data."""

    citizen: ClassVar[str] = "error.unknown"
    operator: ClassVar[str] = "Read the log of the kiosk at this time."

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


# --- the visit -------------------------------------------------------------------------------------------------


class VisitEnded(KioskError):
    """The visit is over; whatever moves money must still finish."""

    citizen = "error.visit_ended"
    operator = "Nothing to do."


class Left(VisitEnded):
    """The citizen touched "leave"."""


class WalkedAway(VisitEnded):
    """Nobody answered the countdown."""


# --- the person ------------------------------------------------------------------------------------------------


class CitizenError(KioskError):
    """The person at the machine can mend it."""

    kind: ClassVar[FaultKind] = FaultKind.USER


class CardNotRead(CitizenError):
    """The card moved or was lifted too early."""

    citizen = "error.card_not_read"
    operator = "If it happens with every card: clean the reader's surface, then test with `kiosk device`."


class CardRefused(CitizenError):
    """Not an identity card, or the reader's security module does not accept it."""

    citizen = "error.card_refused"
    operator = "Nothing to do for one card; with every card, have the reader's security module checked."


class PermitNotRead(CitizenError):
    """No line could be read on the permit. ``detail`` tells which check failed and where, never the line."""

    citizen = "error.permit_not_read"
    operator = "If it happens with every card: clean the permit unit's reading window."


class PermitRefused(CitizenError):
    """A card was read well and is not an electronic travel permit."""

    citizen = "error.permit_refused"
    operator = "Nothing to do for one card."


class PermitFull(CitizenError):
    """The card was endorsed as often as its chip can count."""

    citizen = "error.permit_full"
    operator = "Nothing to do: the holder needs a new card from the counter."


class PermitGone(CitizenError):
    """The permit that was read is not in the machine now, or another one is."""

    citizen = "error.permit_gone"
    operator = "Nothing to do."


class ChipCardNotRead(CitizenError):
    """The chip card was taken out too early, or does not speak (often: the wrong way round)."""

    citizen = "error.chip_card_not_read"
    operator = "If it happens with every card: clean the contacts, then test with `kiosk device`."


class ChipCardRefused(CitizenError):
    """Not a social-security card, one that cannot be understood, or another one than before."""

    citizen = "error.chip_card_refused"
    operator = "Nothing to do for one card; with every card of a region, send central a trace."


class CardsDiffer(CitizenError):
    """An identity card and a social-security card were shown, and their numbers differ."""

    citizen = "error.cards_differ"
    operator = "Nothing to do."


class CodeNotRead(CitizenError):
    """The scanner read something that is not text, or not as this scanner is set up to send it."""

    citizen = "error.code_not_read"
    operator = "If it happens with every code: compare the scanner's set-up with [devices.code_scanner] in kiosk.toml."


class PinWrong(CitizenError):
    """The card did not accept its PIN; ``tries`` are left."""

    citizen = "error.pin_wrong"
    operator = "Nothing to do."

    def __init__(self, tries: int) -> None:
        super().__init__(f"{tries} tries left")
        self.tries = tries


class PinBlocked(CitizenError):
    """No tries are left; the card is not broken and can still be read."""

    citizen = "error.pin_blocked"
    operator = "The social-security counter resets the PIN."


class PageMissing(CitizenError):
    """No page was found on the desk."""

    citizen = "error.page_missing"
    operator = "If it happens with every page: look through the document camera with `kiosk device`; clean the desk."


class PageCutOff(CitizenError):
    """A corner or a side of the page is outside the picture."""

    citizen = "error.page_cut_off"
    operator = "If it happens with every page: the document camera has been turned or moved; aim it again."


class PageMoving(CitizenError):
    """The page, or a hand over it, was moving all the time."""

    citizen = "error.page_moving"
    operator = "If it happens with every page: fasten the document camera."


class PageBlurred(CitizenError):
    """The print on the page is not sharp enough to be read."""

    citizen = "error.page_blurred"
    operator = "If it happens with every page: clean the lens, then set the focus of the document camera."


class PageGlare(CitizenError):
    """A part of the page is burnt out by a reflected light."""

    citizen = "error.page_glare"
    operator = "If it happens with every page: shade the lamp or window that is reflected on the desk."


class PictureGone(CitizenError):
    """The picture of the preview that was asked for is no longer kept."""

    citizen = "error.picture_gone"
    operator = "Nothing to do."


class FaceNotSeen(CitizenError):
    """There is no face in the picture, or no good frame of one was kept."""

    citizen = "error.face_not_seen"
    operator = "If it happens with everybody: check the light, and look through the camera with `kiosk device`."


class FaceNotAlone(CitizenError):
    """A second face, nearly as large, is in the picture."""

    citizen = "error.face_not_alone"
    operator = "If it happens with everybody: turn the camera away from posters and pictures of people."


class FaceOutside(CitizenError):
    """The photo would go beyond the camera's picture. ``detail`` names the sides; nothing is ever drawn there."""

    citizen = "error.face_outside"
    operator = "If it happens with everybody: aim the camera again; a head needs half its length of room on each side."


class PhotoTooLarge(CitizenError):
    """At the lowest quality that is allowed the file is still larger than the specification allows."""

    citizen = "error.photo_too_large"
    operator = "If it happens with everybody: the picture is full of noise; give the camera more light."


class DocumentPictureUnusable(CitizenError):
    """The document's picture cannot be read, or shows no single face: a machine cannot compare."""

    citizen = "error.document_picture_unusable"
    operator = "Nothing to do for one document: a person compares."


class NameUnprintable(CitizenError):
    """A name has a character that the typeface of papers lacks; no paper is printed with a hole in a name."""

    citizen = "error.name_unprintable"
    operator = "A counter prints it; tell central which typeface the machine has (`python -m provisioning.typefaces`)."


# --- devices ---------------------------------------------------------------------------------------------------


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


# --- money -----------------------------------------------------------------------------------------------------


class PaymentError(KioskError):
    """Something about a payment. ``code`` is the terminal's result code (ZVT BMP 27), 0 when it gave none."""

    def __init__(self, detail: str = "", *, code: int = 0) -> None:
        super().__init__(detail)
        self.code = code


class PaymentDeclined(PaymentError):
    """The terminal says no: nothing was taken. ``sentence`` is the citizen's text id for this code."""

    citizen = "pay.declined"
    operator = "Nothing to do for one card; see the code's row in docs/handbook-operations.md."

    def __init__(self, detail: str = "", *, code: int = 0, sentence: str = "pay.declined") -> None:
        super().__init__(detail, code=code)
        self.sentence = sentence


class CodeUnavailable(PaymentError):
    """Central gave no code to show: nobody can have paid. The order is closed by settlement."""

    citizen = "pay.code.unavailable"
    operator = "Check the kiosk's network and, at central, the payment provider."


class PaymentUncertain(PaymentError):
    """The answer was lost. What became of the payment is asked of the terminal, or of central for one by code."""

    citizen = "pay.uncertain"
    operator = "The kiosk asks by itself; if the case stays open, see `kiosk books`."


class ReversalRefused(PaymentError):
    """The payment cannot be undone from here (batch closed, refund refused)."""

    citizen = "pay.refund_due"
    operator = "By card: refund by hand with the reference in `kiosk books` and close the case there. By code: central."


class PaymentUndone(PaymentError):
    """The money was given back by itself; whatever was to be delivered is not."""

    citizen = "pay.undone"
    operator = "Nothing to do: the books agree. If it repeats, have the terminal's line checked."


class PaymentTrouble(PaymentError):
    """Money was taken (or may have been) and nothing delivered. ``state`` is where the payment is now.

    ``cause`` is the citizen's text id of what went wrong, ``amount`` in fen.
    """

    operator = "See the reference in `kiosk books`."

    def __init__(self, reference: str, amount: int, state: str, cause: str) -> None:
        super().__init__(f"{reference} {state}")
        self.reference, self.amount, self.state, self.cause = reference, amount, state, cause


class TillClosed(PaymentError):
    """No money is taken now. ``why`` is the id of the citizen's sentence."""

    citizen = "pay.till_closed"
    operator = "See `kiosk books`: an unsettled payment or the store keeps the till closed."

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


# --- central ---------------------------------------------------------------------------------------------------


class CentralError(KioskError):
    """Central did not do what was asked."""


class CentralUnreachable(CentralError):
    """No answer, a server fault, or "later": the request may be repeated.

    ``retry_after``: in how many seconds, if central says.
    """

    citizen = "error.central_unreachable"
    operator = "Check the kiosk's network; reports wait in the outbox and leave by themselves."

    def __init__(self, detail: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class CentralRefused(CentralError):
    """A final no. ``code`` is the stable problem type of the answer (fleet contract 21)."""

    citizen = "error.central_refused"
    operator = "Read the code; the request will not be repeated."
    said: ClassVar[frozenset[str]] = frozenset(
        {
            *("already-paid", "amount-changed", "unknown-decision", "not-payable", "given-back"),
            *("department-unavailable", "counter", "under-age", "permit-expired", "permit-invalid", "permit-full"),
            *("not-the-holder", "unknown-permit", "unfinished-case", "approval-lapsed"),
            *(
                "printing-elsewhere",
                "not-settled",
                "already-printed",
                "not-open-here",
                "not-registered",
                "waiting-time",
            ),
            *("permit-expiring", "registration-ending", "crowded", "fee-changed", "identity-not-checked"),
            *("unknown-insured", "card-differs", "card-lost", "no-medical-account", "not-now", "unprintable-name"),
            *("unknown-paper", "revoked", "expired", "books-changed", "unknown-matter", "guessed-out"),
            "too-many-people",
            *("slot-full", "slot-gone", "unknown-appointment", "appointment-over"),
        }
    )
    """Codes that have a sentence of their own, ``refused.<code>``."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code = code

    @property
    def sentence(self) -> str:
        """The citizen's text id for this code."""
        return f"refused.{self.code}" if self.code in self.said else self.citizen


# --- rules and fees --------------------------------------------------------------------------------------------


class CatalogueError(KioskError):
    """Rules and fees are not what they should be. ``alarm`` is the stable code that operations see."""

    alarm: ClassVar[str] = "catalogue"
    citizen = "error.catalogue"


class CatalogueForged(CatalogueError):
    """The document, its signature or its signer's certificate is not central's, or not for this."""

    alarm = "forged"
    operator = "Compare central's root with the kiosk's, and both clocks; else somebody is on the line: keep the trace."


class CatalogueOlder(CatalogueError):
    """A version that was replaced already."""

    alarm = "older"
    operator = "Central offers old rules: was its database restored? Publish the rules there again."


class CatalogueMissing(CatalogueError):
    """The version that is needed is not here."""

    alarm = "missing"
    operator = "Check the kiosk's network; the catalogue comes by itself."


class FeeDiffers(CatalogueError):
    """Central approved another fee than the signed catalogue says and the citizen saw. Nothing is paid."""

    alarm = "fee-differs"
    citizen = "error.fee_differs"
    operator = "Compare the catalogue's version at central with the kiosk's, and call the department."


# --- the store -------------------------------------------------------------------------------------------------


class StoreError(KioskError):
    """The journal cannot be written or read: money is not taken before this is mended."""

    citizen = "error.store"


class DiskFull(StoreError):
    """No room for one more journal entry."""

    operator = "Free space on the kiosk's data disk; paying opens by itself."


class StoreCorrupt(StoreError):
    """The file is damaged. It is kept as it is."""

    operator = "Keep the file for central operations, then start with an empty one (docs/handbook-technician.md)."


class WrongKey(StoreError):
    """The key does not open the file. The file is kept as it is."""

    operator = "Restore the key file of this machine, or set the store aside and start with an empty one."


class StoreBusy(StoreError):
    """Another process keeps the store locked."""

    operator = "End the other kiosk program that has the store open."


class ConfigError(KioskError):
    """The configuration names something that cannot be."""

    citizen = "error.config"
    operator = "Put right what is named here, then give the command again."

    def __init__(self, file: str, key: str, allowed: str) -> None:
        super().__init__(f"{file}: {key}: {allowed}")
        self.file, self.key, self.allowed = file, key, allowed
