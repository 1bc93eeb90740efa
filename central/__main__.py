"""``python -m central``: serve, make an enrolment code, revoke a kiosk."""

import asyncio
import signal
from pathlib import Path
from typing import Annotated

import typer

from central import registry
from central.enrolment import Place
from central.server import LOOPBACK, Central, Settings

app = typer.Typer(add_completion=False, no_args_is_help=False)

Data = Annotated[Path, typer.Option(help="Folder with the database, the authority and its keys.")]


@app.callback(invoke_without_command=True)
def serve(
    context: typer.Context,
    *,
    data: Data = Path("central-data"),
    host: Annotated[str, typer.Option(help="Address for kiosks; the console stays on the loopback.")] = LOOPBACK,
    name: Annotated[list[str] | None, typer.Option(help="Name or address in the server certificate.")] = None,
    port: Annotated[int, typer.Option(help="For kiosks; 0 is any free one.")] = 8443,
    console_port: Annotated[int, typer.Option(help="For operators.")] = 8080,
    hotline: Annotated[str, typer.Option(help="Telephone number on receipts and closed screens.")] = "",
    proof_url: Annotated[str, typer.Option(help="Where a receipt can be checked; default: the console.")] = "",
    samples: Annotated[bool, typer.Option("--samples", help="Load sample citizens and decisions once.")] = False,
) -> None:
    """Serve kiosks (mutual TLS) and operators (loopback) until interrupted."""
    if context.invoked_subcommand:
        return
    proof = proof_url or f"http://{LOOPBACK}:{console_port}/proof/"
    names = ("localhost", LOOPBACK, *(name or ()))
    central = Central(Settings(data, port, console_port, host, names, Place(proof, hotline)))
    if samples:
        central.load_samples()
    asyncio.run(_serve(central, host))


async def _serve(central: Central, host: str) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    def started(port: int, console_port: int) -> None:
        typer.echo(f"kiosks    https://{host}:{port}/k/v1")
        typer.echo(f"console   http://{LOOPBACK}:{console_port}/")
        typer.echo(f"authority sha256 {central.authority.fingerprint}")

    await central.run(stop, started)


@app.command()
def enrolment_code(
    site: Annotated[str, typer.Option(help="Where the machine stands.")], data: Data = Path("central-data")
) -> None:
    """Print a fresh one-time code for one machine; good for 24 hours."""
    typer.echo(Central(Settings(data)).enrolment.new_code(site))


@app.command()
def revoke(kiosk: Annotated[str, typer.Argument(help="Its id.")], data: Data = Path("central-data")) -> None:
    """Trust a kiosk no longer, at once."""
    central = Central(Settings(data))
    with central.front.store.write() as connection:
        known = registry.revoke(connection, kiosk, central.clock.now())
    typer.echo("revoked" if known else "no such kiosk")
    raise typer.Exit(0 if known else 1)


if __name__ == "__main__":
    app()
