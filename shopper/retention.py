"""The command of retention: which units are kept, where and until when, and why each is not disposed of yet."""

import json
from argparse import Namespace
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sampling.disposal import SENTENCES, Obstacle, obstacles
from sampling.text import Text
from shopper.administer import opened
from storage import clock, retention
from storage.retention import KeptUnit
from storage.settings import load

FROM = Text("自 {at} 起可处置（{rule}，{status}）", "may be disposed of from {at} ({rule}, {status})")
UNDATED = Text("尚无可处置日期", "no release date")
HELD = Text("{by} 责令保全：{reason}", "on hold by {by}: {reason}")
COUNT = Text(
    "留存 {kept} 份，其中 {due} 份现可处置，{held} 份责令保全",
    "{kept} units kept: {due} may be disposed of now, {held} on hold",
)


def listed(chosen: Namespace) -> int:
    """Print each kept unit with its place, its date and what forbids to dispose of it now, the oldest date first."""
    with opened(load()) as database, database.unit() as unit:
        now = clock.now(unit)
        every = [(one, obstacles(one.standing, now)) for one in retention.kept(unit, at=now)]
    found = [(one, why) for one, why in every if not (chosen.due and why) and not (chosen.held and one.hold is None)]
    if chosen.json:
        told = [_record(one, why) for one, why in found]
        print(json.dumps({"at": now.isoformat(), "units": told}, ensure_ascii=False, indent=1))
        return 0
    for one, why in found:
        print("\n  ".join(_sentences(one, why, chosen.language)))
    due, held = sum(not why for _, why in every), sum(one.hold is not None for one, _ in every)
    print(COUNT.to(chosen.language).format(kept=len(every), due=due, held=held))
    return 0


def _record(one: KeptUnit, why: Sequence[Obstacle]) -> dict[str, Any]:
    dated, hold = one.release, one.hold
    return {
        "unit": one.unit.code, "sample": one.sample, "state": one.unit.state.value, "place": one.unit.place,
        "expires_on": one.unit.expires_on.isoformat() if one.unit.expires_on else None,
        "release_at": _told(dated.release_at) if dated else None,
        "rule": dated.rule if dated else None, "rulebook": dated.rulebook if dated else None,
        "status": dated.status if dated else None,
        "hold": {"by": hold.placed_by, "at": _told(hold.placed_at), "reason": hold.reason} if hold else None,
        "disposal": one.disposal.state.value if one.disposal else None,
        "due": not why, "forbidden_by": [code.value for code in why],
    }  # fmt: skip


def _sentences(one: KeptUnit, why: Sequence[Obstacle], language: str) -> Iterator[str]:
    dated = one.release
    if dated is None or dated.release_at is None:
        until = UNDATED.to(language)
    else:
        until = FROM.to(language).format(at=_told(dated.release_at), rule=dated.rule, status=dated.status)
    yield f"{one.unit.code}  {one.unit.place}  {until}"
    if one.hold is not None:
        yield HELD.to(language).format(by=one.hold.placed_by, reason=one.hold.reason)
    yield from (SENTENCES[code].to(language) for code in why)


def _told(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
