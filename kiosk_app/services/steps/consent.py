"""Separate consent to a face check: what happens to the face, in plain words, and two ways that are equally easy.

Measures for the security of facial recognition (2025; ``domain.md`` 9.1): told before, who, what for, how, how long,
why it is needed and which rights one has; consent is voluntary, explicit and given for this alone; who declines gets a
reasonable other way. So it is a view of its own, nothing is chosen beforehand, both ways look the same, and "no" leads
on to the counter with a slip, not to the end of the visit. Nothing is kept of an answer: consent is given for this
check, and asked for anew at the next.
"""

from kiosk_app.desk import Desk
from kiosk_app.views import Chosen, Consent, Steps, Text, text

AGREE, DECLINE = Chosen("agree"), Chosen("decline")


async def consent_to_face_check(desk: Desk, purpose: Text, steps: Steps, *, counter: bool = False) -> bool:
    """Whether the citizen agrees to a face check for ``purpose`` (a sentence: "to see that the permit is yours").

    False is a choice: the caller goes the other way, which the notice names: the identity card, or (``counter``)
    straight to :func:`kiosk_app.services.steps.counter.to_counter`. Raises Left, WalkedAway.
    """
    view = notice(desk, purpose, steps, counter=counter)
    while (answer := await desk.ask(view)) not in {AGREE, DECLINE}:
        pass
    return answer == AGREE


def notice(desk: Desk, purpose: Text, steps: Steps, *, counter: bool = False) -> Consent:
    """The notice and the two ways; declining stands first, so that no key pressed in haste consents."""
    site = text("named", zh=desk.site.name, en=desk.site.name_en or desk.site.name)
    said = {
        "who": text("consent.who.said", site=site, phone=desk.site.hotline),
        "what": purpose,
        "how": text("consent.how.said"),
        "kept": text("consent.kept.said"),
        "need": text("consent.need.counter" if counter else "consent.need.said"),
        "rights": text("consent.rights.said"),
    }
    return Consent(
        title=text("consent.title"),
        points=tuple((text(f"consent.about.{about}"), words) for about, words in said.items()),
        ways=tuple(
            (way, text(f"consent.way.{said}"), text(f"consent.note.{said}"))
            for way, said in (("decline", "to_counter" if counter else "decline"), ("agree", "agree"))
        ),
        steps=steps,
    )
