"""What the person at the machine can mend: lay it down again, put it in again, step back."""

from typing import ClassVar

from kiosk_app.errors.trunk import FaultKind, KioskError


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
