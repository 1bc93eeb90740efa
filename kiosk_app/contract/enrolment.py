"""A new machine gets its certificate."""

import msgspec


class Enrol(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /enrol`` (C.4): one-time code and a PEM request made with the device's own key."""

    code: str
    csr: str
    hardware: dict[str, str] = {}


class Enrolled(msgspec.Struct, frozen=True, kw_only=True):
    """The device's certificate and the CA chain (PEM), its id, and where and what it is.

    ``number``: eight digits, unique among kiosks (six of the district, two of the machine); every reference
    of the machine begins with it.
    """

    kiosk: str
    number: str = ""
    certificate: str
    chain: str
    site: str = ""
    proof_url: str = ""
    hotline: str = ""
