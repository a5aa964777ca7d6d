"""The Merkle tree over a frozen frame: one merchant proves a listing's inclusion or absence without the whole frame.

The lines are those of the canonical frame (`id \\t stratum \\t size \\n`, sorted by bytes). A leaf is 1,024 of them;
H(0 ‖ leaf) and H(1 ‖ left ‖ right) keep a leaf from being taken for a branch. A last branch without a partner moves up
as it is.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sampling.digest import Digest

LEAF_LINES = 1024
PIECE = 1 << 20
"""So many bytes are looked through at a time."""
EMPTY = hashlib.sha256(b"\0").digest()
"""The root of a frame without lines."""

Line = bytes


@dataclass(frozen=True, slots=True)
class Proof:
    """One leaf with the hashes beside its way to the root, from the leaf upwards."""

    leaf: int
    lines: tuple[Line, ...]
    leaves: int
    """How many leaves the tree has: it fixes the shape, so the first and the last leaf are known for what they are."""
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """Every level of the tree, leaves first; 10 million lines make 9,766 leaves and 0.6 MB of hashes."""

    levels: tuple[tuple[bytes, ...], ...]

    @property
    def root(self) -> Digest:
        """The hash that stands for the whole frame."""
        return self.levels[-1][0].hex()


def grow(data: Iterable[bytes]) -> Tree:
    """Give the tree over the bytes of a canonical frame, in pieces cut anywhere, which are read once."""
    levels = [tuple(map(_leaf, _leaves(data))) or (EMPTY,)]
    while len(levels[-1]) > 1:
        levels.append(_above(levels[-1]))
    return Tree(tuple(levels))


def prove(tree: Tree, data: bytes, index: int) -> Proof:
    """Give the proof of the line at an index of the canonical frame: its leaf and the path to the root."""
    count = data.count(b"\n")
    if not 0 <= index < count:
        raise IndexError(f"the frame has {count} lines, none is at {index}")
    leaf = index // LEAF_LINES
    start, lines = _begin(data, leaf * LEAF_LINES), []
    for _ in range(min(LEAF_LINES, count - leaf * LEAF_LINES)):
        stop = data.index(b"\n", start) + 1
        lines.append(data[start:stop])
        start = stop
    return Proof(leaf, tuple(lines), len(tree.levels[0]), _path(tree, leaf))


def check(root: Digest, proof: Proof) -> bool:
    """Tell whether the leaf stands at its place under the root."""
    if not 0 <= proof.leaf < proof.leaves or not proof.lines:
        return False
    node, place, width, beside = _leaf(b"".join(proof.lines)), proof.leaf, proof.leaves, iter(proof.path)
    while width > 1:
        if place % 2 or place + 1 < width:
            other = next(beside, b"")
            node = _branch(other, node) if place % 2 else _branch(node, other)
        place, width = place // 2, (width + 1) // 2
    return node.hex() == root and next(beside, None) is None


def prove_id(tree: Tree, data: bytes, id_: str) -> tuple[Proof, ...]:
    """Give what settles whether an id is in the frame: its leaf, or the one or two leaves it would lie between."""
    wanted = _start(id_)
    place, count = _bisect(data, wanted), data.count(b"\n")
    at = data.count(b"\n", 0, place)
    neighbours = [at] if data.startswith(wanted, place) else [one for one in (at - 1, at) if 0 <= one < count]
    return tuple(prove(tree, data, leaf * LEAF_LINES) for leaf in sorted({one // LEAF_LINES for one in neighbours}))


def settle(root: Digest, id_: str, proofs: Sequence[Proof]) -> bool | None:
    """Give True when the proofs show the id in the frame, False when they show that it is not, None when neither.

    An id is absent when two lines that stand next to each other, or an end of the frame, leave no room for it.
    """
    if not all(check(root, proof) for proof in proofs):
        return None
    if not proofs:
        return False if root == EMPTY.hex() else None
    wanted = _start(id_)
    lines = [line for proof in proofs for line in proof.lines]
    if any(line.startswith(wanted) for line in lines):
        return True
    return False if _closed(proofs, lines, wanted) else None


def _closed(proofs: Sequence[Proof], lines: Sequence[Line], wanted: bytes) -> bool:
    joined = all(right.leaf == left.leaf + 1 for left, right in pairwise(proofs))
    opens = lines[0] < wanted or proofs[0].leaf == 0
    ends = wanted < lines[-1] or proofs[-1].leaf == proofs[-1].leaves - 1
    return joined and opens and ends


def _start(id_: str) -> bytes:
    return id_.encode() + b"\t"


def _bisect(data: bytes, wanted: bytes) -> int:
    """Where the first line begins that does not stand before what is wanted."""
    low, high = 0, len(data)
    while low < high:
        middle = data.rfind(b"\n", low, (low + high) // 2) + 1 or low
        stop = data.index(b"\n", middle) + 1
        if data[middle:stop] < wanted:
            low = stop
        else:
            high = middle
    return low


def _begin(data: bytes, line: int) -> int:
    """Where a line begins, counted from 0."""
    at = 0
    while line > (held := data.count(b"\n", at, at + PIECE)):
        at, line = at + PIECE, line - held
    for _ in range(line):
        at = data.index(b"\n", at) + 1
    return at


def _leaves(data: Iterable[bytes]) -> Iterator[bytes]:
    held: list[bytes | memoryview] = []
    size = 0
    for piece in (memoryview(whole)[at : at + PIECE] for whole in data for at in range(0, len(whole), PIECE)):
        held.append(piece)
        size += len(piece)
        if size >= PIECE:
            *whole, rest = _cut(b"".join(held))
            yield from whole
            held, size = [rest], len(rest)
    yield from filter(None, _cut(b"".join(held)))


def _cut(data: bytes) -> list[bytes]:
    """Every whole leaf of the bytes, and what is left."""
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n"))[LEAF_LINES - 1 :: LEAF_LINES] + 1
    return [data[start:stop] for start, stop in pairwise([0, *ends.tolist(), len(data)])]


def _leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\0" + data).digest()


def _branch(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def _above(level: tuple[bytes, ...]) -> tuple[bytes, ...]:
    pairs = [_branch(*level[place : place + 2]) for place in range(0, len(level) - 1, 2)]
    return (*pairs, level[-1]) if len(level) % 2 else tuple(pairs)


def _path(tree: Tree, leaf: int) -> tuple[bytes, ...]:
    path, place = [], leaf
    for level in tree.levels[:-1]:
        beside = place ^ 1
        if beside < len(level):
            path.append(level[beside])
        place //= 2
    return tuple(path)
