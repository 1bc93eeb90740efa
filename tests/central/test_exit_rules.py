"""Stories of the rules of exit-entry: what it costs, who may have what, and why not (``domain.md`` 4.1-4.3)."""

from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from central.catalogue import SHIPPED, read
from central.db import file_engine
from central.departments.exit_entry import faults, rules
from central.departments.exit_entry import samples as exit_samples
from central.departments.exit_entry.samples import SAMPLES
from central.departments.exit_entry.tables import holder as holders
from kiosk_app.contract.catalogue import ExitRules, FeeRule, NoFee, months_after
from kiosk_app.contract.exit_entry import LONGEST_LINE, MOST_LINES, AskHolder, Endorsement
from kiosk_app.errors import CentralRefused
from screens.words import LANGUAGES, catalogue
from tests.central.exit_fleet import Hall, RefusedError, hall, ids

RULES = read(SHIPPED, faults)
TODAY = date(2026, 3, 2)


@pytest.fixture
def office() -> Hall:
    return hall()


# --- the table of fees (domain.md 4.1) ---

HK_MACAU = [
    (1, 3, 15), (1, 12, 15), (2, 3, 30), (2, 12, 30),
    (0, 3, 80), (0, 12, 80), (0, 13, 120), (0, 24, 120), (0, 25, 160), (0, 35, 160), (0, 36, 240), (0, 60, 240),
]  # fmt: skip


@pytest.mark.parametrize(("entries", "months", "yuan"), HK_MACAU)
def test_the_fees_for_hong_kong_and_macau_are_those_of_the_list(entries: int, months: int, yuan: int) -> None:
    assert RULES.fee("CS", entries, TODAY, months_after(TODAY, months)) == yuan * 100


@pytest.mark.parametrize(("entries", "months", "yuan"), [(1, 6, 15), (0, 12, 80)])
def test_the_fees_for_taiwan_are_those_of_the_list(entries: int, months: int, yuan: int) -> None:
    assert RULES.fee("CD", entries, TODAY, months_after(TODAY, months)) == yuan * 100


@pytest.mark.parametrize(
    ("ends", "yuan"),
    [
        (date(2027, 3, 2), 80),
        (date(2027, 3, 3), 120),
        (date(2028, 3, 2), 120),
        (date(2028, 3, 3), 160),
        (date(2029, 3, 1), 160),
        (date(2029, 3, 2), 240),
    ],
)
def test_the_bounds_up_to_over_under_and_or_more_are_exact_to_the_day(ends: date, yuan: int) -> None:
    assert RULES.fee("CS", 0, TODAY, ends) == yuan * 100


def test_what_the_list_does_not_name_has_no_fee() -> None:
    for permit, entries in (("CS", 3), ("CD", 2), ("XX", 1)):
        with pytest.raises(NoFee):
            RULES.fee(permit, entries, TODAY, months_after(TODAY, 3))


def test_a_fee_holds_from_its_first_to_its_last_day() -> None:
    old = FeeRule(permit="CS", entries=1, fen=2000, since=date(2015, 1, 1), until=date(2026, 3, 1))
    new = FeeRule(permit="CS", entries=1, fen=1500, since=date(2026, 3, 2))
    changing = msgspec.structs.replace(RULES, fees=[old, new])
    assert changing.fee("CS", 1, date(2026, 3, 1), date(2026, 6, 1)) == 2000
    assert changing.fee("CS", 1, date(2026, 3, 2), date(2026, 6, 2)) == 1500
    with pytest.raises(NoFee):
        changing.fee("CS", 1, date(2014, 12, 31), date(2015, 3, 1))


