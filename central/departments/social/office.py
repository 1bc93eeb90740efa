"""Social security of the reference platform, in our database (``domain.md`` 6.1).

Rules. Names leave masked; a portrait leaves only when something is to be done that needs a comparison, and never of
somebody who cannot be served. An act (verification, a change of the card) is done once, whatever the wire repeats. A
new PIN is kept as a salted, slow hash and in no other form, anywhere.
"""

from collections.abc import Callable
from datetime import date, datetime
from hashlib import scrypt, sha256
from secrets import token_bytes
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from central.certificates import CertifiedFacts
from central.departments import Judgement
from central.departments.rules import china_day, masked_name
from central.departments.social import cases, family, payments, records, rules
from central.departments.social.records import Insured, find
from central.departments.social.tables import act as acts
from central.departments.social.tables import person as persons
from central.problems import Refused, Unavailable
from kiosk_app.contract.cases import MyCase
from kiosk_app.contract.catalogue import Catalogue, SocialRules
from kiosk_app.contract.exit_entry import IdentityCheck, Sameness
from kiosk_app.contract.social import (
    Act,
    AskBenefits,
    AskCard,
    AskDues,
    AskFamilyDues,
    AskLiving,
    AskPensions,
    AskRecord,
    Benefits,
    CardAct,
    CardState,
    ChangeCard,
    ConfirmLiving,
    ContributionPaid,
    Dues,
    InsuredKey,
    Living,
    Pensions,
    Record,
    SocialCard,
)
from stationery.social import Standing

LIVING: Final = "living"
DEPARTMENT: Final = "样本社会保险经办机构"


