"""A finished photo against its specification: every rule with its value; the citizen and the log see the same."""

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk_app.portrait.spec import PhotoSpec, Rule


@dataclass(frozen=True)
class Finding:
    """One rule and what was measured; None when it could not be."""

    rule: Rule
    value: float | None

    @property
    def holds(self) -> bool:
        """Whether the value lies in the interval; what was not measured does not hold."""
        return self.value is not None and self.rule.low <= self.value <= self.rule.high

    @property
    def refuses(self) -> bool:
        """Whether the photo must not be used because of it."""
        return not self.holds and not self.rule.advisory


def judge(measures: Mapping[str, float], spec: PhotoSpec) -> tuple[Finding, ...]:
    """Every rule of ``spec``, in its order."""
    return tuple(Finding(rule, measures.get(rule.measure)) for rule in spec.rules)


def reasons(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    """The sentences of what refuses the photo, each once."""
    return tuple(dict.fromkeys(finding.rule.sentence for finding in findings if finding.refuses))


def advice(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    """The sentences of advisory rules that do not hold: a person decides."""
    return tuple(dict.fromkeys(f.rule.sentence for f in findings if not f.holds and f.rule.advisory))