@given(st.dates(date(2020, 1, 1), date(2060, 1, 1)), st.integers(1, 120))
def test_months_end_on_the_same_day_or_the_months_last(day: date, months: int) -> None:
    later = months_after(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


# --- the table of options (domain.md 4.2) ---


def options(destination: str, purpose: str) -> set[tuple[int, int, int]]:
    """(months, entries, stay) of the options without a household of their own."""
    return {
        (o.months, o.entries, o.stay)
        for o in RULES.options
        if (o.destination, o.purpose) == (destination, purpose) and o.areas in ([], ["44"])
    }


@pytest.mark.parametrize("to", ["HK", "MO"])
def test_the_options_are_those_of_the_table(to: str) -> None:
    assert options(to, "L") == {(3, 1, 7), (3, 2, 7), (12, 1, 7), (12, 2, 7)}
    assert options(to, "S") == {(3, 1, 14), (3, 0, 14), (12, 0, 14)}
    assert options(to, "R") == {(months, 0, 30) for months in (12, 24, 36, 48, 60)}
    assert {(3, 1, 14), (3, 0, 90)} <= options(to, "T")


def test_hong_kong_and_macau_differ_in_individual_travel_and_other_purposes() -> None:
    assert options("HK", "G") == {(3, 1, 7), (3, 2, 7), (12, 1, 7), (12, 2, 7)}
    assert options("MO", "G") == {(3, 1, 7), (12, 1, 7)}
    assert options("HK", "Q") == {(3, 1, 14), (3, 2, 14), (3, 0, 14)}
    assert options("MO", "Q") - options("HK", "Q") == {(12, 0, 14)}


def test_every_line_that_can_be_printed_fits_on_the_card() -> None:
    for option in RULES.options:
        one = endorsement(option.destination, option.purpose, option.entries, stay=option.stay, weekly=option.weekly)
        printed = rules.lines([one], RULES)
        assert len(printed) == rules.LINES_EACH
        assert all(len(line.encode()) <= LONGEST_LINE for line in printed)


def endorsement(to: str, purpose: str, entries: int = 1, *, stay: int = 7, weekly: bool = False) -> Endorsement:
    return Endorsement(
        number=f"{to}{purpose}", destination=to, purpose=purpose, entries=entries, left=entries, stay=stay,
        issued_on=TODAY, valid_until=date(2026, 6, 2), weekly=weekly,
    )  # fmt: skip


def test_the_lines_say_where_why_how_often_how_long_and_who() -> None:
    assert rules.lines([endorsement("MO", "S", 0, stay=14), endorsement("HK", "G")], RULES) == [
        "香港 个人旅游(G) 一次",
        "有效期至2026-06-02 每次逗留不超过7天 广东江门",
        "澳门 商务(S) 多次",
        "有效期至2026-06-02 每次逗留不超过14天 广东江门",
    ]


# --- what must not be published ---


def with_option(**changes: object) -> ExitRules:
    option = next(o for o in RULES.options if o.id == "HK.G.3m1")
    return msgspec.structs.replace(RULES, options=[*RULES.options, msgspec.structs.replace(option, **changes)])


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, "twice at the same time"),
        ({"id": "x", "purpose": "Z"}, "has no name"),
        ({"id": "x", "destination": "XX"}, "has no name"),
        ({"id": "x", "entries": 3}, "no fee for"),
        ({"id": "x", "since": date(2016, 12, 31)}, "no fee for"),
    ],
)
def test_rules_that_cannot_be_kept_are_named(changes: dict[str, object], fault: str) -> None:
    assert any(fault in said for said in faults(with_option(**changes)))


def test_a_name_too_long_for_the_card_is_named() -> None:
    long = msgspec.structs.replace(RULES, purposes=RULES.purposes | {"G": "很" * 30})
    assert any("longer than 96 bytes" in said for said in faults(long))


def test_an_option_may_follow_itself_in_time() -> None:
    ended = next(o for o in RULES.options if o.id == "HK.S.3m1")
    before = msgspec.structs.replace(ended, stay=7, since=date(2020, 1, 1), until=date(2024, 5, 5))
    both = msgspec.structs.replace(RULES, options=[before, *RULES.options])
    assert list(faults(both)) == []
    person = rules.Person(
        "CS", date(2034, 1, 1), date(1990, 1, 1), "440703", registered={("HK", "S"): date(2033, 1, 1)}
    )
    for day, stay in ((date(2024, 5, 5), 7), (date(2024, 5, 6), 14)):
        assert {o.stay for o in rules.offers(person, [], both, day) if o.id == "HK.S.3m1"} == {stay}


