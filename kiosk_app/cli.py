"""The command line: ``kiosk run | demo | enrol | device | doctor | books``.

Rule: a technician reads one sentence and knows what to do; scripts get ``--json`` and an exit status. Heavy
rooms (Kivy, central) are imported by the command that needs them, so that ``kiosk books`` answers at once.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Coroutine
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import structlog
import typer
from rich.console import Console
from rich.table import Column, Table

from kiosk_app.errors import ConfigError, KioskError
from kiosk_app.money.amounts import Fen, yuan

if TYPE_CHECKING:
    from kiosk_app.books import Books

HELP = """A self-service kiosk: run it, enrol it, try its devices, read its books.

A command that fails says in one sentence what is wrong and what to do, and ends with status 1."""

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False, help=HELP)
out = Console(soft_wrap=True)

ConfigOption = Annotated[Path, typer.Option("--config", help="The machine's kiosk.toml.")]
JsonOption = Annotated[bool, typer.Option("--json", help="For scripts: one JSON object on standard output.")]


def main() -> None:
    """Entry point: our own errors are one sentence and status 1, never a traceback."""
    structlog.configure(
        processors=[structlog.processors.TimeStamper(fmt="iso"), structlog.processors.JSONRenderer(ensure_ascii=False)],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    try:
        app()
    except KioskError as error:
        complain(str(error), error.operator)
        raise SystemExit(1) from None


def complain(what: str, advice: str) -> None:
    """What is wrong, and what to do about it."""
    Console(stderr=True, soft_wrap=True).print(f"{what}\n{advice}", markup=False)


@app.command()
def run(config: ConfigOption = Path("kiosk.toml")) -> None:
    """Be a kiosk until stopped."""
    from kiosk_app.config import read_config  # noqa: PLC0415

    settings, base = read_config(config), config.absolute().parent
    os.umask(0o077)  # whatever this process writes is nobody else's to read
    # Kivy reads it when first imported. Kept between starts: it holds the fonts that were made ready for it.
    os.environ.setdefault("KIVY_HOME", str(base / ".screen"))
    from kiosk_app import app as root  # noqa: PLC0415

    asyncio.run(_until_stopped(root.run(settings, base)))


async def _until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Run ``work``; SIGTERM and SIGINT end it cleanly, and that is success."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        return
    except BaseExceptionGroup as group:
        ours, _ = group.split(KioskError)
        if ours is not None and isinstance(first := _first(ours), KioskError):
            raise first from group
        raise


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


@app.command()
def demo(
    *,
    headless: Annotated[bool, typer.Option(help="No browser view; needs --script.")] = False,
    script: Annotated[str, typer.Option(help="What a sample citizen does; NAME,NAME: one after the other.")] = "",
    out_folder: Annotated[Path | None, typer.Option("--out", help="Where results and screenshots go.")] = None,
    fault: Annotated[
        str, typer.Option(help="Something that goes wrong on the way (with --script); --list names them.")
    ] = "",
    terminal: Annotated[str, typer.Option(help="The card terminal: zvt, or umsips, the library of UnionPay.")] = "zvt",
    landscape: Annotated[bool, typer.Option(help="1920 x 1080.")] = False,
    list_scripts: Annotated[bool, typer.Option("--list", help="Name the scripts and faults.")] = False,
) -> None:
    """The whole product with simulated devices and an embedded central."""
    from kiosk_app import demo as stand  # noqa: PLC0415

    raise typer.Exit(
        stand.main(
            headless=headless,
            script=script,
            out=out_folder,
            fault=fault,
            terminal=terminal,
            landscape=landscape,
            show_list=list_scripts,
        )
    )


@app.command()
def enrol(
    url: Annotated[str, typer.Option(help="Central's address: https://host:port")],
    code: Annotated[str, typer.Option(help="The one-time code from central operations.")],
    ca: Annotated[Path, typer.Option(help="Central's CA certificate (PEM).")],
    folder: Annotated[Path, typer.Option(help="Where key and certificate go.")] = Path("identity"),
) -> None:
    """Make this machine known to central: a key that never leaves it, and a certificate for it."""
    from provisioning.enrol import EnrolmentError  # noqa: PLC0415
    from provisioning.enrol import enrol as do_enrol  # noqa: PLC0415

    try:
        identity = do_enrol(url, code, folder, ca_file=ca)
    except EnrolmentError as error:
        complain(f"not enrolled: {error}", error.advice)
        raise typer.Exit(1) from None
    out.print(f"enrolled as {identity.kiosk} ({identity.site})", markup=False)


# --- one device alone ------------------------------------------------------------------------------------------


@app.command()
def device(
    role: Annotated[str, typer.Argument(help="A role of kiosk.toml: id_card_reader, card_terminal, cabinet, ...")],
    verb: Annotated[str, typer.Argument(help="status, or what this role can do; a wrong one names them.")],
    what: Annotated[str, typer.Argument(help="A PDF for print, a new file for still and page, a slot for lamp.")] = "",
    *,
    config: ConfigOption = Path("kiosk.toml"),
    as_json: JsonOption = False,
    amount: Annotated[int, typer.Option(help="For pay: fen.")] = 0,
    receipt: Annotated[int, typer.Option(help="For reverse: the terminal's receipt number; 0 is the last.")] = 0,
    record: Annotated[
        Path | None, typer.Option(help="Keep what is said on the wire, cleaned, in this new file.")
    ] = None,
) -> None:
    """Exercise one device alone against whatever is on its port."""
    from kiosk_app import device_verbs  # noqa: PLC0415
    from kiosk_app.alone import is_running  # noqa: PLC0415
    from kiosk_app.config import read_config  # noqa: PLC0415

    if is_running(config.absolute().parent):
        raise ConfigError("kiosk device", role, "the kiosk is running and has its devices to itself; stop it first")
    settings, given = read_config(config), device_verbs.Given(amount=amount, receipt=receipt, what=what)
    work = device_verbs.exercise(settings, role, verb, given)
    section = settings.devices.get(role)
    if record is None or section is None:
        result = asyncio.run(work)
    else:
        from kiosk_app.record import WARNING, head_of, recorded  # noqa: PLC0415

        complain("recording", WARNING)
        result = recorded(work, record, head_of(role, section.driver.name, section.settings, verb, given))
    if as_json:
        sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
    else:
        for name, value in result.items():
            out.print(f"{name:>14}  {value}", markup=False)
    raise typer.Exit(0 if result.get("ok") else 1)


@app.command()
def doctor(*, config: ConfigOption = Path("kiosk.toml"), as_json: JsonOption = False) -> None:
    """What is wrong with this machine, and what to do about it. Changes nothing; status 1 if anything is wrong."""
    from kiosk_app import doctor as practice  # noqa: PLC0415
    from kiosk_app.config import read_config  # noqa: PLC0415
    from kiosk_app.wiring import SystemClock  # noqa: PLC0415

    found = asyncio.run(practice.examine(read_config(config), config.absolute().parent, SystemClock()))
    if as_json:
        sys.stdout.write(json.dumps([asdict(finding) for finding in found], ensure_ascii=False) + "\n")
    else:
        table = Table(Column("", no_wrap=True), Column("part", no_wrap=True), "says", "do")
        for finding in found:
            table.add_row("ok" if finding.well else "!!", finding.part, finding.says, finding.advice)
        out.print(table)
    raise typer.Exit(0 if all(finding.well for finding in found) else 1)


# --- the books -------------------------------------------------------------------------------------------------


@app.command()
def books(
    *,
    config: ConfigOption = Path("kiosk.toml"),
    as_json: JsonOption = False,
    refunded: Annotated[str, typer.Option(help="Close this case of a card: the money was handed back.")] = "",
    handed_over: Annotated[str, typer.Option(help="Close the case of this kept card: its holder has it again.")] = "",
    by: Annotated[str, typer.Option(help="Staff number of who handed it over (with either).")] = "",
) -> None:
    """Payments, kept cards, open cases and day totals, from the journal."""
    import msgspec  # noqa: PLC0415

    from kiosk_app import wiring  # noqa: PLC0415
    from kiosk_app.books import close_case, hand_over, read_books  # noqa: PLC0415
    from kiosk_app.config import read_config  # noqa: PLC0415

    base = config.absolute().parent
    settings = read_config(config)
    with ExitStack() as stack:
        records = wiring.open_books(settings, base, stack)
        if refunded:
            close_case(records.journal, refunded, by)
        if handed_over:
            hand_over(records.journal, handed_over, by)
        book = read_books(records.journal, records.outbox, records.set_aside())
    if as_json:
        sys.stdout.write(msgspec.json.encode(book).decode() + "\n")
        return
    _show(book)


def _show(book: "Books") -> None:
    """The books for people: a payment in whole lines, for a narrow terminal would cut a table's words."""
    for line in book.payments:
        state = f"OPEN: {line.state}" if line.open else line.state
        out.print(f"{line.reference}  {line.at}  {yuan(Fen(line.amount)):>10}  {line.means:<6}  {state}", markup=False)
        facts = {
            "walked": " > ".join(line.states),
            "number": line.transaction,
            "papers": ", ".join(line.papers),
            "central": line.reported,
        }
        for name, value in facts.items():
            if value:
                out.print(f"    {name:>7}  {value}", markup=False)
    for permit in book.permits:
        if permit.open:
            out.print(f"{permit.reference}  {permit.at}  OPEN: a permit is {permit.place}", markup=False)
    days = Table("day", "taken", "yuan", "returned", "yuan", "owed")
    for day in book.days:
        days.add_row(
            day.day, str(day.taken_count), yuan(Fen(day.taken)),
            str(day.returned_count), yuan(Fen(day.returned)), yuan(Fen(day.owed)),
        )  # fmt: skip
    out.print(days)
    for closing in book.closings:
        columns = (closing.ours, closing.terminal, closing.codes)
        ours, theirs, codes = (f"{count} for {yuan(Fen(fen))}" for count, fen in columns)
        out.print(f"terminal's day {closing.day} {closing.state}: ours {ours}, terminal {theirs}; by code {codes}")
    out.print(f"waiting to be reported: {book.outbox_waiting}")
    for words in book.set_aside:
        out.print(f"set aside by central, ask operations: {words}", markup=False)
