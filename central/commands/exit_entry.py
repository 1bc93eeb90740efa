"""Cases of exit-entry, and cards from a machine's box."""

from typing import Annotated

import typer

from central.commands.line import HERE, By, Data, app, do
from central.departments.exit_entry import desk

Approval = Annotated[str, typer.Argument(help="Of a case on the console.")]


@app.command()
def take(approval: Approval, by: By, data: Data = HERE) -> None:
    """Take a case of exit-entry: it has an owner then."""
    do(lambda front: desk.take(front.store, approval, by), data)


@app.command()
def finish(approval: Approval, by: By, data: Data = HERE) -> None:
    """The card of a case is in order: what was paid is printed on it."""
    do(lambda front: desk.finish(front.store, front.clock, approval, by), data)


@app.command()
def hand_out(
    slip: Annotated[str, typer.Argument(help="The number on the citizen's slip.")],
    by: By,
    data: Data = HERE,
) -> None:
    """A card from a machine's box was given to its holder."""
    do(lambda front: desk.hand_out(front.store, slip, by), data)
