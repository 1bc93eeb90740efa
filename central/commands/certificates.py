"""Certificates that hold no longer."""

from typing import Annotated

import typer

from central.commands.line import HERE, By, Data, app, do


@app.command()
def revoke_certificate(
    code: Annotated[str, typer.Argument(help="As it is printed.")], by: By, data: Data = HERE
) -> None:
    """Whoever verifies it is told from now on that it was revoked."""
    do(lambda front: front.certificates.revoke(code, by), data)