# --- who may have what (domain.md 4.3) ---

LEISURE = ids(("HK", "MO"), "L", ("3m1", "3m2", "1y1", "1y2"))
OWN_TRAVEL = ids("HK", "G", ("3m1", "3m2", "1y1", "1y2")) | ids("MO", "G", ("3m1", "1y1"))


def test_a_local_has_groups_and_individual_travel(office: Hall) -> None:
    assert office.may_have("applied") == LEISURE | OWN_TRAVEL


def test_somebody_from_another_province_has_groups_only(office: Hall) -> None:
    assert office.may_have("other_province") == LEISURE
    assert office.why_not("other_province", "HK.G.3m1") == "not_open_here"


def test_a_residence_permit_opens_individual_travel(office: Hall) -> None:
    assert office.may_have("resident") == LEISURE | OWN_TRAVEL


def test_a_purpose_that_was_never_registered_is_for_the_counter(office: Hall) -> None:
    for purpose in "TSQDR":
        first = next(o for o in office.holder("applied").offers if o.purpose == purpose)
        assert first.refused == "not_registered"


def test_a_registered_trader_has_business(office: Hall) -> None:
    assert office.may_have("trader") - LEISURE - OWN_TRAVEL == ids("HK", "S", ("3m1", "3mm", "1ym")) | ids(
        "MO", "S", ("3m1", "3mm", "1ym")
    )


def test_a_registration_that_ends_sooner_shortens_the_offer(office: Hall) -> None:
    offer = office.offers("trader")["MO.S.1ym"]
    assert (offer.shortened, offer.valid_until, offer.fee) == (True, TODAY + timedelta(days=200), 8000)


def test_a_registration_that_has_ended_is_none(office: Hall) -> None:
    office.fleet.clock.turn(days=201)
    assert office.why_not("trader", "MO.S.3m1") == "not_registered"


def test_a_stay_is_as_long_as_approved_elsewhere_and_steps_beyond_it_are_refused(office: Hall) -> None:
    offers = office.offers("student")
    assert (offers["HK.D.1ym"].refused, offers["HK.D.1ym"].stay) == ("", 0)
    assert offers["HK.D.2ym"].valid_until == TODAY + timedelta(days=420)
    assert offers["HK.D.2ym"].fee == 12000
    assert offers["HK.D.3ym"].refused == "registration_ending"
    assert office.why_not("student", "MO.D.1ym") == "not_registered"


def test_talent_has_one_to_five_years_with_the_fees_of_each(office: Hall) -> None:
    offers = office.offers("talent")
    fees = {months: offers[f"HK.R.{months}ym"].fee for months in (1, 2, 3, 4, 5)}
    assert fees == {1: 8000, 2: 12000, 3: 24000, 4: 24000, 5: 24000}
    assert {offers[f"HK.R.{months}ym"].refused for months in (1, 2, 3, 4, 5)} == {""}
    assert offers["HK.R.5ym"].stay == 30


def test_patients_and_relatives_have_what_they_registered(office: Hall) -> None:
    assert office.may_have("patient") - LEISURE - OWN_TRAVEL == ids(("HK", "MO"), "Q", ("3m1", "3m2", "3mm")) | {
        "MO.Q.1ym"
    }
    assert office.may_have("relative") - LEISURE - OWN_TRAVEL == ids("HK", "T", ("3m1", "3mm", "1ym"))


def test_shenzhen_and_zhuhai_have_what_is_theirs_and_jiangmen_has_not(office: Hall) -> None:
    assert office.offers("shenzhen")["HK.G.1ym"].refused == ""
    weekly = office.offers("zhuhai")["MO.G.1ymw"]
    assert (weekly.refused, weekly.weekly, weekly.fee) == ("", True, 8000)
    for offer in ("HK.G.1ym", "MO.G.1ymw"):
        assert office.why_not("applied", offer) == "not_open_here"


