"""Papers of social security: what was paid, month by month and year by year, and that somebody is insured.

A value in, PDF bytes out. Amounts are fen; a period is the number YYYYMM, China's. The identity number is masked on all
of them (birthday and sequence covered): the holder's own card confirms it, and a lost paper gives nothing away. A paper
without seal says that it is none to be shown to others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Spacer

from stationery.house import Column, body_text, facts, heading, issued, note, paper, table
from stationery.imprint import Imprint, Verified
from stationery.wording import chinese_day, masked, money, period

INSURANCES: Final = {
    "pension": ("基本养老保险", "Pension"),
    "medical": ("基本医疗保险", "Medical"),
    "unemployment": ("失业保险", "Unemployment"),
    "injury": ("工伤保险", "Work injury"),
    "maternity": ("生育保险", "Maternity"),
}
STATES: Final = {"paying": "正常参保", "paused": "暂停缴费", "ended": "终止参保"}
SEAL_FIELD: Final = "seal"
"""The signature field of a sealed paper."""


@dataclass(frozen=True)
class Insured:
    """Whose paper it is."""

    name: str
    number: str


@dataclass(frozen=True)
class Standing:
    """One insurance: ``months`` paid in all, since the period ``since``; 0 if never."""

    insurance: str
    state: str
    months: int
    since: int


@dataclass(frozen=True)
class Month:
    """One month of one insurance."""

    period: int
    insurance: str
    employer: str
    base: int
    own: int
    employers: int


@dataclass(frozen=True)
class AccountYear:
    """The personal pension account in one year; ``after`` is what was there at its end."""

    year: int
    before: int
    paid: int
    interest: int
    months: int
    after: int


@dataclass(frozen=True)
class Record:
    """What the department's books say on the day ``as_of``; months oldest first."""

    standings: Sequence[Standing]
    months: Sequence[Month]
    account: Sequence[AccountYear]
    as_of: date


def rights_record(person: Insured, record: Record, imprint: Imprint) -> bytes:
    """个人权益记录单: each insurance as it stands, what was paid in each year, the pension account by year."""
    body = [
        _person(person, record, _years(record.months)),
        *heading("一、参加社会保险情况", "Insurances"),
        _standings(record.standings),
        *heading("二、历年缴费月数和金额", "Paid by year"),
        _by_year(record.months),
    ]
    if record.account:
        body.append(
            KeepTogether([*heading("三、基本养老保险个人账户", "Personal pension account"), _account(record.account)])
        )
    return paper(imprint, _holder(person), [*body, *_own_use(), issued(imprint, None)])


def contribution_history(
    person: Insured, record: Record, imprint: Imprint, *, insurances: Sequence[str], first: int, last: int
) -> bytes:
    """缴费明细: every month from ``first`` to ``last`` (periods) of the chosen ``insurances``, summed up by year."""
    chosen = [m for m in record.months if first <= m.period <= last]
    body: list[Flowable] = [_person(person, record, f"{period(first)} 至 {period(last)}")]
    for insurance in insurances:
        months = [month for month in chosen if month.insurance == insurance]
        body += heading(*INSURANCES[insurance])
        body += [_months(months)] if months else note("本期间没有缴费记录。", english="Nothing was paid in this time.")
    return paper(imprint, _holder(person), [*body, *_own_use(), issued(imprint, None)])


def insured_certificate(
    person: Insured, standings: Sequence[Standing], as_of: date, imprint: Imprint, verified: Verified
) -> bytes:
    """参保证明, with an empty signature field :data:`SEAL_FIELD` where the seal belongs."""
    body = [
        facts(
            [
                ("姓名", "Name", person.name),
                ("公民身份号码", "ID number", masked(person.number)),
                ("数据截至", "As of", chinese_day(as_of)),
                ("有效期至", "Valid until", chinese_day(verified.valid_until) if verified.valid_until else "长期"),
            ]
        ),
        Spacer(0, 4 * mm),
        body_text(f"兹证明{person.name}在我局参加社会保险。截至{chinese_day(as_of)}，其参保情况如下："),
        Spacer(0, 2 * mm),
        _standings(standings),
        Spacer(0, 3 * mm),
        body_text("特此证明。"),
        Spacer(0, 3 * mm),
        *note(
            "本证明由系统依据社会保险登记和缴费数据出具，加盖电子印章，与纸质盖章证明具有同等用途。"
            "纸面印章仅供识别，真伪以核验结果为准；涂改、过期或与核验结果不一致的无效。",
            english="Issued from the records of social security. Paper can be copied: trust the verification page.",
        ),
        issued(imprint, verified, field=SEAL_FIELD),
    ]
    return paper(imprint, _holder(person), body)


