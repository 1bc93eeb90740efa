"""A sample person's ten years, for papers: made up, and marked as samples."""

from dataclasses import replace
from datetime import UTC, date, datetime

from stationery.imprint import Copied, Imprint, Verified
from stationery.social import AccountYear, Insured, Month, Record, Standing

MADE_AT = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
AS_OF = date(2026, 3, 1)
ZHANG = Insured("张样本", "440703199003070013")
RATES = {
    "pension": (80, 160),
    "medical": (20, 55),
    "unemployment": (2, 8),
    "injury": (0, 4),
    "maternity": (0, 5),
}
"""Of the base, in thousandths: own part, employer's part."""
FIRST, LAST = 201603, 202602
OLD, NEW = "江门市蓬江区样本电子有限公司", "广东样本智能制造股份有限公司江门市蓬江区第一分公司（样本）"


def months(insurances: tuple[str, ...] = tuple(RATES)) -> list[Month]:
    """Every month from March 2016 to February 2026."""
    made = []
    for at in range(120):
        year, month = 2016 + (at + 2) // 12, (at + 2) % 12 + 1
        base = 520_000 + (year - 2016) * 35_000
        for insurance in insurances:
            own, employers = (base * rate // 1000 for rate in RATES[insurance])
            made.append(Month(year * 100 + month, insurance, OLD if year < 2021 else NEW, base, own, employers))
    return made


def account() -> list[AccountYear]:
    """What the own parts became."""
    years, before = [], 0
    for year in range(2016, 2026):
        paid = sum(m.own for m in months(("pension",)) if m.period // 100 == year)
        interest = before * 3 // 100
        after = before + paid + interest
        years.append(AccountYear(year, before, paid, interest, 10 if year == 2016 else 12, after))
        before = after
    return years


STANDINGS = (
    Standing("pension", "paying", 120, FIRST),
    Standing("medical", "paying", 120, FIRST),
    Standing("unemployment", "paying", 120, FIRST),
    Standing("injury", "paused", 120, FIRST),
    Standing("maternity", "ended", 120, FIRST),
)
NEVER = Standing("maternity", "ended", 0, 0)


def record() -> Record:
    """All of it."""
    return Record(STANDINGS, months(), account(), AS_OF)


def imprint(title: str, english: str) -> Imprint:
    """From the sample machine."""
    return Imprint(
        title=title,
        english=english,
        department="蓬江区社会保险基金管理局（样本）",
        site="蓬江区 24 小时自助服务区（样本）",
        reference="44070301260302000042",
        made_at=MADE_AT,
        hotline="12333",
    )


RIGHTS = imprint("社会保险个人权益记录单", "Personal record of social insurance")
HISTORY = imprint("社会保险缴费明细", "Contributions to social insurance")
CERTIFICATE = imprint("社会保险参保证明", "Certificate of social insurance")
VERIFIED = Verified(
    "7KQM-2V0X-9RTD-5C4W-H",
    "https://verify.example/verify/7KQM2V0X9RTD5C4WH",
    date(2026, 8, 29),
    "https://verify.example/verify/",
    kept_until=date(2027, 8, 29),
)
COPIED = replace(RIGHTS, copied=Copied(2, datetime(2026, 3, 20, 1, 5, tzinfo=UTC), "江海区自助服务区（样本）"))
