"""The command line itself: what its commands share, and how what staff do with a case is told."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from central.codes import MistypedError
from central.front import Front
from central.problems import Refused
from central.server import Central, Settings

app = typer.Typer(add_completion=False, no_args_is_help=False)

Data = Annotated[Path, typer.Option(help="Folder with the database, the authority and its keys.")]
By = Annotated[str, typer.Option(help="Who does it.")]
HERE = Path("central-data")


def do(work: Callable[[Front], str | None], data: Path) -> None:
    """Do it, and print what it says, or that it is done; or why it is not."""
    try:
        said = work(Central(Settings(data)).front)
    except (Refused, MistypedError) as no:
        typer.echo(f"not done: {no.title if isinstance(no, Refused) else no}", err=True)
        raise typer.Exit(1) from None
    typer.echo("done" if said is None else said)
