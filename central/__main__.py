"""``python -m central``: serve, make an enrolment code, revoke a kiosk."""

import asyncio
import signal
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from central import feedback, registry
from central.catalogue import CatalogueFault, Section, read, read_house, read_offers, read_section
from central.codes import MistypedError
from central.departments import guide, requests, social
from central.departments.exit_entry import desk, faults
from central.enrolment import Place
from central.front import Front
from central.payments import ProviderSilent
from central.payments import reconcile as reconcile_
from central.periods import LONGEST, STANDARD, Periods
from central.photos import DAYS
from central.problems import Refused
from central.server import LOOPBACK, Central, Settings
from kiosk_app.contract.catalogue import SocialRules
from kiosk_app.contract.guide import Guide

app = typer.Typer(add_completion=False, no_args_is_help=False)

Data = Annotated[Path, typer.Option(help="Folder with the database, the authority and its keys.")]

Samples = Annotated[bool, typer.Option("--samples", help="The simulated provider, as `serve --samples`.")]


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
    verify_url: Annotated[str, typer.Option(help="Where a certificate can be verified; default: the console.")] = "",
    photo_url: Annotated[str, typer.Option(help="Where photos are fetched by code; default: the console.")] = "",
    photo_days: Annotated[int, typer.Option(min=1, max=30, help="So long photos wait behind their codes.")] = DAYS,
    certificate_days: Annotated[
        int, typer.Option(min=0, max=LONGEST, help="So long after their last valid day certificates can be verified.")
    ] = STANDARD.certificates.days,
    record_days: Annotated[
        int, typer.Option(min=1, max=LONGEST, help="So long a printed record can be had again.")
    ] = STANDARD.records.days,
    open_days: Annotated[
        int,
        typer.Option(min=31, max=LONGEST, help="So long an open complaint is kept; told 30 days before."),
    ] = STANDARD.open.days,
    answer_days: Annotated[
        int, typer.Option(min=1, max=LONGEST, help="So long the answer to a settled one can be read.")
    ] = STANDARD.answers.days,
    samples: Annotated[
        bool,
        typer.Option("--samples", help="Sample citizens and decisions; payments by code go to a simulated provider."),
    ] = False,
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


@app.command()
def reconcile(data: Data = Path("central-data"), *, samples: Samples = False) -> None:
    """Ask the payment providers what became of every order that may still change, as each night; list the cases."""
    front = Central(Settings(data, sample_provider=samples)).front
    night = reconcile_.reconcile(front.store, front.orders, front.clock)
    typer.echo(f"{night.looked} orders looked at, {night.changed} changed, provider silent for {night.silent}")
    for case in front.books().cases:
        typer.echo(f"{case.reference}  {case.amount / 100:.2f}  {case.channel}  {case.why}: {case.advice}")


@app.command()
def refund(
    reference: Annotated[str, typer.Argument(help="Of a case on the console.")],
    by: Annotated[str, typer.Option(help="Who decides it.")],
    data: Data = Path("central-data"),
    *,
    kiosk_lost: Annotated[bool, typer.Option(help="The kiosk and its store are gone for good.")] = False,
    by_hand: Annotated[bool, typer.Option(help="If the provider refuses: write down that you hand it out.")] = False,
    samples: Samples = False,
) -> None:
    """Give the money of a case back to whoever paid it by code. Only what this says is to be handed out."""
    front = Central(Settings(data, sample_provider=samples)).front
    try:
        hand_out = reconcile_.refund(
            front.store, front.orders, front.clock, reference, by=by, kiosk_lost=kiosk_lost, by_hand=by_hand
        )
    except (Refused, ProviderSilent) as no:
        why = no.title if isinstance(no, Refused) else "the provider does not answer"
        typer.echo(f"not given back: {why}", err=True)
        raise typer.Exit(1) from None
    typer.echo("the provider refuses, and will not be asked again: hand it out now" if hand_out else "given back")


# --- rules and fees ---


class Part(StrEnum):
    """Whose rules a file holds."""

    EXIT_ENTRY = "exit-entry"
    SOCIAL = "social"
    GUIDE = "guide"
    SERVICES = "services"
    HOUSE = "house"


@app.command()
def publish(
    file: Annotated[Path, typer.Argument(help="What is to hold from now on, whole (TOML).")],
    data: Data = Path("central-data"),
    *,
    section: Annotated[Part, typer.Option(help="Of what.")] = Part.EXIT_ENTRY,
    check: Annotated[bool, typer.Option("--check", help="Only say what is wrong with it.")] = False,
) -> None:
    """Check a section of the catalogue and sign the whole anew: central and all kiosks go by it from then on.

    Sections: a department's rules and fees, the guide, services that are data, and the house's notices and hours.
    """
    try:
        rules = _rules(file, section)
        said = "nothing is wrong" if check else f"version {Central(Settings(data)).front.catalogue.publish(rules)}"
    except CatalogueFault as fault:
        for line in str(fault).split("; "):
            typer.echo(f"not published: {line}", err=True)
        raise typer.Exit(1) from None
    typer.echo(said)


