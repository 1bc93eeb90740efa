"""Payments by code: what became of them, and giving one back."""

from typing import Annotated

import typer

from central.commands.line import HERE, Data, app
from central.payments import ProviderSilent
from central.payments import reconcile as reconcile_
from central.problems import Refused
from central.server import Central, Settings

Samples = Annotated[bool, typer.Option("--samples", help="The simulated provider, as `serve --samples`.")]


@app.command()
def reconcile(data: Data = HERE, *, samples: Samples = False) -> None:
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
    data: Data = HERE,
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
