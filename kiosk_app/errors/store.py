"""The store is in trouble: no money is taken before it is mended."""

from kiosk_app.errors.trunk import KioskError


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
