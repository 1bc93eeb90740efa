"""A sample citizen who needs a photo for a document, on paper and as a file to fetch with a telephone."""

from kiosk_app.demo_citizen import Citizen
from kiosk_app.demo_papers import take_papers
from kiosk_app.demo_scripts.coming import begin, leave
from kiosk_app.demo_scripts.facing import LOOK_WITHIN
from kiosk_app.demo_world import ANYBODY

FAMILY, DOCUMENT = "border", "id_card"


async def id_photo(citizen: Citizen) -> None:
    """Choose the document, keep still, use the photo, have the sheet printed with a code for the file."""
    await citizen.hand("camera", "stand", who=ANYBODY)
    await begin(citizen, "id_photo", FAMILY)
    await citizen.answer("ChooseOne", DOCUMENT, picture="document")
    await citizen.see("LivePortrait")
    await citizen.picture("before-the-camera")
    await citizen.see("PortraitReview", target="use", within=LOOK_WITHIN)
    await citizen.picture("photo")
    await citizen.touch("PortraitReview", "use")
    await citizen.answer("Consent", "code", picture="code-or-paper")
    await citizen.on_bench(lambda bench: bench["document_printer"]["papers"], "the sheet", within=30)
    await citizen.see("Done", target="leave", within=30)
    await citizen.picture("printed")
    await take_papers(citizen)
    await leave(citizen, "Done")
