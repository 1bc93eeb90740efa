"""Somebody before the camera: makes every gesture that the picture asks for, until it asks for no more."""

from kiosk_app.demo_citizen import Citizen

LOOK_WITHIN = 60.0


async def obey(citizen: Citizen, *ends: str) -> str:
    """The view of ``ends`` to which it led. Who was too slow tries again."""
    await citizen.see("LivePortrait")
    done = ""
    while (sight := await citizen.asked(done, until=(*ends, "Sorry"), within=LOOK_WITHIN)).view not in ends:
        if sight.view == "Sorry":
            await citizen.picture("face-again")
            await citizen.touch("Sorry", "again")
            await citizen.see("LivePortrait")
        elif sight.asks:
            await citizen.picture(f"face-{sight.asks}")
            await citizen.hand("camera", "act", scene=sight.asks)
        done = sight.asks
    return sight.view
