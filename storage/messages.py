"""Messages: the talk with a seller, sealed where it names the cover."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sampling.digest import Digest, sha256
from sampling.message import Message, Speaker, names_cover
from sampling.sample import Sample
from storage import events, moves
from storage.errors import NotFound, WrongSecret
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.shopping import MessageRow
from storage.vault import Vault

NOUN = "message"
PURPOSE = "message"
"""Of the look at the cover that a text is held against before it is kept."""


def write(
    unit: Session,
    vault: Vault,
    sample: Sample,
    speaker: Speaker,
    text: str,
    *,
    said_at: datetime,
    picture: Digest | None = None,
    by: str,
    at: datetime,
) -> Message:
    """Keep one message; a text that names the cover, or that cannot be held against it, is sealed."""
    id_ = new_id()
    hidden = bool(text) and _names(unit, vault, sample, text, by=by, at=at)
    sealed = vault.seal(text.encode(), _bound(id_)) if hidden else None
    row = MessageRow(
        id=id_, sample_id=sample.id, speaker=speaker, said_at=said_at, text=None if hidden else text or None,
        sealed=sealed, picture=picture, written_by=by, written_at=at,
    )  # fmt: skip
    unit.add(row)
    unit.flush()
    kept = {"text_sha256": sha256(sealed or text.encode())} if text else {}
    told = {"speaker": speaker.value, **kept, **({"picture": picture} if picture else {})}
    events.append(unit, sample.id, NOUN, id_, "written", by=by, at=at, data=told)
    return _message(row)


def of_sample(unit: Session, sample_id: UUID) -> tuple[Message, ...]:
    """Give the talk about one sample, in the order in which it was written down; what is sealed without its text."""
    rows = unit.scalars(select(MessageRow).filter_by(sample_id=sample_id).order_by(MessageRow.id))
    return tuple(_message(row) for row in rows)


def get(unit: Session, id_: UUID) -> Message:
    """Give one message, what is sealed without its text, or raise NotFound."""
    return _message(moves.read(unit, MessageRow, id_))


def unsealed(unit: Session, vault: Vault, id_: UUID) -> str:
    """Give the text of a message, opened where it is sealed; empty where there is a picture alone."""
    row = moves.read(unit, MessageRow, id_)
    return row.text or (vault.unseal(row.sealed, _bound(id_)).decode() if row.sealed else "")


def looked_at(unit: Session, message: Message, *, by: str, at: datetime) -> None:
    """Write down who opened a sealed message or its picture."""
    events.append(unit, message.sample_id, NOUN, message.id, "looked_at", by=by, at=at, data={})


def _names(unit: Session, vault: Vault, sample: Sample, text: str, *, by: str, at: datetime) -> bool:
    try:
        cover = vault.open(
            unit, sample.shopper or "", sample.platform, case_id=sample.id, by=by, at=at, purpose=PURPOSE
        )
    except (NotFound, WrongSecret):
        return True
    return names_cover(text, cover)


def _message(row: MessageRow) -> Message:
    return record_of(Message, row, is_sealed=row.sealed is not None)


def _bound(id_: UUID) -> str:
    return f"message\n{id_}"