def test_the_citys_policy_holds_from_its_first_day() -> None:
    person = rules.Person("CS", date(2034, 1, 1), date(1990, 1, 1), "440305")
    for day, there in ((date(2024, 11, 30), False), (date(2024, 12, 1), True)):
        assert any(o.id == "HK.G.1ym" for o in rules.offers(person, [], RULES, day)) is there


def test_a_taiwan_permit_is_for_taiwan(office: Hall) -> None:
    assert office.may_have("zhang_taiwan") == {"TW.L.6m1", "TW.G.6m1"}
    assert office.why_not("zhang_taiwan", "TW.T.1ym") == "not_registered"
    assert {offer.fee for offer in office.offers("zhang_taiwan").values() if not offer.refused} == {1500}


# --- the permit's own validity ---


def test_nothing_outlasts_the_permit_and_what_would_be_the_same_is_offered_once(office: Hall) -> None:
    offers, last = office.offers("expiring"), TODAY + timedelta(days=150)
    assert offers["HK.G.3m1"].valid_until == date(2026, 6, 2)
    assert (offers["HK.G.1y1"].valid_until, offers["HK.G.1y1"].shortened) == (last, True)
    assert offers["HK.S.1ym"].refused == ""
    office.fleet.clock.turn(days=70)  # now the permit ends before three months do
    with office.fleet.front.store.write() as connection:
        connection.execute(holders.update().where(holders.c.token == "sample-expiring").values(expiry=last))
    ask = AskHolder(permit=msgspec.structs.replace(office.permit("expiring"), expiry=last))
    later = {o.id: o for o in msgspec.json.decode(office.post(ask), type=type(office.holder("zhang"))).offers}
    assert (later["HK.G.3m1"].valid_until, later["HK.G.3m1"].refused) == (last, "")
    assert later["HK.G.1y1"].refused == "permit_expiring"


def test_a_permit_that_ends_within_a_month_gets_nothing(office: Hall) -> None:
    assert {o.refused for o in office.holder("expiring_soon").offers} <= {
        "permit_expiring", "not_registered", "not_open_here"
    }  # fmt: skip
    assert office.why_not("expiring_soon", "HK.L.3m1") == "permit_expiring"


# --- what stands on the card ---


def test_an_unused_one_of_the_same_kind_is_replaced_and_the_offer_says_so(office: Hall) -> None:
    holder = office.holder("zhang")
    [old] = holder.endorsements
    offers = {offer.id: offer for offer in holder.offers}
    assert offers["HK.G.3m1"].replaces == [old.number]
    assert offers["MO.G.3m1"].replaces == offers["HK.L.3m1"].replaces == []


def test_a_used_or_expired_one_is_not_on_the_card_and_replaces_nothing(office: Hall) -> None:
    assert office.holder("li").endorsements == []
    assert office.backs("expired_back") == ["MO.L"]
    assert office.offers("expired_back")["HK.G.3m1"].replaces == []


def test_macau_waits_sixty_days_since_the_last_one_even_when_it_is_used(office: Hall) -> None:
    offer = office.offers("li")["MO.G.3m1"]
    assert (offer.refused, offer.earliest) == ("waiting_time", TODAY + timedelta(days=30))
    assert office.why_not("li", "HK.G.3m1") == ""
    assert office.why_not("li", "MO.L.3m1") == ""
    office.fleet.clock.turn(days=29)
    assert office.why_not("li", "MO.G.3m1") == "waiting_time"
    office.fleet.clock.turn(days=1)
    assert office.why_not("li", "MO.G.3m1") == ""


def test_a_full_back_takes_no_more_but_a_replacement(office: Hall) -> None:
    holder = office.holder("crowded")
    assert len(rules.lines(holder.endorsements, RULES)) == MOST_LINES
    offers = {offer.id: offer for offer in holder.offers}
    assert offers["HK.L.3m1"].refused == "crowded"
    assert (offers["HK.S.1ym"].refused, len(offers["HK.S.1ym"].replaces)) == ("", 1)


# --- who is not served, and what they are told ---


