"""Requests for services that are data: looked at before anything is paid, cases afterwards (``services.toml``)."""

from central.calls import Call
from central.departments.requests.handling import Line, finish, forget, lines, take, waiting
from central.departments.requests.office import Requests
from kiosk_app.contract.requests import AskRequest


def calls(office: Requests) -> tuple[Call, ...]:
    """What a kiosk may ask of it."""
    return (Call(AskRequest, lambda db, kiosk, *rest: office.request(db, kiosk.id, *rest), writes=True),)


__all__ = ["Line", "Requests", "calls", "finish", "forget", "lines", "take", "waiting"]
