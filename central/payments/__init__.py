"""Payment by code: providers behind adapters, in one vocabulary; the orders; the nightly look at both.

A :class:`Channel` is one provider (WeChat Pay Native, Alipay precreate; ``domain.md`` 8.8) under one merchant
contract. It translates and keeps nothing. Rules: amounts are fen inside and whatever the provider wants outside;
what names the payer (openid, account) is dropped in the adapter and exists nowhere else; silence is
:class:`ProviderSilent` and means nothing; only :class:`ProviderRefused` is a no.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from kiosk_app.contract import OrderState


class ProviderSilent(Exception):
    """No answer, or "later": it may have done what was asked."""


class ProviderRefused(Exception):
    """A clear no, with the provider's own word as ``code``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Trade:
    """What a provider says of a number. ``amount`` in fen, None if it does not say; ``word``: its own for the state."""

    state: OrderState
    word: str
    amount: int | None = None
    transaction: str = ""


class Channel(Protocol):
    """One provider. Calls block (central asks in worker threads) and may be repeated. All raise ProviderSilent."""

    def create(self, number: str, amount: int, expires_at: datetime) -> str:
        """The text of the code for ``amount`` fen. The same number and amount give the same. Raises ProviderRefused."""

    def query(self, number: str) -> Trade | None:
        """What became of it; None when the provider does not know the number (Alipay: until somebody scanned)."""

    def close(self, number: str) -> None:
        """Let nobody pay it any more. Raises ProviderRefused when it is paid, or is being paid."""

    def refund(self, number: str, amount: int) -> None:
        """Give ``amount`` fen, all of it, back; once, however often asked. Raises ProviderRefused."""


Channels = Mapping[str, Channel]
"""By the name that the contract uses: ``wechat``, ``alipay``."""


def text_of(said: Mapping[str, Any], name: str) -> str:
    """A field that must be there. Raises ProviderSilent: an answer that cannot be read says nothing."""
    value = said.get(name)
    if not isinstance(value, str) or not value:
        raise ProviderSilent(f"no {name}")
    return value
