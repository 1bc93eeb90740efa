"""How values are shown to a citizen: Shanghai time, masked cards."""

from datetime import date, datetime

from kiosk_app.local_time import LOCAL


def moment(at: datetime) -> str:
    """``2026-11-02 08:14``, local."""
    return f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M}"


def short_time(at: datetime) -> str:
    """``14:33``, local."""
    return f"{at.astimezone(LOCAL):%H:%M}"


def day(on: date) -> str:
    """``2026-11-02``."""
    return on.isoformat()


def card_text(name: str, masked: str) -> str:
    """``银联 **** 4412``: the network's name and the last four digits."""
    return f"{name} **** {masked[-4:]}".strip()


def period(number: int) -> str:
    """``202611`` as ``2026-11``, ``2026`` as it is."""
    return f"{number // 100}-{number % 100:02d}" if number > 9999 else str(number)
