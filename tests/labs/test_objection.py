"""Objections: in time, by whom, and what rules a retest out."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from labs.objection import OBJECTION, Assessment, ObjectionEvent, ObjectionKind, assess, leads_to_retest, retest_refusal
from labs.procedure import in_force

DEADLINE = datetime(2026, 11, 22, 16, tzinfo=UTC)
PROCEDURE = in_force("cn-product", DEADLINE.date())
PARTIES = PROCEDURE.window(ObjectionKind.RESULT).parties

ASSESSED = [
    ("seller", "wrong method", timedelta(seconds=-1), ObjectionEvent.ACCEPTED, None),
    ("seller", "wrong method", timedelta(0), ObjectionEvent.FOUND_LATE, "after_deadline"),
    ("nominal_producer", "fake", timedelta(days=-1), ObjectionEvent.ACCEPTED, None),
    ("platform", "wrong", timedelta(days=-1), ObjectionEvent.REFUSED, "party_may_not_object"),
    ("seller", "  ", timedelta(days=-1), ObjectionEvent.REFUSED, "no_grounds"),
]


@pytest.mark.parametrize(("party", "grounds", "after", "event", "reason"), ASSESSED)
def test_an_objection_is_assessed(
    party: str, grounds: str, after: timedelta, event: ObjectionEvent, reason: str | None
) -> None:
    given = assess(party=party, parties=PARTIES, grounds=grounds, received_at=DEADLINE + after, deadline=DEADLINE)
    assert given == Assessment(event, reason)
    assert OBJECTION.allows(OBJECTION.initial, given.event)


@pytest.mark.parametrize(
    ("kind", "again"),
    [
        (ObjectionKind.RESULT, True),
        (ObjectionKind.METHOD, True),
        (ObjectionKind.SAMPLING, False),
        (ObjectionKind.AUTHENTICITY, False),
    ],
)
def test_only_some_kinds_open_the_backup(kind: ObjectionKind, again: bool) -> None:
    assert leads_to_retest(kind, PROCEDURE.rule("retest_kinds").words) is again


REFUSED = [
    (False, True, None, True, "no_backup"),
    (True, False, None, True, "backup_seal_broken"),
    (True, True, date(2026, 11, 21), True, "backup_expired"),
    (True, True, date(2026, 11, 22), True, None),
    (True, True, None, False, "item_not_retestable"),
    (True, True, None, True, None),
]


def test_goods_that_a_laboratory_found_damaged_are_sent_to_no_other() -> None:
    known: dict[str, Any] = {
        "has_backup": True,
        "expires_on": date(2026, 11, 21),
        "on": date(2026, 11, 22),
        "damaged": True,
    }
    assert retest_refusal(**known, seal_ok=True) == "backup_damaged"
    assert retest_refusal(**known, seal_ok=False) == "backup_seal_broken"


@pytest.mark.parametrize(("has_backup", "seal_ok", "expires_on", "retestable", "reason"), REFUSED)
def test_a_retest_needs_a_sound_backup(
    has_backup: bool, seal_ok: bool, expires_on: date | None, retestable: bool, reason: str | None
) -> None:
    given = retest_refusal(
        has_backup=has_backup, seal_ok=seal_ok, expires_on=expires_on, on=date(2026, 11, 22), retestable=retestable
    )
    assert given == reason
