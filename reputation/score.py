"""A score with its parts: what the evidence says of a seller, from a prior, with its uncertainty and its caps."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Context, Decimal, localcontext
from typing import Any

from reputation.evidence import Evidence, active
from reputation.indicators import Rate
from reputation.parameters import Parameters
from reputation.part import Influence, Part, part_of, quantised

INFLUENCES = 5

# The figures must not hang on what another module set the shared context to.
EXACT = Context(prec=34)


@dataclass(frozen=True, slots=True)
class Restriction:
    """A list entry or an order that caps the score while it stands."""

    code: str
    reference: str
    since: datetime
    until: datetime | None = None

    def stands(self, at: datetime) -> bool:
        """Tell whether it is in force."""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Score:
    """What a subject scores of 100: prior plus the changes of all parts plus `cap_change` is exactly `value`."""

    subject: str
    kind: str
    """`seller`, `brand` or `platform`."""
    value: Decimal
    deviation: Decimal
    lower: Decimal
    """The one-sided 95 % bound: rank and sanction by this."""
    n_effective: Decimal
    rated: bool
    prior: Decimal
    parts: tuple[Part, ...]
    cap: Restriction | None
    cap_change: Decimal
    influences: tuple[Influence, ...]
    next_expiry: datetime | None
    at: datetime
    version: str
    status: str
    rate: Rate | None = None
    """Of a brand or platform: the rate of its drawn listings."""

    def record(self) -> dict[str, Any]:
        """Give the score as plain JSON, decimals as text."""
        return {
            "subject": self.subject,
            "kind": self.kind,
            "score": str(self.value),
            "deviation": str(self.deviation),
            "lower": str(self.lower),
            "n_effective": str(self.n_effective),
            "rated": self.rated,
            "prior": str(self.prior),
            "parts": [part.record() for part in self.parts],
            "cap": None if self.cap is None else {"code": self.cap.code, "reference": self.cap.reference},
            "cap_change": str(self.cap_change),
            "influences": [{"evidence": item.evidence, "change": str(item.change)} for item in self.influences],
            "next_expiry": None if self.next_expiry is None else self.next_expiry.isoformat(),
            "at": self.at.isoformat(),
            "parameters": {"version": self.version, "status": self.status},
            "rate": None if self.rate is None else self.rate.record(),
        }


def score(
    subject: str,
    rows: Iterable[Evidence],
    *,
    at: datetime,
    parameters: Parameters,
    restrictions: Sequence[Restriction] = (),
    known_at: datetime | None = None,
) -> Score:
    """Give a seller's score at `at` from the ledger rows about it, by what was known at `known_at`."""
    with localcontext(EXACT):
        counting = [row for row in active(rows, at=at, known_at=known_at) if row.subject == subject]
        standing = [restriction for restriction in restrictions if restriction.stands(at)]
        muted = {parameters.caps[restriction.code].mutes for restriction in standing}
        parts: list[Part] = []
        influences: list[Influence] = []
        for name, component in parameters.components.items():
            mine = [] if name in muted else [row for row in counting if row.component == name]
            part, told = part_of(name, component, mine, at)
            parts.append(part)
            influences += told
        n_effective = sum((part.n_effective for part in parts), Decimal(0))
        return assemble(
            subject=subject,
            kind="seller",
            parts=parts,
            restrictions=standing,
            influences=influences,
            n_effective=n_effective,
            rated=n_effective >= parameters.rated_from,
            at=at,
            parameters=parameters,
        )


def assemble(
    *,
    subject: str,
    kind: str,
    parts: Sequence[Part],
    restrictions: Sequence[Restriction],
    influences: Sequence[Influence],
    n_effective: Decimal,
    rated: bool,
    at: datetime,
    parameters: Parameters,
    rate: Rate | None = None,
) -> Score:
    """Give the score that the parts add up to; of the restrictions in force the most severe one caps it."""
    prior = quantised(sum((part.weight * part.prior for part in parts), Decimal(0)))
    before = prior + sum((part.change for part in parts), Decimal(0))
    deviation = sum((part.variance for part in parts), Decimal(0)).sqrt()
    cap = min(restrictions, key=lambda item: (parameters.caps[item.code].most, item.reference), default=None)
    most = Decimal(100) if cap is None else parameters.caps[cap.code].most
    value = min(before, quantised(most))
    lower = min(max(before - parameters.confidence * deviation, Decimal(0)), most)
    strongest = sorted(influences, key=lambda item: (-abs(item.change), item.evidence))[:INFLUENCES]
    ends = [restriction.until for restriction in restrictions if restriction.until is not None]
    return Score(
        subject=subject,
        kind=kind,
        value=value,
        deviation=quantised(deviation),
        lower=quantised(lower),
        n_effective=quantised(n_effective),
        rated=rated,
        prior=prior,
        parts=tuple(parts),
        cap=cap,
        cap_change=value - before,
        influences=tuple(strongest),
        next_expiry=min(ends, default=None),
        at=at,
        version=parameters.version,
        status=parameters.status,
        rate=rate,
    )
