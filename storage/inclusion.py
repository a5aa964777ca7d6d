"""Inclusion: the place of a capture in the ledger with its proof and the signed checkpoint, as a bundle carries it."""

from uuid import UUID

from sqlalchemy.orm import Session

from sampling.evidence.place import Answer, Place
from storage import ledger, stamps
from storage.ledger import Checkpoint
from storage.objects import Objects


def of_capture(unit: Session, objects: Objects, capture_id: UUID) -> bytes | None:
    """Give the `inclusion.json` of a capture; None until a checkpoint covers it."""
    found = ledger.find(unit, ledger.CAPTURE, capture_id)
    if found is None:
        return None
    index, entry = found
    head = _head(unit, index)
    if head is None:
        return None
    answers = {
        one.authority: Answer(objects.get(one.response), objects.get(one.chain))
        for one in stamps.of(unit, stamps.CHECKPOINT, head.id)
    }
    path = ledger.inclusion(unit, index, head.size)
    return Place(entry, index, head.size, path, head.note, answers).written()


def _head(unit: Session, index: int) -> Checkpoint | None:
    """The first checkpoint over the entry that an authority has stamped, or the first one while none has."""
    heads = ledger.covering(unit, index)
    return next((head for head in heads if stamps.of(unit, stamps.CHECKPOINT, head.id)), heads[0] if heads else None)
