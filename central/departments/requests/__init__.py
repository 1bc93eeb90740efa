"""Requests for services that are data: looked at before anything is paid, cases afterwards (``services.toml``)."""

from central.departments.requests.handling import Line, finish, forget, lines, take
from central.departments.requests.office import Requests

__all__ = ["Line", "Requests", "finish", "forget", "lines", "take"]
