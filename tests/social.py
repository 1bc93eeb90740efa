"""An insured person at the machine: what every story of social security begins with.

The stand has both card readers. Cards are the simulators' samples; persons are the department's (``central``).
"""

from typing import Any, TypeVar

from central.departments.social import samples
from central.departments.social.tables import person as persons
from kiosk_app.views import Chosen, PlaceCard, View
from offline_cache.proofs import SqlProofs
from tests.stand import Stand

Seen = TypeVar("Seen", bound=View)


async def begins(stand: Stand, service: str) -> PlaceCard:
    """Come, choose the family, then the service."""
    await stand.until(lambda: stand.machine.parts().catalogue)  # contributions are closed before the prices are here
    menu = await stand.person.comes()
    assert service in {item.key for item in menu.items if item.closed is None}
    stand.person.touches(Chosen(service))
    return await stand.person.sees(PlaceCard)


async def shows(stand: Stand, service: str, who: str, kind: type[Seen], title: str = "") -> Seen:
    """Begin, lay the identity card down; what the machine answers."""
    await begins(stand, service)
    stand.id_card_reader.lay(who)
    return await stand.person.sees(kind, title)


def department(stand: Stand, who: str) -> Any:
    """What the department knows of a sample person."""
    with stand.engine.connect() as central:
        return central.execute(persons.select().where(persons.c.token == samples.SAMPLES[who].token)).one()


def is_held(stand: Stand, who: str) -> bool:
    """Whether everything that was handed out is this person's: nobody has it again without their card."""
    number = samples.SAMPLES[who].person.id_number
    kept = stand.store.read(lambda connection: connection.execute("SELECT reference FROM proof").fetchall())
    return [(proof.reference,) for proof in SqlProofs(stand.store).of_holder(number)] == kept != []
