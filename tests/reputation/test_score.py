"""A score is what the parts add up to, moves with evidence and time, and gives way to a cap."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from importlib.resources import files

import pytest

from reputation.errors import BadParameters
from reputation.evidence import Evidence, EvidenceStatus, active
from reputation.indicators import Basis, Rate, Unit, estimated
from reputation.parameters import Beta, load, read
from reputation.score import Restriction, Score, score
from reputation.standing import Governance, standing
from reputation.weighing import weigh
from tests.reputation.build import NOW, some_evidence

PARAMETERS = load()
DAY = timedelta(days=1)


def told(rows: list[Evidence], *restrictions: Restriction, age: timedelta = timedelta(0)) -> Score:
    return score("shop-55", rows, at=NOW + age, parameters=PARAMETERS, restrictions=restrictions)


def ledger(passed: int, failed: int, settled: int, unsettled: int, liked: int, disliked: int) -> list[Evidence]:
    return [
        *some_evidence(passed, "1", component="inspection"),
        *some_evidence(failed, "0", component="inspection"),
        *some_evidence(settled, "1", component="complaints"),
        *some_evidence(unsettled, "0", component="complaints"),
        *some_evidence(liked, "1", component="reviews"),
        *some_evidence(disliked, "0", component="reviews"),
    ]


BAD = ledger(6, 4, 20, 20, 100, 60)
HONEST = ledger(12, 0, 18, 2, 180, 20)
NO_CERTIFICATE = some_evidence(1, "0", component="certificates")


@pytest.mark.parametrize(
    ("rows", "value", "deviation", "lower"),
    [
        (BAD, "74.225", "3.543", "68.396"),
        (HONEST, "88.000", "2.224", "84.341"),
        (NO_CERTIFICATE, "80.400", "3.469", "74.693"),  # a fresh shop, above the bad one: so it stays unrated
        ([], "85.400", "3.469", "79.693"),
        # ten thousand bought reviews move the bad shop by 1.85 points
        ([*BAD, *some_evidence(10_000, "1", component="reviews", prefix="fake")], "76.070", "3.525", "70.271"),
        # five hundred complaints of different people are not stopped by the pause of one
        ([*HONEST, *some_evidence(500, "0", component="complaints", prefix="flood")], "69.355", None, None),
    ],
)
def test_the_worked_examples(rows: list[Evidence], value: str, deviation: str | None, lower: str | None) -> None:
    found = told(rows)
    assert found.value == Decimal(value)
    assert deviation is None or found.deviation == Decimal(deviation)
    assert lower is None or found.lower == Decimal(lower)


def test_five_people_count_as_five_however_often_they_complain() -> None:
    flood = [
        replace(row, actor=f"actor-{place % 5}", occurred=NOW - timedelta(minutes=place))
        for place, row in enumerate(some_evidence(500, "0", component="complaints", prefix="flood"))
    ]
    assert told([*HONEST, *flood]).value == pytest.approx(Decimal("85.64"), abs=Decimal("0.01"))


@pytest.mark.parametrize(
    ("component", "rows", "value"),
    [
        ("complaints", [*HONEST, *some_evidence(500, "0", component="complaints", prefix="flood")], "68.324"),
        ("reviews", [*BAD, *some_evidence(10_000, "1", component="reviews", prefix="fake")], "76.536"),
    ],
)
def test_what_a_flood_would_do_without_its_limit(component: str, rows: list[Evidence], value: str) -> None:
    limited = PARAMETERS.components[component]
    assert isinstance(limited, Beta)
    parameters = replace(PARAMETERS, components={**PARAMETERS.components, component: replace(limited, most=None)})
    assert score("shop-55", rows, at=NOW, parameters=parameters).value == Decimal(value)


def test_the_parts_of_the_bad_shop() -> None:
    found = told(BAD)
    assert found.prior == Decimal("85.400")
    assert {part.component: part.change for part in found.parts} == {
        "inspection": Decimal("-4.800"),
        "complaints": Decimal("-5.000"),
        "certificates": Decimal("0.000"),
        "credit": Decimal("0.000"),
        "reviews": Decimal("-1.375"),
    }


@pytest.mark.parametrize("rows", [[], BAD, HONEST, NO_CERTIFICATE, BAD[:7]])
@pytest.mark.parametrize("days", [0, 33, 700])
@pytest.mark.parametrize("capped", [False, True])
def test_prior_parts_and_cap_sum_exactly_to_the_score(rows: list[Evidence], days: int, capped: bool) -> None:
    caps = [Restriction("recall_not_executed", "D-1", NOW)] if capped else []
    found = told(rows, *caps, age=days * DAY)
    assert found.prior + sum(part.change for part in found.parts) + found.cap_change == found.value


@pytest.mark.parametrize(
    ("rows", "rated"),
    [([], False), (ledger(9, 0, 0, 0, 0, 0), False), (ledger(10, 0, 0, 0, 0, 0), True), (NO_CERTIFICATE * 20, False)],
)
def test_below_ten_pieces_of_evidence_nobody_is_rated(rows: list[Evidence], rated: bool) -> None:
    assert told(rows).rated is rated


def test_evidence_fades_by_its_half_life() -> None:
    beta = PARAMETERS.components["inspection"]
    assert isinstance(beta, Beta)
    (row,) = some_evidence(1, "0", component="inspection")
    half = weigh([replace(row, occurred=NOW - timedelta(days=182, hours=12))], beta, at=NOW)
    assert half[0].weight.quantize(Decimal("1e-8")) == Decimal("0.70710678")
    assert weigh([replace(row, occurred=NOW + DAY)], beta, at=NOW)[0].weight == 1  # a clock ahead gains nothing


def test_drawn_units_weigh_as_many_as_they_are_worth_together() -> None:
    beta = PARAMETERS.components["inspection"]
    assert isinstance(beta, Beta)
    drawn = [
        replace(row, probability=Decimal(p))
        for row, p in zip(some_evidence(3, "1", component="inspection"), ("0.5", "0.25", "0.25"), strict=True)
    ]
    picked = replace(drawn[0], id="picked", probability=None)
    weights = [item.weight for item in weigh([*drawn, picked], beta, at=NOW)]
    # w = 2, 4, 4: Kish (2+4+4)^2 / (4+16+16) = 100/36
    assert sum(weights[:3], Decimal(0)).quantize(Decimal("1e-9")) == (Decimal(100) / 36).quantize(Decimal("1e-9"))
    assert weights[1] == 2 * weights[0]
    assert weights[3] == Decimal("0.5")


@pytest.mark.parametrize(
    ("restrictions", "value", "code"),
    [
        ([("serious_violation_list", 0, None)], "20.000", "serious_violation_list"),
        ([("abnormal_operation_list", 0, None), ("recall_not_executed", 0, None)], "40.000", "recall_not_executed"),
        ([("critical_safety_failure", 0, 365)], "50.000", "critical_safety_failure"),
        ([("critical_safety_failure", -400, -35)], "88.000", None),  # over
        ([("critical_safety_failure", 1, None)], "88.000", None),  # not yet
        ([("critical_safety_failure", -10, 0)], "88.000", None),  # ends today
    ],
)
def test_the_most_severe_restriction_caps_the_score(
    restrictions: list[tuple[str, int, int | None]], value: str, code: str | None
) -> None:
    caps = [
        Restriction(name, f"D-{name}", NOW + since * DAY, None if until is None else NOW + until * DAY)
        for name, since, until in restrictions
    ]
    found = told(HONEST, *caps)
    assert found.value == Decimal(value)
    assert found.lower <= found.value
    assert (found.cap.code if found.cap else None) == code


def test_a_cap_above_the_score_changes_nothing() -> None:
    low = told(ledger(0, 200, 0, 200, 0, 50), Restriction("brushing", "D-9", NOW))
    assert low.cap_change == 0
    assert low.value < 60


def test_proven_brushing_silences_the_reviews() -> None:
    found = told(HONEST, Restriction("brushing", "D-2", NOW, NOW + 90 * DAY))
    reviews = next(part for part in found.parts if part.component == "reviews")
    assert (found.value, reviews.n_effective, found.next_expiry) == (Decimal("60.000"), Decimal(0), NOW + 90 * DAY)


def test_the_worst_newest_state_of_a_certificate_counts() -> None:
    (row,) = some_evidence(1, "1", component="certificates")
    revoked = replace(row, id="ccc-2", source="ccc", outcome=Decimal(0), effective=NOW - DAY)
    valid = replace(row, id="iso-1", source="iso")
    older = replace(row, id="ccc-1", source="ccc", effective=NOW - 9 * DAY)
    found = told([older, revoked, valid])
    assert found.value == Decimal("80.400")
    assert [(item.evidence, item.change) for item in found.influences] == [("ccc-2", Decimal("10.000"))]


def test_the_explanation_names_the_five_strongest_pieces() -> None:
    found = told(BAD)
    assert len(found.influences) == 5
    assert {item.evidence.split("-")[0] for item in found.influences} == {"inspection"}
    # without one failure: 45 * (24.4 / 29 - 24.4 / 30)
    assert found.influences[0].change == Decimal("1.262")


def test_evidence_about_another_changes_nothing() -> None:
    assert told([replace(row, subject="shop-56") for row in BAD]).value == told([]).value


def row(**changes: object) -> Evidence:
    return replace(some_evidence(1, "0", component="inspection")[0], **changes)  # type: ignore[arg-type]


FAILURE = row(id="a", effective=NOW, recorded=NOW + DAY)
REVERSAL = row(
    id="b", supersedes="a", status=EvidenceStatus.OVERTURNED, effective=NOW + 5 * DAY, recorded=NOW + 9 * DAY
)
AGAIN = row(id="c", supersedes="b", effective=NOW + 20 * DAY, recorded=NOW + 20 * DAY)


@pytest.mark.parametrize(
    ("at", "known", "ids"),
    [
        (-1, None, []),  # not yet effective
        (0, 0, []),  # effective, not yet known
        (0, 1, ["a"]),
        (4, None, ["a"]),
        (5, None, []),  # as corrected
        (5, 8, ["a"]),  # as known then
        (5, 9, []),
        (20, None, ["c"]),
    ],
)
def test_the_past_can_be_told_as_known_then_and_as_corrected(at: int, known: int | None, ids: list[str]) -> None:
    known_at = None if known is None else NOW + known * DAY
    found = active([AGAIN, REVERSAL, FAILURE], at=NOW + at * DAY, known_at=known_at)
    assert [piece.id for piece in found] == ids


def test_the_same_ledger_in_another_order_gives_the_same_score() -> None:
    assert told(BAD) == told(BAD[::-1])


def test_a_score_is_plain_json() -> None:
    record = told(BAD, Restriction("brushing", "D-2", NOW, NOW + DAY)).record()
    assert record["cap"] == {"code": "brushing", "reference": "D-2"}
    assert record["parts"][0]["mean"] == "0.813"
    assert record["next_expiry"] == "2026-11-23T08:00:00+00:00"
    assert told([]).record()["cap"] is None
    assert told([]).record()["parameters"] == {"version": "2026.1", "status": "unconfirmed"}


def drawn(size: int, failed: int, basis: Basis = Basis.PROBABILITY) -> Rate:
    return estimated([Unit("all", 0.1, place < failed) for place in range(size)], basis=basis)


@pytest.mark.parametrize(
    ("rate", "governance", "value", "rated"),
    [
        (drawn(0, 0), Governance(0, 0, 0, 0), "87.200", False),
        (drawn(100, 8), Governance(0, 0, 0, 0), "87.200", True),  # at the prior rate
        (drawn(100, 20), Governance(0, 0, 0, 0), "80.000", True),
        (drawn(100, 20), Governance(20, 20, 20, 0), "84.000", True),
        (drawn(100, 20), Governance(20, 0, 20, 20), "64.000", True),
        (drawn(12, 6), Governance(0, 0, 0, 0), "62.000", False),
        (drawn(100, 60, Basis.RISK_TARGETED), Governance(0, 0, 0, 0), "87.200", False),
    ],
)
def test_a_platform_stands_by_its_own_goods_and_conduct(
    rate: Rate, governance: Governance, value: str, rated: bool
) -> None:
    found = standing("plat-a", kind="platform", rate=rate, governance=governance, at=NOW, parameters=PARAMETERS)
    assert (found.value, found.rated) == (Decimal(value), rated)
    assert found.prior + sum(part.change for part in found.parts) + found.cap_change == found.value
    assert found.lower < found.value
    assert found.record()["rate"] == rate.record()


def test_a_clean_but_small_draw_is_not_certain() -> None:
    clean = standing(
        "x", kind="brand", rate=drawn(5, 0), governance=Governance(0, 0, 0, 0), at=NOW, parameters=PARAMETERS
    )
    assert clean.deviation > 5


def test_a_platform_can_be_capped_too() -> None:
    restriction = Restriction("recall_not_executed", "D-7", NOW)
    found = standing(
        "plat-a",
        kind="platform",
        rate=drawn(100, 0),
        governance=Governance(0, 0, 0, 0),
        at=NOW,
        parameters=PARAMETERS,
        restrictions=[restriction, replace(restriction, code="serious_violation_list", since=NOW + DAY)],
    )
    assert found.value == 40


FILE = files("rulebooks").joinpath("score.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('version = "2026.1"', ""),
        ("weight = 45", "weight = 44"),
        ("weight_in_time = 25", "weight_in_time = 24"),
        ('prior_for = "18.4"', 'prior_for = "many"'),
        ("half_life_days = 365", ""),
        ("weight = 45", "weight = = 45"),
        ('prior_rate = "0.08"', 'prior_rates = "0.08"'),
    ],
)
def test_a_faulty_file_is_refused(old: str, new: str) -> None:
    assert old in FILE
    with pytest.raises(BadParameters):
        read(FILE.replace(old, new, 1))
