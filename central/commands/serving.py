"""``python -m central`` alone: serve kiosks and operators until interrupted."""

import asyncio
import signal
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from central.commands.line import HERE, Data, app
from central.enrolment import Place
from central.periods import LONGEST, STANDARD, Periods
from central.photos import DAYS
from central.server import LOOPBACK, Central, Settings

CertificateDays = Annotated[
    int, typer.Option(min=0, max=LONGEST, help="So long after their last valid day certificates can be verified.")
]
RecordDays = Annotated[int, typer.Option(min=1, max=LONGEST, help="So long a printed record can be had again.")]
OpenDays = Annotated[
    int, typer.Option(min=31, max=LONGEST, help="So long an open complaint is kept; told 30 days before.")
]
AnswerDays = Annotated[int, typer.Option(min=1, max=LONGEST, help="So long the answer to a settled one can be read.")]
WithSamples = Annotated[
    bool, typer.Option("--samples", help="Sample citizens and decisions; payments by code go to a simulated provider.")
]


@app.callback(invoke_without_command=True)
def serve(
    context: typer.Context,
    *,
    data: Data = HERE,
    host: Annotated[str, typer.Option(help="Address for kiosks; the console stays on the loopback.")] = LOOPBACK,
    name: Annotated[list[str] | None, typer.Option(help="Name or address in the server certificate.")] = None,
    port: Annotated[int, typer.Option(help="For kiosks; 0 is any free one.")] = 8443,
    console_port: Annotated[int, typer.Option(help="For operators.")] = 8080,
    hotline: Annotated[str, typer.Option(help="Telephone number on receipts and closed screens.")] = "",
    proof_url: Annotated[str, typer.Option(help="Where a receipt can be checked; default: the console.")] = "",
    verify_url: Annotated[str, typer.Option(help="Where a certificate can be verified; default: the console.")] = "",
    photo_url: Annotated[str, typer.Option(help="Where photos are fetched by code; default: the console.")] = "",
    photo_days: Annotated[int, typer.Option(min=1, max=30, help="So long photos wait behind their codes.")] = DAYS,
    certificate_days: CertificateDays = STANDARD.certificates.days,
    record_days: RecordDays = STANDARD.records.days,
    open_days: OpenDays = STANDARD.open.days,
    answer_days: AnswerDays = STANDARD.answers.days,
    samples: WithSamples = False,
    portraits: Annotated[Path | None, typer.Option(help="Pictures of the sample holders (`anybody.jpg`).")] = None,
) -> None:
    """Serve kiosks (mutual TLS) and operators (loopback) until interrupted."""
    if context.invoked_subcommand:
        return
    proof = proof_url or f"http://{LOOPBACK}:{console_port}/proof/"
    names = ("localhost", LOOPBACK, *(name or ()))
    place = Place(proof, hotline, photo_url=photo_url)
    periods = Periods(
        certificates=timedelta(days=certificate_days),
        records=timedelta(days=record_days),
        open=timedelta(days=open_days),
        answers=timedelta(days=answer_days),
    )
    listens = (data, port, console_port, host, names, place, samples, portraits)
    settings = Settings(*listens, verify_url=verify_url, photo_days=photo_days, periods=periods)
    central = Central(settings)
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
        if central.provider:
            typer.echo(f"telephone http://{LOOPBACK}:{console_port}/phone")

    await central.run(stop, started)
