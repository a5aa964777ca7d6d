"""The command of laboratories' figures: how fast, how often turned down, and whether others find the same."""

import json
from argparse import Namespace
from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal

from labs.performance import Performance, criteria
from shopper.administer import opened
from shopper.errors import CommandError
from storage import clock, performances
from storage.settings import load

DAY = timedelta(days=1)


def performance(chosen: Namespace) -> int:
    """Print the figures of every laboratory, or of one."""
    with opened(load()) as database, database.unit() as unit:
        found = performances.of_all(unit, clock.now(unit))
    if chosen.lab and chosen.lab not in found:
        raise CommandError(f"There is no laboratory {chosen.lab}.")
    wanted = [one for code, one in found.items() if chosen.lab in ("", code)]
    if chosen.json:
        told = {"criteria": asdict(criteria()), "laboratories": [asdict(one) for one in wanted]}
        print(json.dumps(told, ensure_ascii=False, default=_plain))
        return 0
    for one in wanted:
        print(_sentence(one))
    return 0


def _sentence(one: Performance) -> str:
    times, pairs = one.turnaround, one.agreement
    parts = [
        f"{one.lab}: {times.reported} reports, {times.waiting} awaited, {times.late} late",
        f"days {_days(times.middle)} (nine of ten {_days(times.slow)})",
        f"units {one.taken} taken, {one.refused} refused",
        f"files {one.committed} taken over, {one.held} held, {one.rejected} rejected",
        f"En {pairs.agreeing} of {pairs.compared} agree, {pairs.left_out} left out",
        *(f"{spread.item} z {spread.z} {spread.band}" for spread in one.spreads),
    ]
    return "; ".join(parts)


def _days(span: timedelta | None) -> str:
    return "-" if span is None else f"{span / DAY:.1f}"


def _plain(value: timedelta | Decimal) -> float | str:
    """Seconds of a span, and a decimal as it is written."""
    return value.total_seconds() if isinstance(value, timedelta) else str(value)
