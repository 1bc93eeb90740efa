"""Papers for cases at counters."""

from pathlib import Path
from typing import Annotated

import typer

from central.commands.line import HERE, By, Data, app, do

Case = Annotated[str, typer.Argument(help="Of a case on the console.")]


@app.command()
def papers(case: Case, by: By, out: Annotated[Path, typer.Option(help="A folder.")], data: Data = HERE) -> None:
    """Open the photographed papers of a case; who did is kept."""
    do(lambda front: typer.echo("\n".join(map(str, front.photographed.staff.open(case, by, out)))), data)


@app.command()
def send_back(case: Case, paper: Annotated[str, typer.Argument(help="Its key.")], by: By, data: Data = HERE) -> None:
    """A paper cannot be used: it is asked for again, and its pages are wiped."""
    do(lambda front: front.photographed.staff.send_back(case, paper, by), data)


@app.command()
def decide(case: Case, by: By, data: Data = HERE) -> None:
    """A case is over: it takes no more papers, and those it has are wiped after their time."""
    do(lambda front: front.photographed.staff.decide(case, by), data)
