"""Which machines are ours: enrol one, trust one no longer."""

from typing import Annotated

import typer

from central import registry
from central.commands.line import HERE, Data, app
from central.server import Central, Settings


@app.command()
def enrolment_code(site: Annotated[str, typer.Option(help="Where the machine stands.")], data: Data = HERE) -> None:
    """Print a fresh one-time code for one machine; good for 24 hours."""
    typer.echo(Central(Settings(data)).enrolment.new_code(site))


@app.command()
def revoke(kiosk: Annotated[str, typer.Argument(help="Its id.")], data: Data = HERE) -> None:
    """Trust a kiosk no longer, at once."""
    central = Central(Settings(data))
    with central.front.store.write() as connection:
        known = registry.revoke(connection, kiosk, central.clock.now())
    typer.echo("revoked" if known else "no such kiosk")
    raise typer.Exit(0 if known else 1)
