"""Confidence intervals of a rate: Clopper-Pearson, Wilson, and Korn-Graubard for a drawn sample."""

from math import exp, lgamma, log, log1p, sqrt
from statistics import NormalDist

LEVEL = 0.95

_HALVINGS = 200  # more than a double can tell apart
_TERMS = 20_000  # about the square root of the largest count is needed
_CLOSE = 1e-15
_TINY = 1e-300


def beta_share(x: float, a: float, b: float) -> float:
    """Give the regularised incomplete beta function I_x(a, b), by its continued fraction (DLMF 8.17.22)."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    # The fraction converges fast on this side of the mean only; the other side is its mirror.
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def beta_inverse(p: float, a: float, b: float) -> float:
    """Give the x at which I_x(a, b) is p; with a = 0 it is 0, with b = 0 it is 1, the limits of the distribution."""
    if a <= 0:
        return 0.0
    if b <= 0:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if beta_share(middle, a, b) < p:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def t_quantile(p: float, df: float) -> float:
    """Give the quantile of Student's t for p above one half."""
    x = beta_inverse(2 * (1 - p), df / 2, 0.5)
    return sqrt(df * (1 - x) / x)


def clopper_pearson(failed: float, n: float, *, level: float = LEVEL) -> tuple[float, float]:
    """Give the exact binomial interval; `failed` and `n` may be effective counts, not whole ones."""
    tail = (1 - level) / 2
    return beta_inverse(tail, failed, n - failed + 1), beta_inverse(1 - tail, failed + 1, n - failed)


def wilson(rate: float, n: float, *, level: float = LEVEL) -> tuple[float, float]:
    """Give the score interval of a rate seen in n trials."""
    z = NormalDist().inv_cdf((1 + level) / 2)
    middle = (rate + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * sqrt(rate * (1 - rate) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def effective_size(rate: float, variance: float, n: int, df: int, *, cut: bool = True) -> float:
    """Give the size of the simple sample that is as informative (Korn and Graubard 1998), at most n when cut."""
    if variance <= 0 or rate <= 0 or rate >= 1 or df < 1 or n < 2:
        return float(n)
    tail = (1 + LEVEL) / 2
    size = rate * (1 - rate) / variance * (t_quantile(tail, n - 1) / t_quantile(tail, df)) ** 2
    return min(size, float(n)) if cut else size


def korn_graubard(rate: float, n_effective: float) -> tuple[float, float]:
    """Give the Clopper-Pearson interval on the effective counts."""
    return clopper_pearson(rate * n_effective, n_effective)


def _fraction(x: float, a: float, b: float) -> float:
    """Lentz's method, modified so that no denominator is nought."""
    c, d = 1.0, 1 / _safe(1 - (a + b) * x / (a + 1))
    value, before, m = d, 0.0, 0
    while abs(value - before) > _CLOSE * abs(value) and m < _TERMS:
        m += 1
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        before = value
        for term in (even, odd):
            d = 1 / _safe(1 + term * d)
            c = _safe(1 + term / c)
            value *= c * d
    return value


def _safe(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