def _rules(file: Path, section: Part) -> Section:
    """What the file holds. Raises CatalogueFault."""
    match section:
        case Part.EXIT_ENTRY:
            return read(file, faults)
        case Part.SOCIAL:
            return read_section(file, social.faults, SocialRules)
        case Part.GUIDE:
            return read_section(file, guide.faults, Guide)
        case Part.SERVICES:
            return read_offers(file)
        case Part.HOUSE:
            return read_house(file)


# --- exit-entry ---

Approval = Annotated[str, typer.Argument(help="Of a case on the console.")]
By = Annotated[str, typer.Option(help="Who does it.")]


@app.command()
def take(approval: Approval, by: By, data: Data = Path("central-data")) -> None:
    """Take a case of exit-entry: it has an owner then."""
    _do(lambda front: desk.take(front.store, approval, by), data)


@app.command()
def finish(approval: Approval, by: By, data: Data = Path("central-data")) -> None:
    """The card of a case is in order: what was paid is printed on it."""
    _do(lambda front: desk.finish(front.store, front.clock, approval, by), data)


@app.command()
def hand_out(
    slip: Annotated[str, typer.Argument(help="The number on the citizen's slip.")],
    by: By,
    data: Data = Path("central-data"),
) -> None:
    """A card from a machine's box was given to its holder."""
    _do(lambda front: desk.hand_out(front.store, slip, by), data)


# --- requests for services that are data ---

OnSlip = Annotated[str, typer.Argument(help="The number on the citizen's slip, and on the console.")]


@app.command()
def request(number: OnSlip, by: By, data: Data = Path("central-data")) -> None:
    """Take a request and show what was answered, for whoever does it: it has an owner then."""
    try:
        lines = requests.take(Central(Settings(data)).front.store, number, by)
    except Refused as no:
        typer.echo(f"not done: {no.title}", err=True)
        raise typer.Exit(1) from None
    for line in lines:
        typer.echo(line)


@app.command()
def request_done(number: OnSlip, by: By, data: Data = Path("central-data")) -> None:
    """It was done: its citizen sees that at a machine, and digits that were answered (a telephone) are wiped."""
    _do(lambda front: requests.finish(front.store, front.clock, number, by), data)


# --- feedback ---

Number = Annotated[str, typer.Argument(help="On the citizen's slip, and on the console.")]


@app.command()
def call_back(number: Number, by: By, data: Data = Path("central-data")) -> None:
    """The telephone number of a complaint, a praise or a suggestion: who asks for it calls."""
    try:
        typer.echo(feedback.call_back(Central(Settings(data)).front.store, number, by))
    except Refused as no:
        typer.echo(f"not done: {no.title}", err=True)
        raise typer.Exit(1) from None


@app.command()
def settle(
    number: Number,
    by: By,
    data: Data = Path("central-data"),
    *,
    answer: Annotated[str, typer.Option(help="What whoever said it can read at any machine, in Chinese.")] = "",
) -> None:
    """It was answered, perhaps in writing; its telephone number is wiped."""
    _do(lambda front: feedback.settle(front.store, front.clock, number, by, answer), data)


# --- papers for cases at counters ---

Case = Annotated[str, typer.Argument(help="Of a case on the console.")]


@app.command()
def papers(
    case: Case, by: By, out: Annotated[Path, typer.Option(help="A folder.")], data: Data = Path("central-data")
) -> None:
    """Open the photographed papers of a case; who did is kept."""
    _do(lambda front: typer.echo("\n".join(map(str, front.photographed.staff.open(case, by, out)))), data)


@app.command()
def send_back(
    case: Case, paper: Annotated[str, typer.Argument(help="Its key.")], by: By, data: Data = Path("central-data")
) -> None:
    """A paper cannot be used: it is asked for again, and its pages are wiped."""
    _do(lambda front: front.photographed.staff.send_back(case, paper, by), data)


@app.command()
def decide(case: Case, by: By, data: Data = Path("central-data")) -> None:
    """A case is over: it takes no more papers, and those it has are wiped after their time."""
    _do(lambda front: front.photographed.staff.decide(case, by), data)


# --- certificates ---


@app.command()
def revoke_certificate(
    code: Annotated[str, typer.Argument(help="As it is printed.")], by: By, data: Data = Path("central-data")
) -> None:
    """Whoever verifies it is told from now on that it was revoked."""
    _do(lambda front: front.certificates.revoke(code, by), data)


def _do(work: Callable[[Front], None], data: Path) -> None:
    try:
        work(Central(Settings(data)).front)
    except (Refused, MistypedError) as no:
        typer.echo(f"not done: {no.title if isinstance(no, Refused) else no}", err=True)
        raise typer.Exit(1) from None
    typer.echo("done")


if __name__ == "__main__":
    app()
