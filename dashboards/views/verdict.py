"""One verdict as a second person reads it: each item with its result, limit, rule, file and accreditation."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from dashboards.views.sample import Measured
from labs.accreditation import ScopeEntry
from labs.limits import Limit
from labs.verdict import ItemVerdict, Verdict
from labs.withdrawal import Withdrawal
from sampling.sample import Sample
from storage import coverage, grounds, laboratories, limits, samples, verdicts, withdrawals
from storage.grounds import Ground
from storage.unit import Unit
from storage.withdrawals import Fallen


@dataclass(frozen=True, slots=True)
class Evidence:
    """One result under an item, with the line of the scope that covers it."""

    ground: Ground
    drawn: Measured
    line: ScopeEntry | None
    """As is known by now."""
    then: ScopeEntry | None
    """As was known when the verdict was given."""


@dataclass(frozen=True, slots=True)
class ItemPage:
    """One item with its limit and what was found."""

    item: ItemVerdict
    limit: Limit | None
    found: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class VerdictPage:
    """One verdict with all that it rests on."""

    verdict: Verdict
    sample: Sample
    items: tuple[ItemPage, ...]
    uploaded_by: str
    may_settle: bool
    """Whether it waits for a second person, who confirms it or sends it back."""
    unread: tuple[Limit, ...]
    """The limits under a failure that who confirms it has to have read at their source."""
    reason: str | None
    """Why it was made void."""
    fallen: tuple[Fallen, Withdrawal] | None
    """The withdrawal of accreditation that took it."""


def load_verdict(unit: Unit, verdict_id: UUID) -> VerdictPage:
    """Give the page of one verdict."""
    verdict = verdicts.get(unit, verdict_id)
    sample, found = samples.get(unit, verdict.sample_id), grounds.of_verdict(unit, verdict)
    known, scopes = limits.of_rules(unit, verdict.rule_version), laboratories.scopes(unit)
    waits = any(one.id == verdict_id for one in verdicts.to_confirm(unit))
    fell = next((pair for pair in withdrawals.fallen_of(unit, sample.id) if pair[0].verdict_id == verdict_id), None)
    return VerdictPage(
        verdict=verdict,
        sample=sample,
        items=tuple(
            _item(verdict, sample, item, known.get(item.limit_id or ""), scopes, found) for item in verdict.items
        ),
        uploaded_by=verdicts.uploaded_by(unit, verdict_id),
        may_settle=waits,
        unread=limits.unread(verdict, known),
        reason=verdicts.why_void(unit, verdict),
        fallen=fell,
    )


def _item(
    verdict: Verdict, sample: Sample, item: ItemVerdict, limit: Limit | None, scopes: Sequence[ScopeEntry],
    found: Sequence[Ground],
) -> ItemPage:  # fmt: skip
    wanted = {item.item, *(limit.parts if limit else ())}
    under = []
    for ground in (one for one in found if one.result.item in wanted):
        ask = (scopes, ground.lab, sample.category, ground.result)
        drawn = Measured(verdict.purpose, ground.result, limit, item)
        under.append(Evidence(ground, drawn, coverage.line_of(*ask), coverage.line_of(*ask, verdict.judged_at)))
    return ItemPage(item, limit, tuple(under))
