"""A retest: what a second laboratory's verdict makes of the first, by a policy that was agreed before."""

from dataclasses import replace as with_changes
from datetime import datetime
from uuid import UUID

from labs.errors import UnknownPolicy
from labs.judgement import ENGINE_VERSION, compose
from labs.verdict import Basis, ItemVerdict, Outcome, Verdict, VerdictState

POLICIES = frozenset({"P1", "P2", "P3"})
ARBITRATION_NEEDED = "arbitration_needed"


def replace(
    first: Verdict, retest: Verdict, policy: str = "P1", *, id: UUID, now: datetime, third: Verdict | None = None
) -> Verdict:
    """Give the verdict after a retest, whose items are the ones objected to; the others keep theirs.

    P1: the retest replaces the item. P2: an item fails only if both fail, and a split is reviewed.
    P3: a split waits for a third laboratory and goes two to one. A retest that is itself unsettled is
    void: the original stands. Laboratories are never averaged.
    """
    if policy not in POLICIES:
        raise UnknownPolicy(f"{policy} is no policy for a retest")
    again = {item.item: item for item in retest.items}
    arbitrated = {item.item: item for item in third.items} if third else {}
    items = tuple(
        _settled(item, again[item.item], policy, arbitrated.get(item.item)) if item.item in again else item
        for item in first.items
    )
    outcome, severity, reasons = compose(items)
    return with_changes(
        retest,
        id=id,
        outcome=outcome,
        severity=severity,
        items=items,
        reasons=(f"retest_policy:{policy}", *reasons),
        state=VerdictState.PROVISIONAL,
        judged_at=now,
        confirmed_by=None,
        purpose="retest",
        engine_version=ENGINE_VERSION,
        basis=Basis(first=first.id, retest=retest.id, third=third.id if third else None, policy=policy),
    )


def split(final: Verdict) -> tuple[str, ...]:
    """Give the items that wait for a third laboratory, because the first two differ."""
    return tuple(
        item.item for item in final.items if item.outcome is Outcome.HOLD and ARBITRATION_NEEDED in item.reasons
    )


def overturned(final: Verdict, first: Verdict) -> bool:
    """Tell whether what was objected to did not stand: a failure, or what was only to be reviewed."""
    return final.outcome not in {Outcome.FAIL, first.outcome}


def _settled(first: ItemVerdict, again: ItemVerdict, policy: str, third: ItemVerdict | None) -> ItemVerdict:
    if again.outcome in {Outcome.INDETERMINATE, Outcome.HOLD}:
        return _because(first, "retest_void")
    if policy == "P1":
        return _because(again, "retest_replaces")
    if again.outcome is first.outcome:
        return _because(again, "retest_agrees")
    if policy == "P2":
        return with_changes(_because(again, "retest_differs"), outcome=Outcome.REVIEW)
    if third is None or third.outcome not in {first.outcome, again.outcome}:
        return with_changes(_because(first, ARBITRATION_NEEDED), outcome=Outcome.HOLD)
    return _because(third, "two_of_three")


def _because(item: ItemVerdict, reason: str) -> ItemVerdict:
    return with_changes(item, reasons=(*item.reasons, reason))
