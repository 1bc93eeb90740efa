"""Requests for services that are data."""

from typing import Annotated

import typer

from central.commands.line import HERE, By, Data, app, do
from central.departments import requests

OnSlip = Annotated[str, typer.Argument(help="The number on the citizen's slip, and on the console.")]


@app.command()
def request(number: OnSlip, by: By, data: Data = HERE) -> None:
    """Take a request and show what was answered, for whoever does it: it has an owner then."""
    do(lambda front: "\n".join(requests.take(front.store, number, by)), data)


@app.command()
def request_done(number: OnSlip, by: By, data: Data = HERE) -> None:
    """It was done: its citizen sees that at a machine, and digits that were answered (a telephone) are wiped."""
    do(lambda front: requests.finish(front.store, front.clock, number, by), data)
