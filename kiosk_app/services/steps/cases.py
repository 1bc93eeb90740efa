"""What somebody has going on, in the citizen's words: one wording for the list of it and for proofs of it."""

from kiosk_app.contract.cases import Cases, MyCase
from kiosk_app.views import Text, text

KNOWN = frozenset(
    {"fines", "endorsement", "contribution", "living", "activate", "report_loss", "lift_loss", "reset_pin", "counter"}
)
OURS = frozenset({"accepted", "done", "lacking", "received", "decided"})
"""States that are no travel endorsement's."""
ENDORSEMENT = frozenset({"applied", "approved", "paid", "printing", "printed", "lapsed", "given_back"})


def business(case: MyCase) -> Text:
    """What it is about; a kind that this version does not know is called as its department calls it."""
    what = text(f"cases.what.{case.what}") if case.what in KNOWN else text("cases.what.other")
    if not case.title:
        return what
    return text("cases.about", what=what, title=text("named", zh=case.title, en=case.title_en))


def state(case: MyCase) -> Text:
    """How far it is."""
    if case.state in OURS:
        return text(f"cases.state.{case.state}")
    return text(f"progress.state.{case.state}") if case.state in ENDORSEMENT else text("cases.state.other")


def away(cases: Cases) -> tuple[Text, ...]:
    """Departments of which nothing is known now."""
    return tuple(text(f"cases.away.{one.office.value}") for one in cases.offices if one.away)
