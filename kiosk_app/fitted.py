"""Which devices a machine can have, and which it must: one field per role, and a role is optional if its field is.

Configuration, doctor and machine read the roles from here. A new role is a field; what the machine does with it is
written where it is done.
"""

from dataclasses import MISSING, dataclass, fields

from kiosk_app.devices import (
    Cabinet,
    Camera,
    CardTerminal,
    ChipCardReader,
    CodeScanner,
    Device,
    DocumentCamera,
    DocumentPrinter,
    FaceAnalyst,
    Headphones,
    IdCardReader,
    Keypad,
    PermitUnit,
    ReceiptPrinter,
    Speaker,
    Ups,
)


@dataclass(frozen=True)
class Devices:
    """One device per role; None where the machine has none."""

    id_card_reader: IdCardReader
    card_terminal: CardTerminal
    receipt_printer: ReceiptPrinter
    document_printer: DocumentPrinter
    chip_card_reader: ChipCardReader | None = None
    permit_unit: PermitUnit | None = None
    camera: Camera | None = None
    face_analyst: FaceAnalyst | None = None
    document_camera: DocumentCamera | None = None
    code_scanner: CodeScanner | None = None
    keypad: Keypad | None = None
    headphones: Headphones | None = None
    speaker: Speaker | None = None
    cabinet: Cabinet | None = None
    ups: Ups | None = None

    def all(self) -> tuple[Device, ...]:
        """Every device that is fitted."""
        return tuple(device for role in ROLES if (device := getattr(self, role)) is not None)


ROLES = tuple(field.name for field in fields(Devices))
REQUIRED = tuple(field.name for field in fields(Devices) if field.default is MISSING)
