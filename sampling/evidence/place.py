"""A place in the ledger: the entry of one capture with the proof that it stands there, and nothing of the others."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sampling.digest import canonical
from sampling.errors import WrongCheckpoint
from sampling.evidence.checkpoint import Checkpoint
from sampling.evidence.ledger import Entry, Hash, check_inclusion, entry_of

SCHEMA = "mystery-shopper/place/1"


@dataclass(frozen=True, slots=True)
class Answer:
    """An authority's time-stamp over a checkpoint, with the chain it was checked against."""

    response: bytes
    chain: bytes


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands in the ledger, and the signed checkpoint it is proved against: `inclusion.json`."""

    entry: Entry
    index: int
    size: int
    path: tuple[Hash, ...]
    checkpoint: bytes
    """The signed note."""
    stamps: Mapping[str, Answer] = field(default_factory=dict)
    """Over the note, by the authority's code."""

    def record(self) -> dict[str, Any]:
        """Give the place as JSON."""
        return {
            "schema": SCHEMA,
            "entry": self.entry.record(),
            "index": self.index,
            "size": self.size,
            "path": [beside.hex() for beside in self.path],
            "checkpoint": self.checkpoint.decode(),
            "timestamps": {
                code: {"response": base64.b64encode(one.response).decode(), "chain": one.chain.decode()}
                for code, one in self.stamps.items()
            },
        }

    def written(self) -> bytes:
        """Give the file `inclusion.json`."""
        return canonical(self.record())

    def holds(self, head: Checkpoint) -> bool:
        """Tell whether the proof leads from the entry to the root of the checkpoint."""
        if head.size != self.size:
            return False
        return check_inclusion(self.entry.leaf(), self.index, self.size, self.path, head.root)


def read(data: bytes) -> Place:
    """Give the place that `inclusion.json` describes, unproved, or raise WrongCheckpoint."""
    try:
        record = json.loads(data)
        place = Place(
            entry=entry_of(record["entry"]),
            index=_whole(record["index"]),
            size=_whole(record["size"]),
            path=_hashes(record["path"]),
            checkpoint=record["checkpoint"].encode(),
            stamps={
                code: Answer(base64.b64decode(one["response"], validate=True), one["chain"].encode())
                for code, one in record["timestamps"].items()
            },
        )
        written = place.written()
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise WrongCheckpoint("the place in the ledger cannot be read") from error
    if written != data:
        raise WrongCheckpoint("the place in the ledger is not in its one form")
    return place


def _whole(number: object) -> int:
    if type(number) is not int:
        raise ValueError(f"{number!r} is no whole number")
    return number


def _hashes(texts: Sequence[str]) -> tuple[Hash, ...]:
    return tuple(bytes.fromhex(text) for text in texts)
