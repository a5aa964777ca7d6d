"""Identity: what looks like one id is one, and what cannot be written on a line of its own is none."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling import compiled
from sampling.cell import texts_in
from sampling.identity import LONGEST, from_ids, from_items, platforms_in
from sampling.listing import canonical_id

# platform, item, the id
ITEMS: list[tuple[str, str | None, str | None]] = [
    ("x", "1", "x:1"),
    (" x ", " 1 ", "x:1"),
    ("x", "a b", "x:a b"),
    ("x", "a:b", "x:a:b"),
    ("x", "cafe\u0301", "x:caf\u00e9"),
    ("x", "\u3000甲\u3000", "x:甲"),
    ("平台", "甲", "平台:甲"),
    ("x", "1\t", "x:1"),
    ("x", "", None),
    ("x", None, None),
    ("x", "  ", None),
    ("x", "\n", None),
    ("x", "a\tb", None),
    ("x", "a\nb", None),
    ("x", "a\x7fb", None),
    ("x", "a\u200bb", None),
    ("x", "a\u202eb", None),
    ("x", "\ufeff1", None),
    ("x", "a\u0085b", None),
    ("", "1", None),
    ("a\tb", "1", None),
    ("x", "1" * (LONGEST - 2), "x:" + "1" * (LONGEST - 2)),
    ("x", "1" * (LONGEST - 1), None),
    ("x", "é" * (LONGEST // 2), None),
]

# a whole id, the platform its row names (None: no such column), the id
WHOLE: list[tuple[str | None, str | None, str | None]] = [
    ("x:1", "x", "x:1"),
    (" x : 1 ", "x", "x:1"),
    ("x:\u30001", "x", "x:1"),
    ("x:e\u0301", "x", "x:\u00e9"),
    ("a:b:1", "a:b", "a:b:1"),
    ("平台:1", "平台", "平台:1"),
    ("x:1", "y", None),
    ("xy:1", "x", None),
    ("x:1", "xy", None),
    ("x:1", "", None),
    ("x1", "x", None),
    ("x:", "x", None),
    ("x: ", "x", None),
    ("", "x", None),
    (None, "x", None),
    ("x:" + "1" * (LONGEST - 2), "x", "x:" + "1" * (LONGEST - 2)),
    ("x:" + "1" * (LONGEST - 1), "x", None),
    ("x:" + "1" * (LONGEST - 1), None, None),
    ("x:a\tb", "x", None),
    ("x:1", "a\tb", None),
    ("x:1", None, "x:1"),
    ("a\tb:1", None, None),
    (":1", None, None),
    ("1", None, None),
    ("", None, None),
]


@pytest.mark.parametrize(("platform", "item", "expected"), ITEMS)
def test_an_id_is_made_of_platform_and_item(platform: str, item: str | None, expected: str | None) -> None:
    platforms = platforms_in(pa.array([platform, "y"]))
    ids = from_items(platforms, texts_in(pa.array([item, "2"])))
    assert ids.to_pylist() == [expected, "y:2"]
    if expected:
        assert expected.startswith(f"{platforms[0].as_py()}:")


@pytest.mark.parametrize("fewest", [0, 1 << 30], ids=["compiled", "plain"])
@pytest.mark.parametrize(("text", "platform", "expected"), WHOLE)
def test_a_whole_id_is_of_the_platform_that_its_row_names(
    text: str | None, platform: str | None, expected: str | None, fewest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not fewest:
        pytest.importorskip("numba")
    monkeypatch.setattr(compiled, "LEAST", fewest)
    named = None if platform is None else platforms_in(pa.array([platform, "y"]))
    ids, platforms = from_ids(texts_in(pa.array([text, "y:2"])), named)
    assert ids.to_pylist() == [expected, "y:2"]
    assert platforms[1].as_py() == "y"


def test_nothing_has_no_ids() -> None:
    none = texts_in(pa.array([], pa.string()))
    assert len(from_items(platforms_in(none), none)) == len(from_ids(none, None)[0]) == 0


WORD = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)


@given(st.lists(st.tuples(WORD, WORD), min_size=1, max_size=8))
def test_columns_and_single_listings_have_the_same_ids(pairs: list[tuple[str, str]]) -> None:
    def single(platform: str, item: str) -> str | None:
        try:
            return canonical_id(platform, item)
        except ValueError:
            return None

    platforms = platforms_in(pa.array([platform for platform, _ in pairs], pa.string()))
    ids = from_items(platforms, texts_in(pa.array([item for _, item in pairs], pa.string())))
    assert ids.to_pylist() == [single(platform, item) for platform, item in pairs]