class SocialSecurity:
    """The adapter. ``available`` False answers "not now". ``catalogue`` reads the rules that hold."""

    def __init__(self, catalogue: Callable[[sa.Connection], Catalogue]) -> None:
        self._catalogue = catalogue
        self._asked = family.Asked()
        self.available = True

    # --- what is known of somebody ---

    def record(self, connection: sa.Connection, ask: AskRecord, now: datetime) -> Record:
        """Keep :class:`central.departments.SocialSecurityOffice`."""
        found, law, _ = self._found(connection, ask.person, now)
        return records.record(connection, found, law, now)

    def record_of(self, connection: sa.Connection, number: str, at: datetime) -> Record:
        """Keep :class:`central.issued.RecordBooks`."""
        found, law, _ = self._found(connection, InsuredKey(number=number), at)
        return records.record(connection, found, law, at)

    def token_of(self, connection: sa.Connection, number: str) -> str:
        """Keep :class:`central.issued.RecordBooks`."""
        self._be_available()
        return records.token_of(connection, number)

    def pensions(self, connection: sa.Connection, ask: AskPensions, now: datetime) -> Pensions:
        """Keep :class:`central.departments.SocialSecurityOffice`."""
        found, law, _ = self._found(connection, ask.person, now)
        return Pensions(
            token=found.token,
            name=masked_name(found.name),
            payments=records.pensions(connection, found),
            living_until=rules.living_until(found.living_on, law),
        )

    def certified(self, connection: sa.Connection, number: str, card: str, now: datetime) -> CertifiedFacts:
        """Keep :class:`central.certificates.InsuredBooks`: the one answer with a whole name, which stays at central."""
        found, _, today = self._found(connection, InsuredKey(number=number, card=card), now)
        standings = records.standings(connection, found, now)
        return CertifiedFacts(
            department=DEPARTMENT,
            name=found.name,
            number=found.number,
            standings=[
                Standing(insurance=one.insurance, state=one.state, months=one.months, since=one.since)
                for one in standings
            ],
            as_of=today,
        )

    def benefits(self, connection: sa.Connection, ask: AskBenefits, now: datetime) -> Benefits:
        """Keep :class:`central.departments.SocialSecurityOffice`."""
        found, _, _ = self._found(connection, ask.person, now)
        return Benefits(
            token=found.token,
            name=masked_name(found.name),
            unemployment=records.unemployment(connection, found),
            injuries=records.injuries(connection, found),
        )

    # --- living verification ---

    def living(self, connection: sa.Connection, ask: AskLiving, now: datetime) -> Living:
        """Keep :class:`central.departments.SocialSecurityOffice`."""
        found, law, today = self._found(connection, ask.person, now)
        refused = _living_refused(found, law, today)
        return Living(
            token=found.token,
            name=masked_name(found.name),
            last=found.living_on,
            until=rules.living_until(found.living_on, law),
            refused=refused,
            portrait=b"" if refused else found.portrait,
        )

    def confirm_living(self, connection: sa.Connection, kiosk: str, ask: ConfirmLiving, now: datetime) -> Act:
        """Keep :class:`central.departments.SocialSecurityOffice`."""
        found, law, today = self._found(connection, ask.person, now)
        digest = sha256(msgspec.json.encode(ask)).hexdigest()
        if (known := _known(connection, kiosk, ask.request, digest)) is not None:
            return known
        if refused := _living_refused(found, law, today):
            raise Refused(409, refused.replace("_", "-"), "nothing is to be verified")
        _be_checked(ask.check, law)
        connection.execute(persons.update().where(persons.c.token == found.token).values(living_on=today))
        row = {"kiosk": kiosk, "request": ask.request, "digest": digest, "person": found.token, "what": LIVING}
        return _done(connection, row | {"at": now, "until": rules.living_until(today, law)})

    # --- the card ---

    def card(self, connection: sa.Connection, ask: AskCard, now: datetime) -> SocialCard:
        """Keep :class:`central.departments.SocialSecurityOffice`."""
        found, law, today = self._found(connection, ask.person, now, lost_too=True)
        state = found.state(law, today)
        may = list(rules.MAY[state]) if found.card else []
        checked = [act for act in may if act in law.checked_acts]
        return SocialCard(
            token=found.token,
            name=masked_name(found.name),
            state=state,
            ending=found.card[-4:],
            may=may,
            checked=checked,
            portrait=found.portrait if checked else b"",
            pin_digits=law.pin_digits,
            lapses_on=rules.lapses_on(found.lost_on, law) if state is CardState.LOST and found.lost_on else None,
        )

    def change_card(self, connection: sa.Connection, kiosk: str, ask: ChangeCard, now: datetime) -> Act:
        """Keep :class:`central.departments.SocialSecurityOffice`."""
        found, law, today = self._found(connection, ask.person, now, lost_too=True)
        spoken = msgspec.structs.replace(ask, pin="")  # a digest of a PIN could be tried out
        digest = sha256(msgspec.json.encode(spoken)).hexdigest()
        if (known := _known(connection, kiosk, ask.request, digest)) is not None:
            return known
        if not found.card or ask.act not in rules.MAY[found.state(law, today)]:
            raise Refused(409, "not-now", "the card is in another state")
        if ask.act in law.checked_acts:
            _be_checked(ask.check, law)
        values: dict[str, Any] = {
            "card_state": rules.AFTER[ask.act],
            "lost_on": today if ask.act is CardAct.REPORT_LOSS else None,
        }
        if ask.act is CardAct.RESET_PIN:
            values["pin"] = _hidden(ask.pin, found, law)
        connection.execute(persons.update().where(persons.c.token == found.token).values(values))
        row = {"kiosk": kiosk, "request": ask.request, "digest": digest, "person": found.token, "what": ask.act}
        until = rules.lapses_on(today, law) if ask.act is CardAct.REPORT_LOSS else None
        return _done(connection, row | {"at": now, "until": until})

    # --- contributions ---

    def dues(self, connection: sa.Connection, ask: AskDues, now: datetime) -> Dues:
        """Keep :class:`central.departments.SocialSecurityOffice`."""
        found, law, today = self._found(connection, ask.person, now)
        return Dues(
            token=found.token,
            name=masked_name(found.name),
            dues=rules.dues(found.way, payments.paid_by(connection, found.token), law, today),
            catalogue=self._catalogue(connection).version,
        )

    def family_dues(self, connection: sa.Connection, ask: AskFamilyDues, now: datetime) -> Dues:
        """Keep :class:`central.departments.SocialSecurityOffice`."""
        payer, law, today = self._found(connection, ask.payer, now)
        self._asked.note(payer.token, ask.number, today)
        found = find(connection, InsuredKey(number=ask.number))
        there = payments.paid_by(connection, found.token)
        return Dues(
            token=found.token,
            name=masked_name(found.name),
            dues=family.open_for_family(rules.dues(found.way, there, law, today), law),
            catalogue=self._catalogue(connection).version,
        )

    def accept(
        self, connection: sa.Connection, kiosk: str, paid: ContributionPaid, serial: int, now: datetime
    ) -> Judgement:
        """Keep :class:`central.departments.Department`."""
        del kiosk  # a contribution may be paid anywhere
        self._be_available()
        return payments.accept(connection, paid, self._rules(connection), serial, now)

    def undo(self, connection: sa.Connection, kiosk: str, paid: ContributionPaid, voucher: str, now: datetime) -> None:
        """Keep :class:`central.departments.Department`."""
        del kiosk, now
        self._be_available()
        payments.undo(connection, paid, self._rules(connection), voucher)

    def mine(self, connection: sa.Connection, number: str, now: datetime) -> list[MyCase]:
        """Keep :class:`central.departments.KeepsCases`."""
        del now
        self._be_available()
        return cases.mine(connection, number, self._rules(connection))

    # --- steps ---

    def _found(
        self, connection: sa.Connection, key: Any, now: datetime, *, lost_too: bool = False
    ) -> tuple[Insured, SocialRules, date]:
        """Whose card it is, the rules and the day in China. Raises Refused, Unavailable."""
        self._be_available()
        law, today = self._rules(connection), china_day(now)
        found = find(connection, key)
        if key.card and not lost_too and found.state(law, today) is CardState.LOST:
            raise Refused(409, "card-lost", "this card is reported lost")
        return found, law, today

    def _rules(self, connection: sa.Connection) -> SocialRules:
        law = self._catalogue(connection).social
        if law is None:
            raise Unavailable("social security's rules")
        return law

    def _be_available(self) -> None:
        if not self.available:
            raise Unavailable("social security")


