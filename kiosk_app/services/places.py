"""Where else: other machines that serve now, and how long the service centres make one wait.

Central knows the fleet from its heartbeats, and the centres from their queue machines; both may have changed when one
arrives, so the page says of what time it is.
"""

from kiosk_app.contract.guide import Said
from kiosk_app.contract.hall import AskPlaces, Places
from kiosk_app.desk import Desk
from kiosk_app.services.steps.look_up import look_up
from kiosk_app.services.steps.pages import read_tabs
from kiosk_app.services.steps.shown import both, distance, queue, short_time
from kiosk_app.views import Column, Steps, Table, TableRow, text

STEPS = (text("places.step.read"),)
READ = Steps(STEPS, 0)
CENTRES, MACHINES = "centres", "machines"
TABS = ((CENTRES, text("places.tab.centres")), (MACHINES, text("places.tab.machines")))


async def show_places(desk: Desk) -> bool:
    """The whole query; True: the citizen goes on to the menu."""
    places = await look_up(desk, AskPlaces(), Places, READ)
    if places is not None:
        found = places
        await read_tabs(desk, CENTRES, lambda tab: page(found, tab))
    return True


def page(places: Places, tab: str) -> Table:
    """One of the two, the nearest first."""
    centres = tuple(
        TableRow(cells=(both(Said(zh=one.name, en=one.name_en)), distance(one.metres), queue(one)))
        for one in places.centres
    )
    machines = tuple(
        TableRow(cells=(one.site or one.address, distance(one.metres), text("places.services", count=one.services)))
        for one in places.machines
    )
    names = ("where", "far", "queue" if tab == CENTRES else "open")
    return Table(
        title=text("places.title"),
        subtitle=text("places.as_of", time=short_time(places.as_of)),
        tabs=TABS,
        tab=tab,
        columns=tuple(
            Column(title=text(f"places.column.{name}"), share=1.6 if name == "where" else 1.0) for name in names
        ),
        rows=centres if tab == CENTRES else machines,
        empty=text("places.none"),
        steps=READ,
    )
