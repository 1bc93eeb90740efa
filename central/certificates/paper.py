"""The certificate on paper: facts in, an unsealed PDF out."""

from dataclasses import dataclass
from datetime import date, datetime

from central import codes
from central.certificates.facts import CertifiedFacts
from central.problems import Refused
from stationery import social
from stationery.imprint import Copied, Imprint, Verified
from stationery.typeface import Unprintable


@dataclass(frozen=True)
class Particulars:
    """What stands on it beside the facts. ``address``: of the verification page; ``site``: where it came out first."""

    code: str
    issued_at: datetime
    valid_until: date
    kept_until: date
    site: str
    address: str
    hotline: str
    copied: Copied | None = None


def certificate(facts: CertifiedFacts, of: Particulars) -> bytes:
    """The PDF. Raises Refused for a name that the typeface lacks a character of."""
    shown = codes.show(of.code)
    imprint = Imprint(
        title="社会保险参保证明",
        english="Certificate of social insurance",
        department=facts.department,
        site=of.site,
        reference=shown,
        made_at=of.issued_at,
        hotline=of.hotline,
        identifier=of.code,
        copied=of.copied,
    )
    verified = Verified(
        shown, of.address + shown.replace("-", ""), of.valid_until, of.address, kept_until=of.kept_until
    )
    insured = social.Insured(facts.name, facts.number)
    try:
        return social.insured_certificate(insured, facts.standings, facts.as_of, imprint, verified)
    except Unprintable:
        raise Refused(422, "unprintable-name", "a character of the name is in no typeface here") from None
