"""The ledger's tree is that of RFC 6962: its known roots, its proofs against their definition, and no forged one."""

import time
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.digest import canonical
from sampling.evidence.ledger import (
    EMPTY,
    Entry,
    Frontier,
    check_consistency,
    check_inclusion,
    consistency,
    entry_of,
    inclusion,
    leaf,
    root,
)

# The inputs and roots of Certificate Transparency's own Merkle tree test.
INPUTS = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf(data) for data in INPUTS]
MANY = [leaf(str(number).encode()) for number in range(70)]
NOON = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)


def naive(leaves: list[bytes]) -> bytes:
    """The definition: MTH of RFC 6962, section 2.1, over leaf hashes."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return sha256(b"\1" + naive(leaves[:half]) + naive(leaves[half:])).digest()


def naive_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """The definition: PATH of RFC 6962, section 2.1.1."""
    if len(leaves) < 2:
        return []
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    if index < half:
        return [*naive_path(index, leaves[:half]), naive(leaves[half:])]
    return [*naive_path(index - half, leaves[half:]), naive(leaves[:half])]


def naive_proof(old: int, leaves: list[bytes], *, whole: bool = True) -> list[bytes]:
    """The definition: SUBPROOF of RFC 6962, section 2.1.2."""
    if old == len(leaves):
        return [] if whole else [naive(leaves)]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    if old <= half:
        return [*naive_proof(old, leaves[:half], whole=whole), naive(leaves[half:])]
    return [*naive_proof(old - half, leaves[half:], whole=False), naive(leaves[:half])]


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_are_those_of_certificate_transparency(size: int) -> None:
    assert root(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_a_ledger_without_entries_has_a_root_too() -> None:
    assert root([]) == Frontier().root == EMPTY == sha256(b"").digest()


@given(st.integers(0, 70))
def test_root_and_frontier_are_the_defined_root(size: int) -> None:
    frontier = Frontier()
    for one in MANY[:size]:
        frontier = frontier.add(one)
    assert root(MANY[:size]) == frontier.root == naive(MANY[:size])
    assert (frontier.size, len(frontier.nodes)) == (size, size.bit_count())


@given(st.integers(1, 70), st.data())
def test_a_proof_of_inclusion_is_the_defined_one_and_holds_at_its_place_only(size: int, data: st.DataObject) -> None:
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(-1, size))
    leaves = MANY[:size]
    path = inclusion(leaves, index)
    assert list(path) == naive_path(index, leaves)
    assert check_inclusion(leaves[index], other, size, path, root(leaves)) is (other == index)


@given(st.integers(1, 70), st.data())
def test_a_proof_of_growth_is_the_defined_one_and_holds(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    path = consistency(MANY, old, new)
    assert list(path) == naive_proof(old, MANY[:new])
    assert check_consistency(old, new, root(MANY[:old]), root(MANY[:new]), path)


@given(st.integers(2, 70), st.data())
def test_a_ledger_that_was_rewritten_cannot_prove_its_growth(new: int, data: st.DataObject) -> None:
    old, place = data.draw(st.integers(1, new - 1)), data.draw(st.integers(0, new - 1))
    rewritten = [*MANY[:new]]
    rewritten[place] = leaf(b"rewritten")
    path = consistency(rewritten, old, new)
    before, after = root(MANY[:old]), root(rewritten)
    assert check_consistency(old, new, before, after, path) is (place >= old)


@pytest.mark.parametrize("change", [lambda p: p[:-1], lambda p: (*p, p[0]), lambda p: p[::-1], lambda p: ()])
def test_a_changed_proof_fails(change: object) -> None:
    path, top = inclusion(MANY[:7], 2), root(MANY[:7])
    assert check_inclusion(MANY[2], 2, 7, path, top)
    assert not check_inclusion(MANY[2], 2, 7, change(path), top)  # type: ignore[operator]
    growth = consistency(MANY, 3, 7)
    assert check_consistency(3, 7, root(MANY[:3]), top, growth)
    assert not check_consistency(3, 7, root(MANY[:3]), top, change(growth))  # type: ignore[operator]


def test_what_cannot_be_proved_is_not_asked() -> None:
    for index in (-1, 3):
        with pytest.raises(IndexError, match="3 entries"):
            inclusion(MANY[:3], index)
    for old, new in ((0, 3), (3, 2), (2, 4)):
        with pytest.raises(IndexError, match="3 entries"):
            consistency(MANY[:3], old, new)
    top = root(MANY[:3])
    assert not check_consistency(0, 3, EMPTY, top, ())
    assert not check_consistency(4, 3, top, top, ())
    assert check_consistency(3, 3, top, top, ())
    assert not check_consistency(3, 3, top, top, (top,))


def test_a_node_is_never_taken_for_a_leaf() -> None:
    left, right = MANY[:2]
    assert leaf(left + right) != root([left, right])


def test_an_entry_is_read_back_as_it_was_written() -> None:
    entry = Entry("capture", "cap-1", "a" * 64, NOON)
    assert entry_of(entry.record()) == entry
    assert entry.leaf() == sha256(b"\0" + canonical(entry.record())).digest()


@pytest.mark.parametrize(
    "record",
    [None, [], {}, {"kind": "capture", "id": "c", "sha256": "a", "at": "2026-11-03T04:00:00Z"},
     {"kind": "capture", "id": "c", "sha256": "a", "at": "2026-11-03T04:00:00.000Z", "more": 1},
     {"kind": "capture", "id": 1, "sha256": "a", "at": "2026-11-03T04:00:00.000Z"},
     {"kind": "capture", "id": "c", "sha256": "a", "at": "yesterday"}],
)  # fmt: skip
def test_what_is_no_entry_is_refused(record: object) -> None:
    with pytest.raises(ValueError, match=r"entry|instant"):
        entry_of(record)


def test_one_of_a_thousand_and_one_entries_is_proved_in_less_than_ten_milliseconds() -> None:
    leaves = [leaf(str(number).encode()) for number in range(1001)]
    took = []
    for _ in range(5):
        started = time.process_time()
        path, top = inclusion(leaves, 1000), root(leaves)
        assert check_inclusion(leaves[1000], 1000, 1001, path, top)
        took.append(time.process_time() - started)
    assert min(took) < 0.01