def in_words(standing: Standing) -> tuple[str, str, str]:
    """State, first month and number of months, as papers and the verification page say them."""
    if not standing.months:
        return "未参保", "—", "—"
    return STATES[standing.state], period(standing.since), f"{standing.months} 个月"


# --- parts ---


def _holder(person: Insured) -> str:
    return f"{person.name}　{masked(person.number)}"


def _person(person: Insured, record: Record, time: str) -> Flowable:
    return facts(
        [
            ("姓名", "Name", person.name),
            ("社会保障号码", "Number", masked(person.number)),
            ("记录期间", "Period", time),
            ("数据截至", "As of", chinese_day(record.as_of)),
        ]
    )


def _standings(standings: Sequence[Standing]) -> Flowable:
    columns = [
        Column("险种", "Insurance", 0),
        Column("参保状态", "State", 34),
        Column("首次参保", "Since", 34),
        Column("累计缴费", "Months in all", 34, "right"),
    ]
    return table(columns, [("　".join(INSURANCES[s.insurance]), *in_words(s)) for s in standings])


def _by_year(months: Sequence[Month]) -> Flowable:
    kinds = [kind for kind in INSURANCES if any(month.insurance == kind for month in months)]
    columns = [
        Column("年度", "Year", 20),
        *(
            Column(INSURANCES[kind][0].removeprefix("基本").removesuffix("保险"), "months", 18, "right")
            for kind in kinds
        ),
        Column("个人缴费", "Own part, yuan", 0, "right"),
        Column("单位缴费", "Employer's, yuan", 0, "right"),
    ]
    rows, of_year = [], sorted(months, key=lambda month: month.period // 100)
    for year, group in groupby(of_year, key=lambda month: month.period // 100):
        paid = list(group)
        rows.append((str(year), *_counted(paid, kinds)))
    rows.append(("合计", *_counted(months, kinds)))
    return table(columns, rows, sums=[len(rows) - 1])


def _counted(months: Sequence[Month], kinds: Sequence[str]) -> tuple[str, ...]:
    counts = [sum(month.insurance == kind for month in months) for kind in kinds]
    own, employers = sum(month.own for month in months), sum(month.employers for month in months)
    return (*(str(count) if count else "—" for count in counts), money(own), money(employers))


def _account(account: Sequence[AccountYear]) -> Flowable:
    columns = [
        Column("年度", "Year", 20),
        Column("上年结转", "Carried over", 0, "right"),
        Column("当年记账", "Paid in", 0, "right"),
        Column("当年利息", "Interest", 0, "right"),
        Column("缴费月数", "Months", 22, "right"),
        Column("年末储存额", "At the end", 0, "right"),
    ]
    rows = [
        (
            str(year.year),
            money(year.before),
            money(year.paid),
            money(year.interest),
            str(year.months),
            money(year.after),
        )
        for year in account
    ]
    return table(columns, rows)


def _months(months: Sequence[Month]) -> Flowable:
    columns = [
        Column("缴费月份", "Month", 21),
        Column("缴费单位", "Employer", 0),
        Column("缴费基数", "Base", 22, "right"),
        Column("个人缴费", "Own part", 22, "right"),
        Column("单位缴费", "Employer's", 22, "right"),
    ]
    rows, sums = [], []
    for year, group in groupby(months, key=lambda month: month.period // 100):
        paid = list(group)
        rows += [(period(m.period), m.employer, money(m.base), money(m.own), money(m.employers)) for m in paid]
        sums.append(len(rows))
        own, employers = sum(m.own for m in paid), sum(m.employers for m in paid)
        rows.append((f"{year} 年", f"小计　{len(paid)} 个月", "", money(own), money(employers)))
    return table(columns, rows, sums=sums)


def _own_use() -> list[Flowable]:
    return [Spacer(0, 1.5 * mm), *_notes()]


def _notes() -> list[Flowable]:
    return note(
        "金额单位：元。本单供本人查阅，未加盖电子印章，不作对外证明；需要证明的，请在本机选择“参保证明”。"
        "对记录有异议的，请持有效证件到社会保险经办窗口申请核对。",
        english="Amounts in yuan. For your own use, without a seal; for a certificate choose 'Insured certificate' "
        "at the machine. If something is wrong, ask at a social security counter.",
    )


def _years(months: Sequence[Month]) -> str:
    if not months:
        return "—"
    return f"{months[0].period // 100} 年至 {months[-1].period // 100} 年"
