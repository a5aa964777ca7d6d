"""What each piece of evidence weighs: by its age, its actor, how its unit was drawn, and the most that may count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from reputation.evidence import Evidence
from reputation.parameters import Beta

_DAY = Decimal(86400)


@dataclass(frozen=True, slots=True)
class Weighed:
    """One piece of evidence and what it weighs."""

    row: Evidence
    weight: Decimal


def weigh(rows: Sequence[Evidence], beta: Beta, *, at: datetime) -> list[Weighed]:
    """Give the rows that count with their weights; together they weigh at most what the component allows."""
    spaced = _spaced(rows, beta.actor_pause_days)
    drawn = _design(spaced, beta.targeted_weight)
    faded = [Weighed(row, base * _faded(row, beta, at)) for row, base in zip(spaced, drawn, strict=True)]
    total = sum((item.weight for item in faded), Decimal(0))
    if beta.most is None or total <= beta.most:
        return faded
    # All shrink alike: a flood keeps its tone and loses its volume.
    return [Weighed(item.row, item.weight * beta.most / total) for item in faded]


def _spaced(rows: Sequence[Evidence], pause_days: int | None) -> list[Evidence]:
    """One row an actor in each pause, the first; rows of nobody in particular all stay."""
    if pause_days is None:
        return list(rows)
    pause = timedelta(days=pause_days)
    kept: list[Evidence] = []
    last: dict[str, datetime] = {}
    for row in sorted(rows, key=lambda row: (row.occurred, row.id)):
        if row.actor is not None:
            if row.actor in last and row.occurred - last[row.actor] < pause:
                continue
            last[row.actor] = row.occurred
        kept.append(row)
    return kept


def _design(rows: Sequence[Evidence], targeted: Decimal | None) -> list[Decimal]:
    """Drawn units weigh 1/probability, scaled so that they sum to Kish's effective size (sum w)^2 / sum w^2."""
    if targeted is None:
        return [Decimal(1)] * len(rows)
    inverse = [1 / row.probability for row in rows if row.probability is not None]
    squares = sum((weight * weight for weight in inverse), Decimal(0))
    scale = sum(inverse, Decimal(0)) / squares if inverse else Decimal(1)
    return [targeted if row.probability is None else scale / row.probability for row in rows]


def _faded(row: Evidence, beta: Beta, at: datetime) -> Decimal:
    age = Decimal(int((at - row.occurred).total_seconds())) / _DAY
    half_lives: Decimal = max(age, Decimal(0)) / beta.half_life_days
    return Decimal("0.5") ** half_lives
