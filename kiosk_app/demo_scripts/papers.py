"""A sample citizen sends the papers that a counter's case lacks: three of them, one with a lamp on it at first."""

from central.departments.counter.samples import SAMPLES
from kiosk_app.demo_citizen import Citizen
from kiosk_app.demo_papers import take_papers
from kiosk_app.demo_scripts.coming import leave, show_card
from kiosk_app.demo_scripts.traffic_fines import PERSON

FAMILY = "hall"
CASE = SAMPLES[0].number
MARK = "回执号"
"""On the slip of a hand-in, and on no other."""
LONG = 40.0


async def case_papers(citizen: Citizen) -> None:
    """Card, case, every paper under the camera, a last look, send, take the slip."""
    await show_card(citizen, "case_papers", PERSON, FAMILY)
    await citizen.answer("ChooseOne", CASE, picture="cases")
    await citizen.see("Table", target="next")
    await citizen.picture("lacking")
    await _register(citizen)
    await _single(citizen, "marriage")
    await _single(citizen, "bank")
    await citizen.see("Table", target="send")
    await citizen.picture("last-look")
    await citizen.moment("last_look")
    await citizen.touch("Table", "send")
    await citizen.moment("sending")
    await citizen.see("Done", target="leave", within=LONG)
    await citizen.picture("handed-in")
    await take_papers(citizen)
    await citizen.hand("id_card_reader", "lift")
    await citizen.hand("document_camera", "take_away")
    await leave(citizen, "Done")


async def _register(citizen: Citizen) -> None:
    """Two pages; on the first a lamp is reflected, until somebody moves it."""
    await citizen.touch("Table", "next")
    await citizen.told("error.page_missing", within=LONG)
    await citizen.picture("empty-desk")
    await citizen.hand("document_camera", "lay_paper", paper="hukou-1")
    await citizen.hand("document_camera", "reflect", percent=80)
    await citizen.told("error.page_glare", within=LONG)
    await citizen.picture("glare")
    await citizen.hand("document_camera", "reflect", percent=0)
    await _take(citizen, "hukou-1")
    await citizen.answer("ChooseOne", "next", picture="one-more")
    await citizen.hand("document_camera", "lay_paper", paper="hukou-2")
    await _take(citizen, "hukou-2")
    await citizen.touch("ChooseOne", "whole")


async def _single(citizen: Citizen, paper: str) -> None:
    await citizen.touch("Table", "next")
    await citizen.hand("document_camera", "lay_paper", paper=paper)
    await _take(citizen, paper)


async def _take(citizen: Citizen, name: str) -> None:
    """Once the new page is drawn and the machine says that it can be taken."""
    await citizen.on_bench(lambda bench: bench["document_camera"]["state"]["drawn"], "the page", within=LONG)
    await citizen.told("page.say.ready", within=LONG)
    await citizen.picture(f"ready-{name}")
    await citizen.touch("LivePage", "take")
    await citizen.see("PortraitReview", target="use", within=LONG)
    await citizen.picture(f"page-{name}")
    await citizen.touch("PortraitReview", "use")


async def send_again(citizen: Citizen) -> None:
    """The line was lost: nothing is said to have arrived; it comes back, and the rest is sent."""
    await citizen.see("Sorry", target="again", within=LONG)
    await citizen.picture("line-lost")
    await citizen.hand("network", "restore")
    await citizen.touch("Sorry", "again")
