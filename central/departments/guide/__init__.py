"""The service guide as a document of its own: what whoever writes it may get wrong."""

from collections import Counter
from collections.abc import Iterator

from kiosk_app.contract.guide import Guide, GuideEntry, OpeningRule


def faults(guide: Guide) -> Iterator[str]:
    """What keeps it from being published, in words."""
    for what, rows in (("entry", guide.entries), ("form", guide.forms)):
        for name, times in Counter(row.id for row in rows).items():
            if times > 1:
                yield f"{what} {name} is there {times} times"
    for family in guide.families:
        if not any(entry.family == family for entry in guide.entries):
            yield f"family {family} is empty"
    for entry in guide.entries:
        yield from _of_entry(entry, guide)
    for rule in guide.opening:
        yield from _of_hours(rule, guide)


def _of_entry(entry: GuideEntry, guide: Guide) -> Iterator[str]:
    if entry.family not in guide.families:
        yield f"{entry.id} is of family {entry.family}, which has no title"
    for form in set(entry.forms) - {form.id for form in guide.forms}:
        yield f"{entry.id} wants form {form}, which is not there"
    if entry.fee == "service":
        yield f"{entry.id}: a service that is data stands in the guide by itself"
    if not entry.service and entry.where is None:
        yield f"{entry.id} is given nowhere: name a service, or where"


def _of_hours(rule: OpeningRule, guide: Guide) -> Iterator[str]:
    if rule.family not in guide.families:
        yield f"hours of {rule.family}, which is no family"
    if rule.days != [*range(rule.days[0], rule.days[0] + len(rule.days))]:
        yield f"days of {rule.family} are not in a row: write two rules"
    if rule.opens >= rule.closes:
        yield f"{rule.family} closes before it opens"
