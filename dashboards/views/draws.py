"""The draws as everybody may see them: what was promised when, by whom, on which beacon, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sampling.ceremony import DrawState
from storage import draws
from storage.draws import Draw
from storage.unit import Unit

MOST = 200


@dataclass(frozen=True, slots=True)
class Promise:
    """One party's commitment; none while it has not committed itself."""

    party: str
    sha256: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Round:
    """One beacon round of a plan; `missed` when it was given up for the next."""

    chain: str
    round: int
    due: datetime
    until: datetime
    missed: bool


@dataclass(frozen=True, slots=True)
class DrawView:
    """One numbered draw without anything that would tell its sample before the goods are bought."""

    campaign: str
    number: int
    state: DrawState
    reason: str | None
    frozen_at: datetime
    extends: int | None
    listings: int
    frame_sha256: str
    merkle_root: str
    plan_sha256: str
    promises: tuple[Promise, ...]
    rounds: tuple[Round, ...]
    value: str | None
    sample_sha256: str | None
    draw_sha256: str | None
    files: Mapping[str, str]
    """SHA-256 of each published file; none while the draw is sealed."""

    def record(self) -> dict[str, Any]:
        """Give the plain JSON of it."""
        plain = {name: getattr(self, name) for name in self.__slots__ if name not in ("promises", "rounds", "files")}
        return {
            **plain, "files": dict(self.files),
            "promises": [{name: getattr(one, name) for name in one.__slots__} for one in self.promises],
            "rounds": [{name: getattr(one, name) for name in one.__slots__} for one in self.rounds],
        }  # fmt: skip


def load_draws(unit: Unit) -> tuple[DrawView, ...]:
    """Give the newest draws first, the aborted ones too."""
    return tuple(_view(unit, one) for one in draws.listed(unit, limit=MOST))


def published_file(unit: Unit, campaign: str, number: int, name: str) -> str | None:
    """Give the SHA-256 of a file of a published draw, None where there is none."""
    found = draws.find(unit, campaign, number)
    return (found.files or {}).get(name) if found else None


def _view(unit: Unit, made: Draw) -> DrawView:
    given = {one.party: one for one in draws.commitments(unit, made.id)}
    plan = made.plan
    promises = tuple(
        Promise(party, given[party].sha256 if party in given else None, given[party].at if party in given else None)
        for party in plan.parties
    )
    rounds = tuple(
        Round(one.chain.code, one.round, one.due, one.until, place < made.missed)
        for place, one in enumerate(plan.sources)
    )
    return DrawView(
        campaign=plan.campaign, number=made.number, state=made.state, reason=made.reason, frozen_at=made.frozen_at,
        extends=plan.extends, listings=plan.listings, frame_sha256=plan.frame_sha256, merkle_root=plan.merkle_root,
        plan_sha256=made.plan_sha256, promises=promises, rounds=rounds,
        value=made.pulse.value.hex() if made.pulse else None,
        # Whoever has a catalogue could try small samples until their hash fits; the draw's own holds tickets as well.
        sample_sha256=made.sample_sha256 if made.state is DrawState.PUBLISHED else None,
        draw_sha256=made.draw_sha256, files=made.files or {},
    )  # fmt: skip
