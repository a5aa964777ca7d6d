"""The risk file is read whole or not at all."""

from importlib.resources import files

import pytest

from sampling.errors import WrongRule
from sampling.weights import Part, load, read

TEXT = files("rulebooks").joinpath("risk.toml").read_text(encoding="utf-8")


def test_the_shipped_file_is_a_proposal() -> None:
    weights = load()
    assert weights.status == "unconfirmed"
    assert Part("fails_24m", "count", 8, 20) in weights.parts
    assert Part("live", "flag", 10, 10) in weights.parts
    assert set(weights.packs.per) == {basis for basis, _ in weights.packs.units.values()}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('kind = "log"', 'kind = "guess"'),
        ("each = 8", "each = 0"),
        ("most = 20", "most = 7"),
        ("[points.live]", "[points.live"),
        ('at = "3.2"', ""),
        ('at = "3.2"', 'at = "much"'),
        ('kg = "1000"', 'kg = "many"'),
        ("per = { g = 100, ml = 100, piece = 1 }", "per = { g = 100 }"),
    ],
)
def test_a_file_with_a_wrong_part_is_refused(old: str, new: str) -> None:
    assert old in TEXT
    with pytest.raises(WrongRule):
        read(TEXT.replace(old, new, 1))
