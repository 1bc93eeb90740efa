"""How papers write numbers, days and amounts."""

from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

CHINA: Final = ZoneInfo("Asia/Shanghai")


def masked(number: str) -> str:
    """An identity number that its holder's card confirms and nobody else can use: birthday and sequence covered."""
    return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}"


def chinese_day(day: date) -> str:
    """``2026年3月7日``."""
    return f"{day.year}年{day.month}月{day.day}日"


def money(fen: int) -> str:
    """``12,345.60``."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def period(month: int) -> str:
    """``201603`` as ``2016年03月``."""
    return f"{month // 100}年{month % 100:02d}月"