@pytest.mark.parametrize(
    ("key", "refused"),
    [
        ("official", "counter"),
        ("soldier", "counter"),
        ("exit_ban", "counter"),
        ("child", "under_age"),
        ("lost", "permit_invalid"),
        ("wang_expired", "permit_expired"),
        ("full", "permit_full"),
    ],
)
def test_who_cannot_be_served_is_told_where_to_go_and_nothing_else(office: Hall, key: str, refused: str) -> None:
    holder = office.holder(key)
    assert holder.refused == refused
    assert (holder.portrait, holder.offers, holder.endorsements, holder.unfinished) == (b"", [], [], [])
    with pytest.raises(RefusedError) as no:
        office.apply(key, "HK.L.3m1")
    assert no.value.args == (409, refused.replace("_", "-"))


def test_nothing_that_leaves_the_office_says_why_somebody_is_barred(office: Hall) -> None:
    said = {
        office.post(AskHolder(permit=office.permit(key)))
        .replace(SAMPLES[key].name[0].encode(), b"")
        .replace(f"sample-{key}".encode(), b"")
        for key in ("official", "soldier", "exit_ban")
    }
    assert len(said) == 1


def test_sixteen_is_old_enough_on_the_birthday() -> None:
    for birth, refused in ((date(2010, 3, 2), ""), (date(2010, 3, 3), "under_age")):
        person = rules.Person("CS", date(2030, 1, 1), birth, "440703")
        assert rules.why_refused(person, RULES, TODAY) == refused


def test_a_permit_is_good_on_its_last_day() -> None:
    for expiry, refused in ((TODAY, ""), (TODAY - timedelta(days=1), "permit_expired")):
        assert rules.why_refused(rules.Person("CS", expiry, date(1990, 1, 1), "44"), RULES, TODAY) == refused


def test_the_card_may_know_better_how_often_it_was_endorsed(office: Hall) -> None:
    assert office.holder("zhang", endorsed=254).refused == ""
    assert office.holder("zhang", endorsed=255).refused == "permit_full"


def test_a_name_is_masked(office: Hall) -> None:
    assert office.holder("zhang").name == "张**"


def test_the_picture_is_given_to_who_can_be_served(office: Hall, tmp_path: Path) -> None:
    (tmp_path / "anybody.jpg").write_bytes(b"\xff\xd8 anybody")
    (tmp_path / "li.jpg").write_bytes(b"\xff\xd8 li")
    engine = file_engine(tmp_path / "x.db")
    with engine.begin() as connection:
        exit_samples.load(connection, TODAY, tmp_path)
        exit_samples.load_once(connection, TODAY)  # there is somebody: nothing happens
        pictures = {row.token: row.portrait for row in connection.execute(sa.select(holders))}
    assert pictures["sample-li"] == b"\xff\xd8 li"
    assert pictures["sample-zhang"] == b"\xff\xd8 anybody"
    with office.fleet.front.store.write() as connection:
        connection.execute(holders.update().values(portrait=b"\xff\xd8 picture"))
    assert office.holder("zhang").portrait == b"\xff\xd8 picture"
    assert office.holder("official").portrait == b""


@pytest.mark.parametrize("wrong", [{"expiry": date(2034, 1, 2)}, {"birth": date(1990, 3, 8)}, {"kind": "CD"}])
def test_who_knows_only_a_number_learns_nothing(office: Hall, wrong: dict[str, object]) -> None:
    permit = msgspec.structs.replace(office.permit("zhang"), **wrong)
    with pytest.raises(RefusedError) as no:
        office.post(AskHolder(permit=permit))
    assert no.value.args == (404, "unknown-permit")


def test_every_reason_the_samples_meet_has_a_sentence_at_the_kiosk(office: Hall) -> None:
    known = [office.holder(key) for key in SAMPLES]
    reasons = {offer.refused for one in known for offer in one.offers} - {""}
    whole = {one.refused for one in known} - {""}
    assert len(reasons) >= 5
    assert {reason.replace("_", "-") for reason in reasons | whole} <= CentralRefused.said
    for language in LANGUAGES:
        assert {f"endorsement.refused.{reason}" for reason in reasons} <= catalogue(language).keys()
