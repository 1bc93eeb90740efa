"""The electronic seal: a PAdES signature of central over a paper, shown as the department's round seal.

The key is made by central's authority for this use alone (RFC 9336), lives in memory and is replaced with each half
life; its certificate travels in every signature. A certificate outlives the papers that were sealed with it, so that a
viewer that trusts central's root says so for as long as the paper is valid. pyHanko is the library; three things are
ours: the injected clock, metadata that stay as the paper had them (PDF/A wants both accounts of them alike, and
pyHanko would rewrite them with the wall clock's time), and the seal as vectors.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from typing import Any, Final

from asn1crypto import keys, x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import PdfContent, ResourceType
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers, validation
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from central.authority import SEAL_USE, Authority, Issued
from stationery.drawn import SEAL, seal_page
from stationery.social import SEAL_FIELD

RENEW: Final = 0.5
"""Of a certificate's life, after which the next one is made."""


logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
"""It would write the trace of every bad signature that somebody shows us to central's log."""


class SealState(StrEnum):
    """What the seal of a file says. Only OURS is good, and says nothing about what the register says."""

    OURS = "ours"
    NONE = "none"
    BROKEN = "broken"
    FOREIGN = "foreign"
    UNREADABLE = "unreadable"


class Sealer:
    """Seals papers, and looks at seals."""

    def __init__(self, authority: Authority, now: Callable[[], datetime]) -> None:
        self._authority, self._now = authority, now
        self._signer: Issued | None = None

    def seal(self, pdf: bytes, words: str) -> bytes:
        """``pdf`` with its field :data:`SEAL_FIELD` signed; ``words`` stand around the seal."""
        meta = signers.PdfSignatureMetadata(
            field_name=SEAL_FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, name=words
        )
        look = StaticStampStyle(background=_Seal(seal_page(words)), border_width=0, background_opacity=1.0)
        signer = _Punctual(meta, self._cms(), stamp_style=look)
        signer.at = self._now()
        sealed: BytesIO = signer.sign_pdf(_Unchanged(BytesIO(pdf)), existing_fields_only=True)
        return sealed.getvalue()

    def look(self, pdf: bytes) -> SealState:
        """What the seal of a file from anybody says. Nothing that is in it may end in an error."""
        try:
            found = list(PdfFileReader(BytesIO(pdf)).embedded_signatures)
        except Exception:  # whatever a hostile file makes a parser do: it cannot be read
            return SealState.UNREADABLE
        if not found:
            return SealState.NONE
        try:
            said = [self._judge(signature) for signature in found]
        except Exception:
            return SealState.BROKEN
        return next((state for state in said if state is not SealState.OURS), SealState.OURS)

    def _judge(self, signature: Any) -> SealState:
        """Against our root, at the time the signature claims: the certificate may have ended since."""
        trusted = ValidationContext(
            trust_roots=[x509.Certificate.load(self._authority.root_der)],
            moment=signature.self_reported_timestamp or self._now(),
            allow_fetching=False,
        )
        status = validation.validate_pdf_signature(signature, trusted)
        if not (status.intact and status.valid) or status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
            return SealState.BROKEN
        return SealState.OURS if status.trusted and _for_seals(signature.signer_cert) else SealState.FOREIGN

    def _cms(self) -> signers.SimpleSigner:
        held, now = self._signer, self._now()
        if held is None or now > held.certificate.not_valid_before_utc + held.life * RENEW:
            held = self._signer = self._authority.seal()
        chain = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        chain.register_multiple(x509.Certificate.load(der) for der in self._authority.chain_der)
        key = held.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return signers.SimpleSigner(
            signing_cert=x509.Certificate.load(held.certificate.public_bytes(Encoding.DER)),
            signing_key=keys.PrivateKeyInfo.load(key),
            cert_registry=chain,
        )


def _for_seals(certificate: x509.Certificate) -> bool:
    """Another certificate of ours is none of a seal: a kiosk has one too."""
    uses = certificate.extended_key_usage_value
    return uses is not None and SEAL_USE in uses.native


class _Punctual(signers.PdfSigner):
    """Signs at the time it is told."""

    at: datetime

    def init_signing_session(self, *args: Any, **more: Any) -> PdfSigningSession:
        session = super().init_signing_session(*args, **more)
        session.system_time = self.at
        return session


class _Unchanged(IncrementalPdfFileWriter):
    """Adds to a file and leaves what the file says of itself."""

    def _update_meta(self) -> None:
        """Nothing about the paper has changed."""


class _Seal(PdfContent):
    """The seal's page as a part of another page; like ink, it leaves what is black below it black."""

    def __init__(self, page: bytes) -> None:
        super().__init__(box=BoxConstraints(width=SEAL, height=SEAL))
        self._page = page

    def render(self) -> bytes:
        drawn = self._ensure_writer.import_page_as_xobject(PdfFileReader(BytesIO(self._page)))
        self.resources.xobject[pdf_name("/Seal")] = drawn
        ink = generic.DictionaryObject()  # type: ignore[no-untyped-call]
        ink[pdf_name("/BM")] = pdf_name("/Multiply")
        self.set_resource(ResourceType.EXT_G_STATE, pdf_name("/Ink"), ink)
        return b"/Ink gs /Seal Do"