def _living_refused(found: Insured, law: SocialRules, today: date) -> str:
    if found.way != "pensioner":
        return "not_pensioner"
    return "not_due" if rules.not_due(found.living_on, law, today) else ""


def _be_checked(check: IdentityCheck | None, law: SocialRules) -> None:
    if check is None or check.result is not Sameness.SAME or check.way not in law.ways:
        raise Refused(409, "identity-not-checked", "nobody has found that this is the person")


def _hidden(pin: str, found: Insured, law: SocialRules) -> bytes:
    """Salt and hash of a PIN. Raises Refused."""
    if len(pin) != law.pin_digits or rules.weak(pin, found.number):
        raise Refused(409, "weak-pin", "too easy to guess, or not of that length")
    salt = token_bytes(16)
    return salt + scrypt(pin.encode(), salt=salt, n=2**12, r=8, p=1)


def _known(connection: sa.Connection, kiosk: str, request: str, digest: str) -> Act | None:
    """The answer that was given to this request. Raises Refused if it was another question."""
    mine = (acts.c.kiosk == kiosk) & (acts.c.request == request)
    row = connection.execute(sa.select(acts).where(mine)).one_or_none()
    if row is None:
        return None
    if row.digest != digest:
        raise Refused(409, "request-differs", "something else was asked under this request")
    return Act(number=cases.number_of(row.n, row.at), at=row.at, until=row.until)


def _done(connection: sa.Connection, row: dict[str, Any]) -> Act:
    key = connection.execute(acts.insert().values(row)).inserted_primary_key
    return Act(number=cases.number_of(key[0] if key else 0, row["at"]), at=row["at"], until=row["until"])
