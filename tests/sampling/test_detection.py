"""Detection sizes against the usual tables."""

from decimal import Decimal as D

import pytest

from sampling.detection import detection_size, smallest_rate
from sampling.errors import ImpossiblePlan


# The smallest n with (1 - p)^n, or C(N - D, n) / C(N, n), at most 5 %.
@pytest.mark.parametrize(
    ("rate", "confidence", "population", "expected"),
    [
        ("0.01", "0.95", None, 299),
        ("0.02", "0.95", None, 149),
        ("0.05", "0.95", None, 59),
        ("0.10", "0.95", None, 29),
        ("0.5", "0.75", None, 2),  # exactly: no sample is lost to rounding
        ("0.05", "0.95", 100, 45),
        ("0.05", "0.95", 500, 56),
        ("0.05", "0.95", 10_000_000, 59),
        ("0.001", "0.95", 10, 10),  # one of ten: only all of them
        ("0.99", "0.95", 2, 1),
    ],
)
def test_sizes_to_detect(rate: str, confidence: str, population: int | None, expected: int) -> None:
    assert detection_size(D(rate), D(confidence), population) == expected


@pytest.mark.parametrize(("rate", "confidence", "named"), [("0", "0.95", "rate of 0"), ("0.1", "1", "confidence of 1")])
def test_what_no_sample_can_show_is_refused(rate: str, confidence: str, named: str) -> None:
    with pytest.raises(ImpossiblePlan, match=f"a {named} is not between 0 and 1"):
        detection_size(D(rate), D(confidence))


@pytest.mark.parametrize(
    ("n", "population", "expected"),
    [
        (299, None, "0.009970"),
        (298, None, "0.010003"),
        (45, 100, "0.050000"),
        (44, 100, "0.060000"),
        (56, 500, "0.050000"),
        (100, 100, "0.010000"),  # all are seen, so the first defect is
        (1, 2, "1.000000"),
        (0, 100, "1"),
    ],
)
def test_the_smallest_rate_that_is_seen(n: int, population: int | None, expected: str) -> None:
    assert smallest_rate(n, D("0.95"), population) == D(expected)
