"""What the procedures may ask of devices: one protocol per role, and the frozen values that cross them.

Rules. A port says what happens to people, money and paper, never how: no bytes, no widgets, no SQL. Device
states and supplies are XFS words (CEN XFS / XFS4IoT, ``architecture.md`` section 9). Whatever goes wrong
leaves a port as a leaf of :mod:`kiosk_app.errors`. Money is :data:`Fen`; times are aware and in UTC.
"""

from kiosk_app.devices.base import (
    SERVING,
    Condition,
    Device,
    DeviceState,
)
from kiosk_app.devices.box import (
    Cabinet,
    Lamp,
    Ups,
    UpsReading,
)
from kiosk_app.devices.camera import (
    Camera,
    CameraFeatures,
    Control,
    ControlState,
    DocumentCamera,
    Frame,
    Page,
    PageFacts,
    Picture,
    PictureFormat,
    Preview,
    Viewfinder,
)
from kiosk_app.devices.cards import (
    CardKind,
    ChipCardReader,
    IdCardReader,
    IdentityCard,
    SocialSecurityCard,
)
from kiosk_app.devices.driver import GROUP, Baud, Driver, Port
from kiosk_app.devices.face import (
    Backdrop,
    FaceAnalyst,
    FaceLook,
    FrameFacts,
    PhotoFacts,
    PhotoSpec,
)
from kiosk_app.devices.input import (
    CodeKind,
    CodeScanner,
    Headphones,
    KeyListener,
    Keypad,
    KeypadKey,
    KeyStroke,
    ScannedCode,
)
from kiosk_app.devices.paper import (
    DocumentPrinter,
    PrintOutcome,
    ReceiptPrinter,
    Slip,
    SlipLine,
)
from kiosk_app.devices.permit import (
    EndorsementOutcome,
    EndorsementPrint,
    EndorsementResult,
    Permit,
    PermitKind,
    PermitMedia,
    PermitUnit,
    RetainReason,
)
from kiosk_app.devices.speech import Speaker
from kiosk_app.devices.terminal import (
    CardReceipt,
    CardTerminal,
    DayTotals,
    PinTyped,
    TerminalNotice,
    TerminalSays,
)

__all__ = [
    "GROUP",
    "SERVING",
    "Backdrop",
    "Baud",
    "Cabinet",
    "Camera",
    "CameraFeatures",
    "CardKind",
    "CardReceipt",
    "CardTerminal",
    "ChipCardReader",
    "CodeKind",
    "CodeScanner",
    "Condition",
    "Control",
    "ControlState",
    "DayTotals",
    "Device",
    "DeviceState",
    "DocumentCamera",
    "DocumentPrinter",
    "Driver",
    "EndorsementOutcome",
    "EndorsementPrint",
    "EndorsementResult",
    "FaceAnalyst",
    "FaceLook",
    "Frame",
    "FrameFacts",
    "Headphones",
    "IdCardReader",
    "IdentityCard",
    "KeyListener",
    "KeyStroke",
    "Keypad",
    "KeypadKey",
    "Lamp",
    "Page",
    "PageFacts",
    "Permit",
    "PermitKind",
    "PermitMedia",
    "PermitUnit",
    "PhotoFacts",
    "PhotoSpec",
    "Picture",
    "PictureFormat",
    "PinTyped",
    "Port",
    "Preview",
    "PrintOutcome",
    "ReceiptPrinter",
    "RetainReason",
    "ScannedCode",
    "Slip",
    "SlipLine",
    "SocialSecurityCard",
    "Speaker",
    "TerminalNotice",
    "TerminalSays",
    "Ups",
    "UpsReading",
    "Viewfinder",
]
