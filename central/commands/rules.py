"""Rules, fees, the guide, services that are data and the house's notices: checked, and published."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from central.catalogue import CatalogueFault, Section, read, read_house, read_offers, read_section
from central.commands.line import HERE, Data, app
from central.departments import guide, social
from central.departments.exit_entry import faults
from central.server import Central, Settings
from kiosk_app.contract.catalogue import SocialRules
from kiosk_app.contract.guide import Guide


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
    data: Data = HERE,
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
