"""Complaints, praise and suggestions."""

from typing import Annotated

import typer

from central import feedback
from central.commands.line import HERE, By, Data, app, do

Number = Annotated[str, typer.Argument(help="On the citizen's slip, and on the console.")]


@app.command()
def call_back(number: Number, by: By, data: Data = HERE) -> None:
    """The telephone number of a complaint, a praise or a suggestion: who asks for it calls."""
    do(lambda front: feedback.call_back(front.store, number, by), data)


@app.command()
def settle(
    number: Number,
    by: By,
    data: Data = HERE,
    *,
    answer: Annotated[str, typer.Option(help="What whoever said it can read at any machine, in Chinese.")] = "",
) -> None:
    """It was answered, perhaps in writing; its telephone number is wiped."""
    do(lambda front: feedback.settle(front.store, front.clock, number, by, answer), data)
