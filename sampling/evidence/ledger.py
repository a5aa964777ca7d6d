"""The ledger: every capture, key and handover in one tree that only grows (RFC 6962), so that one can be shown alone.

A leaf is H(0 ‖ entry), a node H(1 ‖ left ‖ right) with SHA-256; a node without a partner moves up as it is.
The proofs and their checks are those of RFC 9162, sections 2.1.3 and 2.1.4.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sampling.digest import Digest, canonical
from sampling.evidence.instant import instant_of, text_of

Hash = bytes
"""A SHA-256 as 32 bytes."""

EMPTY: Hash = hashlib.sha256(b"").digest()
"""The root of a ledger without entries."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger: what happened, to what, and when, with the hash of the record itself."""

    kind: str
    """`capture`, `key`, `custody`, `checkpoint`, ...: the ledger gives the same promise to all of them."""
    id: str
    sha256: Digest
    """Of the subject: a capture's manifest, a key statement, a custody event in canonical form."""
    at: datetime

    def record(self) -> dict[str, str]:
        """Give the entry as JSON."""
        return {"kind": self.kind, "id": self.id, "sha256": self.sha256, "at": text_of(self.at)}

    def leaf(self) -> Hash:
        """Give the hash by which the entry stands in the tree."""
        return leaf(canonical(self.record()))


def entry_of(record: Any) -> Entry:
    """Give the entry that JSON describes, or raise ValueError."""
    match record:
        case {"kind": str(kind), "id": str(id_), "sha256": str(subject), "at": str(at)} if len(record) == 4:
            return Entry(kind, id_, subject, instant_of(at))
        case _:
            raise ValueError("this is no entry of a ledger")


@dataclass(frozen=True, slots=True)
class Frontier:
    """All that must be kept of a ledger to go on writing it: its whole subtrees, the widest first."""

    size: int = 0
    nodes: tuple[Hash, ...] = ()

    def add(self, leaf_: Hash) -> "Frontier":
        """Give the frontier with one leaf more, in as many steps as the size has binary digits."""
        nodes, node, width = list(self.nodes), leaf_, self.size
        while width % 2:
            node, width = branch(nodes.pop(), node), width // 2
        return Frontier(self.size + 1, (*nodes, node))

    @property
    def root(self) -> Hash:
        """The hash that stands for every entry up to here."""
        if not self.nodes:
            return EMPTY
        *wider, node = self.nodes
        for left in reversed(wider):
            node = branch(left, node)
        return node


def leaf(data: bytes) -> Hash:
    """Give the hash of one entry; its prefix keeps it from being taken for a node."""
    return hashlib.sha256(b"\0" + data).digest()


def branch(left: Hash, right: Hash) -> Hash:
    """Give the hash of the node above two."""
    return hashlib.sha256(b"\1" + left + right).digest()


def root(leaves: Sequence[Hash]) -> Hash:
    """Give the hash that stands for all the leaves, in their order."""
    level = list(leaves)
    while len(level) > 1:
        level = _above(level)
    return level[0] if level else EMPTY


def inclusion(leaves: Sequence[Hash], index: int) -> tuple[Hash, ...]:
    """Give the hashes beside the way from one leaf to the root, from the leaf upwards."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"the ledger has {len(leaves)} entries, none is at {index}")
    path, level, place = [], list(leaves), index
    while len(level) > 1:
        if place ^ 1 < len(level):
            path.append(level[place ^ 1])
        level, place = _above(level), place // 2
    return tuple(path)


def consistency(leaves: Sequence[Hash], old: int, new: int) -> tuple[Hash, ...]:
    """Give the hashes that prove that the first `old` leaves still are the beginning of the first `new`."""
    if not 0 < old <= new <= len(leaves):
        raise IndexError(f"a ledger of {len(leaves)} entries cannot prove how {old} grew to {new}")
    return tuple(_growth(leaves[:new], old, whole=True))


def check_inclusion(leaf_: Hash, index: int, size: int, path: Sequence[Hash], root_: Hash) -> bool:
    """Tell whether the leaf stands at its index in the ledger of that size and root."""
    if not 0 <= index < size:
        return False
    node, place, last, beside = leaf_, index, size - 1, iter(path)
    while last:
        if place % 2:
            node = branch(next(beside, b""), node)
        elif place < last:
            node = branch(node, next(beside, b""))
        place, last = place // 2, last // 2
    return node == root_ and next(beside, None) is None


def check_consistency(old: int, new: int, old_root: Hash, new_root: Hash, path: Sequence[Hash]) -> bool:
    """Tell whether the ledger of the new size and root begins with the whole ledger of the old one."""
    if old == new:
        return old > 0 and not path and old_root == new_root
    if not 0 < old < new:
        return False
    # The widest whole subtree that ends the old ledger is in the proof, unless it is the old ledger itself.
    rise = (old & -old).bit_length() - 1
    place, last, beside = (old - 1) >> rise, (new - 1) >> rise, iter(path)
    was = now = old_root if place == 0 else next(beside, b"")
    while last:
        if place % 2:
            left = next(beside, b"")
            was, now = branch(left, was), branch(left, now)
        elif place < last:
            now = branch(now, next(beside, b""))
        place, last = place // 2, last // 2
    return (was, now) == (old_root, new_root) and next(beside, None) is None


def _growth(leaves: Sequence[Hash], old: int, *, whole: bool) -> Iterator[Hash]:
    """SUBPROOF of RFC 9162, 2.1.4.1; `whole`: the first `old` leaves are all that the old ledger held."""
    if old == len(leaves):
        if not whole:
            yield root(leaves)
        return
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if old <= half:
        yield from _growth(leaves[:half], old, whole=whole)
        yield root(leaves[half:])
    else:
        yield from _growth(leaves[half:], old - half, whole=False)
        yield root(leaves[:half])


def _above(level: list[Hash]) -> list[Hash]:
    pairs = [branch(level[place], level[place + 1]) for place in range(0, len(level) - 1, 2)]
    return pairs + level[len(pairs) * 2 :]
