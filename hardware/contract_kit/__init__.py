"""The contract kit: what every driver of a role must keep, as tests that any driver runs. Needs pytest.

A driver's author writes a *rig* (how to build the driver, and what hands can do to the device) and one class::

    class TestMyReader(IdCardReaderContract):
        def rig(self) -> MyRig:
            return MyRig()

pytest then runs the whole contract of the role. With a simulator the rig is a few lines (:class:`OnTheTable`) and
an hour of the device takes a second; with the real device a person, or a robot, is the hands (``real_time = True``).
What a rig's hands cannot do is skipped, and the reason says so: a contract with skips is kept only in part.
``docs/add-a-device.md`` is a complete example.
"""

import pytest

pytest.register_assert_rewrite(
    *(
        f"{__name__}.{part}"
        for part in ("device", "readers", "paper", "permit", "box", "terminal", "camera", "face", "input", "speech")
    )
)

from hardware.contract_kit.box import CabinetContract, CabinetRig, UpsContract, UpsRig  # noqa: E402
from hardware.contract_kit.camera import (  # noqa: E402
    CameraContract,
    CameraRig,
    DocumentCameraContract,
    DocumentCameraRig,
)
from hardware.contract_kit.device import DeviceContract, case  # noqa: E402
from hardware.contract_kit.face import FaceAnalystContract, FaceRig  # noqa: E402
from hardware.contract_kit.input import (  # noqa: E402
    CodeScannerContract,
    HeadphonesContract,
    HeadphonesRig,
    KeypadContract,
    KeypadRig,
    ScannerRig,
)
from hardware.contract_kit.paper import (  # noqa: E402
    DocumentPrinterContract,
    PrinterRig,
    ReceiptPrinterContract,
)
from hardware.contract_kit.permit import PermitUnitContract, PermitUnitRig  # noqa: E402
from hardware.contract_kit.readers import (  # noqa: E402
    ChipCardReaderContract,
    ChipCardRig,
    IdCardReaderContract,
    ReaderRig,
)
from hardware.contract_kit.replayed import drive, replay  # noqa: E402
from hardware.contract_kit.rig import OnTheTable, Rig, SimulatedRig, cannot  # noqa: E402
from hardware.contract_kit.speech import SpeakerContract, SpeakerRig  # noqa: E402
from hardware.contract_kit.terminal import CardTerminalContract, CardTerminalRig  # noqa: E402

__all__ = [
    "CabinetContract",
    "CabinetRig",
    "CameraContract",
    "CameraRig",
    "CardTerminalContract",
    "CardTerminalRig",
    "ChipCardReaderContract",
    "ChipCardRig",
    "CodeScannerContract",
    "DeviceContract",
    "DocumentCameraContract",
    "DocumentCameraRig",
    "DocumentPrinterContract",
    "FaceAnalystContract",
    "FaceRig",
    "HeadphonesContract",
    "HeadphonesRig",
    "IdCardReaderContract",
    "KeypadContract",
    "KeypadRig",
    "OnTheTable",
    "PermitUnitContract",
    "PermitUnitRig",
    "PrinterRig",
    "ReaderRig",
    "ReceiptPrinterContract",
    "Rig",
    "ScannerRig",
    "SimulatedRig",
    "SpeakerContract",
    "SpeakerRig",
    "UpsContract",
    "UpsRig",
    "cannot",
    "case",
    "drive",
    "replay",
]
