"""The normal distribution in whole numbers, against the one of the standard library."""

from statistics import NormalDist

import numpy as np
import pytest

from labs.normal import FARTHEST, UNIT, WHOLE, phi, phi_at

SPREAD = np.array(
    [*range(-FARTHEST - 3 * UNIT, FARTHEST + 3 * UNIT, 7919), 4999, 5000, 5001, -5000, FARTHEST - 1], np.int64
)


def test_a_column_and_a_number_agree_and_are_right_to_eight_places() -> None:
    for deviation, share in zip(SPREAD.tolist(), phi(SPREAD).tolist(), strict=True):
        assert share == phi_at(deviation)
        assert abs(share / WHOLE - NormalDist().cdf(deviation / UNIT)) < 1e-8


@pytest.mark.parametrize(("deviation", "share"), [(0, WHOLE // 2), (FARTHEST, WHOLE), (-FARTHEST, 0)])
def test_the_middle_and_the_ends_are_exact(deviation: int, share: int) -> None:
    assert phi_at(deviation) == share


def test_both_sides_add_up_to_the_whole() -> None:
    assert (phi(SPREAD) + phi(-SPREAD) == WHOLE).all()
