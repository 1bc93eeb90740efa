"""How every visit begins: the invitation, the menu, a family of services, the service."""

from kiosk_app.demo_citizen import Citizen


async def begin(citizen: Citizen, service: str, family: str = "") -> None:
    """Choose a service; ``family``: on whose page it stands, empty when it is on the first."""
    await citizen.picture("attract")
    await citizen.touch("Attract", "begin")
    await citizen.see("Menu", target=family or service, within=30)
    await citizen.picture("menu")
    if family:
        await citizen.touch("Menu", family)
        await citizen.see("Menu", target=service)
        await citizen.picture("family")
    await citizen.touch("Menu", service)
