"""The Merkle tree of a frame: inclusion and absence are proved by a leaf or two, and nothing else passes."""

import hashlib
from dataclasses import replace

import pytest

from sampling import merkle
from sampling.merkle import EMPTY, LEAF_LINES, Proof, check, grow, prove, prove_id, settle


def lines(number: int) -> list[bytes]:
    return [f"p:{item:06}\ts\t1\n".encode() for item in range(number)]


def test_the_root_is_that_of_the_written_rule() -> None:
    held = lines(2 * LEAF_LINES + 1)
    leaves = [hashlib.sha256(b"\0" + b"".join(held[at : at + LEAF_LINES])).digest() for at in (0, 1024, 2048)]
    left = hashlib.sha256(b"\1" + leaves[0] + leaves[1]).digest()
    assert grow([b"".join(held)]).root == grow(held).root == hashlib.sha256(b"\1" + left + leaves[2]).hexdigest()
    assert grow(lines(1)).root == hashlib.sha256(b"\0p:000000\ts\t1\n").hexdigest()
    assert grow([]).root == EMPTY.hex()


@pytest.mark.parametrize("cut", [1, 999, merkle.PIECE - 1, merkle.PIECE, 3 * merkle.PIECE])
def test_the_file_may_be_cut_anywhere(cut: int) -> None:
    held = b"".join(lines(150_000 if cut > 1 else 3000))
    assert grow(held[at : at + cut] for at in range(0, len(held), cut)) == grow([held])


SIZES = [1, 2, LEAF_LINES, LEAF_LINES + 1, 3 * LEAF_LINES, 5 * LEAF_LINES + 7, 11 * LEAF_LINES]


@pytest.mark.parametrize("number", SIZES)
def test_every_leaf_is_proved_and_no_other_passes(number: int) -> None:
    held = lines(number)
    tree, data = grow(held), b"".join(held)
    for index in {0, number // 2, number - 1}:
        proof = prove(tree, data, index)
        assert held[index] in proof.lines
        assert check(tree.root, proof)
        assert not check(tree.root, replace(proof, lines=(*proof.lines[:-1], b"p:x\ts\t1\n")))
        assert not check("0" * 64, proof)
        assert not check(tree.root, replace(proof, path=(*proof.path, b"\0" * 32)))
        if proof.path:
            assert not check(tree.root, replace(proof, path=proof.path[:-1]))
            assert not check(tree.root, replace(proof, leaf=proof.leaf ^ 1))
    assert not check(tree.root, replace(prove(tree, data, 0), leaf=99999))
    assert not check(tree.root, Proof(0, (), 1, ()))


@pytest.mark.parametrize("index", [-1, 10])
def test_no_line_is_proved_that_is_not_there(index: int) -> None:
    with pytest.raises(IndexError, match="the frame has 10 lines"):
        prove(grow(lines(10)), b"".join(lines(10)), index)


@pytest.mark.parametrize(
    ("id_", "there", "leaves"),
    [
        ("p:000000", True, 1),
        ("p:002049", True, 1),
        ("a", False, 1),  # before the first line
        ("z", False, 1),  # after the last
        ("p:000005x", False, 1),  # inside a leaf
        ("p:001023x", False, 2),  # between two leaves
        ("p:00000", False, 1),  # the start of an id is not the id
    ],
)
def test_an_id_is_settled(id_: str, there: bool, leaves: int) -> None:
    held = b"".join(lines(3000))
    tree = grow([held])
    proofs = prove_id(tree, held, id_)
    assert (settle(tree.root, id_, proofs), len(proofs)) == (there, leaves)


def test_proofs_that_leave_room_settle_nothing() -> None:
    held = b"".join(lines(5000))
    tree = grow([held])
    first, third = prove(tree, held, 0), prove(tree, held, 3000)
    assert settle(tree.root, "p:001500", (first,)) is None, "it could stand behind this leaf"
    assert settle(tree.root, "p:001500", (third,)) is None, "it could stand before this leaf"
    assert settle(tree.root, "p:001500", (first, third)) is None, "it could stand between the leaves"
    assert settle(tree.root, "p:001500", ()) is None
    assert settle("0" * 64, "p:000000", (first,)) is None


def test_an_empty_frame_holds_nobody() -> None:
    tree = grow([])
    assert prove_id(tree, b"", "p:1") == ()
    assert settle(tree.root, "p:1", ()) is False


def test_every_line_of_a_large_file_is_found() -> None:
    held = lines(120_000)
    data = b"".join(held)
    assert len(data) > merkle.PIECE
    tree = grow([data])
    for index in range(0, len(held), 7919):
        assert settle(tree.root, held[index].split(b"\t")[0].decode(), prove_id(tree, data, f"p:{index:06}")) is True
        assert prove(tree, data, index).lines == tuple(held[index // 1024 * 1024 : (index // 1024 + 1) * 1024])


def test_ten_million_lines_need_fourteen_hashes() -> None:
    tree = merkle.Tree(tuple((b"\0" * 32,) * width for width in (9766, 4883, 2442, 1221, 611, 306, 153, 77, 39, 20, 10,
                                                                   5, 3, 2, 1)))  # fmt: skip
    assert len(merkle._path(tree, 0)) == 14
