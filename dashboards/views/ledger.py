"""The keys and the ledger as everybody may see them: who may sign, and what the ledger was at each checkpoint."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sampling.digest import Digest
from sampling.evidence import checkpoint
from sampling.evidence.credentials import Credentials
from sampling.evidence.instant import text_of
from sampling.evidence.keyring import Key
from storage import ledger
from storage.unit import Unit


@dataclass(frozen=True, slots=True)
class KeysPage:
    """The keys of the newest statement, and what to compare by another way."""

    anchor: Digest | None
    statements: int
    keys: tuple[Key, ...]
    authorities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckpointView:
    """One signed state of the ledger."""

    size: int
    root: str
    origin: str
    at: datetime
    reason: str
    note: str

    def record(self) -> dict[str, Any]:
        """Give the plain JSON of it."""
        return {"size": self.size, "root": self.root, "origin": self.origin, "at": text_of(self.at),
                "reason": self.reason, "note": self.note}  # fmt: skip


def load_keys(given: Credentials) -> KeysPage:
    """Give the page of the keys."""
    return KeysPage(given.anchor, len(given.statements), given.trust().keys, tuple(given.chains))


def load_checkpoints(unit: Unit) -> tuple[CheckpointView, ...]:
    """Give every checkpoint, the newest first."""
    return tuple(
        CheckpointView(
            one.size, one.root.hex(), checkpoint.read(one.note).origin, one.at, one.reason, one.note.decode()
        )
        for one in reversed(ledger.checkpoints(unit))
    )


def load_growth(unit: Unit, old: int, new: int) -> list[str]:
    """Give the hashes that prove that the ledger of the old size is the beginning of that of the new one."""
    return [beside.hex() for beside in ledger.consistency(unit, *sorted((old, new)))]


def _checkpoint(one: ledger.Checkpoint) -> CheckpointView:
    origin = checkpoint.read(one.note).origin
    return CheckpointView(one.size, one.root.hex(), origin, one.at, one.reason, one.note.decode())
