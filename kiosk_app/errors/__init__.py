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

Each branch is a file of its own; everybody imports from here. A new leaf is a class there and a line in this drawing.
"""

from kiosk_app.errors.catalogue import *
from kiosk_app.errors.central import *
from kiosk_app.errors.citizen import *
from kiosk_app.errors.config import *
from kiosk_app.errors.device import *
from kiosk_app.errors.payment import *
from kiosk_app.errors.store import *
from kiosk_app.errors.trunk import *
from kiosk_app.errors.visit import *
