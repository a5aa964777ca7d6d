"""The claim: on columns a million results a second are judged, each exactly as one record is judged alone.

The rate is that of one call on a million rows with every kind of limit, decision rule, unit and open end. The
equality is that of another million random cases, half of them within a hair of a limit, some of them counts
beyond 64 bits; a case is equal when outcome, limit, margin, probability and every reason are.
"""

import random
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product
from multiprocessing import get_context
from time import perf_counter, process_time

import numpy as np

from benchmarks.figures import verdict
from labs.bulk import judge_rows
from labs.columns import Columns, Scaled, Words, of_results
from labs.limits import Limit, Limits
from labs.result import Interval, Result
from labs.weighing import weigh
from sampling.text import Text

ROWS, CASES, CHUNK, RATE = 1_000_000, 1_000_000, 20_000, 1_000_000
DAY = date(2026, 11, 22)
UNITS = ("mg/kg", "g/kg", "ug/kg", "%", "CFU/g")
CATEGORIES = ("toys", "spice")


def main() -> int:
    """Print the rate and the differences; 1 when either figure is missed."""
    family = limits()
    columns, category = many(family)
    times = []  # of the CPU and on the wall; what else this machine does is no part of the rate
    for _ in range(5):
        begun, spent = perf_counter(), process_time()
        judged = judge_rows(columns, category, family, DAY)
        times.append((process_time() - spent, perf_counter() - begun))
    best, wall = min(times)
    rate = ROWS / best
    print(f"{len(family.limits)} limits, one core: {rate:,.0f} rows a second of CPU, {ROWS / wall:,.0f} on the wall")
    print(f"outcomes {dict(enumerate(np.bincount(judged.outcome).tolist()))}, {(judged.chance >= 0).sum():,} with U")
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        parts = list(pool.map(compared, range(CASES // CHUNK)))
    seen = sum((part[0] for part in parts), Counter())
    differing = [line for part in parts for line in part[1]]
    print(f"{CASES:,} cases: {dict(seen)}")
    print("\n".join(differing[:10]))
    return verdict({
        f"{rate / 1e6:.2f} M rows a second of one core judged": rate >= RATE,
        f"{len(differing)} of {CASES:,} cases differ from a record judged alone": not differing,
    })  # fmt: skip


def limits() -> Limits:
    """Give a limit of every kind, mode, rule and strictness, each an item of its own."""
    kinds = {"max": "0.5", "min": "20", "range": "1.2-1.6", "absent": "0.01"}
    rows = [
        limit(kind, kinds[kind], mode=mode, decision_rule=rule, strict=strict)
        for kind, mode, rule, strict in product(kinds, ("full", "rounded"), ("R0", "R1", "R2", "R3"), (False, True))
        if kind != "absent" or (mode, rule, strict) == ("full", "R0", False)
    ]
    rows += [limit("max", "0.5", lenient=Decimal(3)), limit("min", "20", lenient=Decimal("12.5"), mode="rounded")]
    rows += [limit("max", "1000", unit="CFU/g"), limit("max", "0.5", guard=Decimal("0.8225"), decision_rule="R3")]
    named = (replace(row, id=f"l{place}", item=f"item{place}") for place, row in enumerate(rows))
    return Limits("limits-bench", "1", tuple(named))


def limit(kind: str, value: str, **changes: object) -> Limit:
    """Give a limit of a kind."""
    ends = [Decimal(end) for end in value.split("-")]
    record: dict[str, object] = {
        "id": "", "standard": "bench", "edition": "1", "item": "", "item_name": Text("项", "item"), "category": "*",
        "unit": "mg/kg", "kind": kind, "low": ends[0] if kind in {"min", "range"} else None,
        "high": ends[-1] if kind in {"max", "range", "absent"} else None, "mode": "full", "decision_rule": "R0",
        "severity": "safety", "valid_from": date(2016, 1, 1), "valid_to": None, "status": "unconfirmed",
        "source": "bench", "step": Decimal("0.1") if kind != "absent" else Decimal("0.01"),
    }  # fmt: skip
    return Limit(**{**record, **changes})  # type: ignore[arg-type]


def many(family: Limits) -> tuple[Columns, Words]:
    """Give a million results: a fifth below a limit of quantification, a third with an uncertainty."""
    chance = np.random.default_rng(6)
    digits, places = chance.integers(1, 10**6, ROWS), chance.integers(1, 6, ROWS).astype(np.int8)
    kind = chance.random(ROWS)
    less, more = kind < 0.2, kind > 0.95
    low = Scaled(np.where(less, 0, digits), np.where(less, 0, places).astype(np.int8), np.ones(ROWS, np.bool_))
    high = Scaled(np.where(more, 0, digits), np.where(more, 0, places).astype(np.int8), ~more)
    known = chance.random(ROWS) < 0.33
    u = Scaled(np.where(known, chance.integers(1, 10**4, ROWS), 0), np.where(known, places, 0).astype(np.int8), known)
    none = Scaled(np.zeros(ROWS, np.int64), np.zeros(ROWS, np.int8), np.zeros(ROWS, np.bool_))
    two = Scaled(np.where(known, 2, 0), np.zeros(ROWS, np.int8), known)
    same = Words(np.zeros(ROWS, np.int32), ("x",))
    columns = Columns(
        report=same, version=np.ones(ROWS, np.int32), sample=same, method=same, method_edition=same,
        item=Words(chance.integers(0, len(family.limits), ROWS).astype(np.int32), tuple(r.item for r in family.limits)),
        replicate=np.ones(ROWS, np.int32), qualifier=same, low=low, high=high, low_open=more, high_open=less,
        lod=none, loq=none, u=u, k=two, unit=Words(chance.integers(0, 3, ROWS).astype(np.int32), UNITS[:3]),
        tested_on=np.full(ROWS, np.datetime64(DAY)), row=np.arange(ROWS), raw_text=same,
    )  # fmt: skip
    return columns, Words(chance.integers(0, 2, ROWS).astype(np.int32), CATEGORIES)


def compared(seed: int, count: int = CHUNK) -> tuple[Counter[str], list[str]]:
    """Give how often each outcome came, and the cases that differ."""
    chance, family = random.Random(seed), limits()
    results = list(cases(chance, family, count))
    columns, category = of_results(results), Words.of(chance.choice(CATEGORIES) for _ in results)
    judged = judge_rows(columns, category, family, DAY)
    seen: Counter[str] = Counter()
    differing = []
    for row, result in enumerate(results):
        alone = weigh(result.item, category.at(row) or "", [result], family, DAY)
        seen[alone.outcome.value] += 1
        if judged.at(row, columns) != alone:
            differing.append(f"{result}\n  {judged.at(row, columns)}\n  {alone}")
    return seen, differing


def cases(chance: random.Random, family: Limits, count: int) -> Iterator[Result]:
    """Give random results; a probability of one in fifty that a number is beyond all measure."""
    for row in range(count):
        rule = chance.choice(family.limits)
        unit = chance.choice(UNITS) if chance.random() < 0.1 else chance.choice([rule.unit, *UNITS[:3]])
        value = number(chance, rule, unit)
        interval, qualifier = spread(chance, value)
        u = None if chance.random() < 0.4 else abs(nearby(chance, value))
        k = chance.choice([None, Decimal(2), Decimal("2.0"), Decimal("1.96"), Decimal(0), Decimal("2.776445105")])
        item = rule.item if chance.random() < 0.99 else "unheard"
        lod = chance.choice([None, interval.high, nearby(chance, value)])
        if qualifier == "<" and chance.random() < 0.3:
            qualifier = "nd"
        yield Result("R", 1, f"S{row}", item, "M", "1", 1, str(value), unit, interval, qualifier, lod, None, u, k,
                     DAY, row)  # fmt: skip


def number(chance: random.Random, rule: Limit, unit: str) -> Decimal:
    """Give a value: often at a limit or half a step from it, in the unit of the result, else of any size."""
    end = chance.choice([end for end in (rule.low, rule.high, rule.lenient) if end is not None])
    times = {"g/kg": Decimal("0.001"), "ug/kg": Decimal(1000), "%": Decimal("0.0001")}.get(unit, Decimal(1))
    match chance.random():
        case share if share < 0.5:
            hair = chance.choice([Decimal(0), Decimal("0.0001"), Decimal("-0.0001"), Decimal("0.05"), Decimal("-0.05")])
            return (end + rule.step * chance.randint(-2, 2) / 2 + hair) * times
        case share if share < 0.95:
            return Decimal(chance.randint(0, 10**6)).scaleb(-chance.randint(0, 7))
        case share if share < 0.98:
            return Decimal(chance.randint(10**9, 10**18)).scaleb(chance.randint(0, 9))
        case _:
            return Decimal(chance.randint(0, 10**25)).scaleb(-chance.randint(0, 40))


def nearby(chance: random.Random, value: Decimal) -> Decimal:
    """Give an uncertainty: of the value's size, of any, or none at all."""
    share = chance.choice(["0.5", "0.1", "0.01", "0", "1"])
    return value * Decimal(share) if chance.random() < 0.7 else Decimal(chance.randint(0, 100)).scaleb(-2)


def spread(chance: random.Random, value: Decimal) -> tuple[Interval, str]:
    """Give what a laboratory may say of a value."""
    match chance.random():
        case share if share < 0.55:
            return Interval(value, value), "="
        case share if share < 0.7:
            return Interval(chance.choice([Decimal(0), None]), value, high_open=chance.random() < 0.8), "<"
        case share if share < 0.8:
            return Interval(value, None, low_open=chance.random() < 0.8), ">"
        case share if share < 0.98:
            return Interval(value, value + Decimal("0.05"), chance.random() < 0.5, chance.random() < 0.5), "trace"
        case _:
            return Interval(None, None), ">"


if __name__ == "__main__":
    sys.exit(main())
