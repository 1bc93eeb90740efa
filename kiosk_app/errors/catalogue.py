"""Rules and fees that are not what they should be: the last good ones stay."""

from typing import ClassVar

from kiosk_app.errors.trunk import KioskError


class CatalogueError(KioskError):
    """Rules and fees are not what they should be. ``alarm`` is the stable code that operations see."""

    alarm: ClassVar[str] = "catalogue"
    citizen = "error.catalogue"


class CatalogueForged(CatalogueError):
    """The document, its signature or its signer's certificate is not central's, or not for this."""

    alarm = "forged"
    operator = "Compare central's root with the kiosk's, and both clocks; else somebody is on the line: keep the trace."


class CatalogueOlder(CatalogueError):
    """A version that was replaced already."""

    alarm = "older"
    operator = "Central offers old rules: was its database restored? Publish the rules there again."


class CatalogueMissing(CatalogueError):
    """The version that is needed is not here."""

    alarm = "missing"
    operator = "Check the kiosk's network; the catalogue comes by itself."


class FeeDiffers(CatalogueError):
    """Central approved another fee than the signed catalogue says and the citizen saw. Nothing is paid."""

    alarm = "fee-differs"
    citizen = "error.fee_differs"
    operator = "Compare the catalogue's version at central with the kiosk's, and call the department."
