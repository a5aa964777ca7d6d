"""Messages: the talk with a seller, sealed word for word, for a seller calls the buyer by name."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sampling.digest import sha256
from sampling.message import Message, Speaker
from sampling.sample import Sample
from storage import events, moves
from storage.objects import Objects
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.shopping import MessageRow
from storage.vault import Vault

NOUN = "message"


def write(
    unit: Session,
    vault: Vault,
    objects: Objects,
    sample: Sample,
    speaker: Speaker,
    text: str,
    *,
    said_at: datetime,
    picture: bytes | None = None,
    by: str,
    at: datetime,
) -> Message:
    """Keep one message, its text and its picture sealed, whatever they say: no list of names knows every form of one.

    The hashes in the history are those of what is sealed.
    """
    id_ = new_id()
    kept_picture = objects.put(vault.seal(picture, _bound_picture(id_))) if picture else None
    sealed = vault.seal(text.encode(), _bound(id_)) if text else None
    row = MessageRow(
        id=id_, sample_id=sample.id, speaker=speaker, said_at=said_at, text=None, sealed=sealed, picture=kept_picture,
        picture_sealed=kept_picture is not None, written_by=by, written_at=at,
    )  # fmt: skip
    unit.add(row)
    unit.flush()
    kept = {"text_sha256": sha256(sealed)} if sealed else {}
    told = {"speaker": speaker.value, **kept, **({"picture": kept_picture} if kept_picture else {})}
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


def picture(unit: Session, vault: Vault, objects: Objects, id_: UUID) -> bytes | None:
    """Give the picture of a message as it was sent in, or None where there is none."""
    row = moves.read(unit, MessageRow, id_)
    if row.picture is None:
        return None
    data = objects.get(row.picture)
    return vault.unseal(data, _bound_picture(id_)) if row.picture_sealed else data


def looked_at(unit: Session, message: Message, *, by: str, at: datetime) -> None:
    """Write down who opened a sealed message or its picture."""
    events.append(unit, message.sample_id, NOUN, message.id, "looked_at", by=by, at=at, data={})


def _message(row: MessageRow) -> Message:
    return record_of(Message, row, is_sealed=row.sealed is not None)


def _bound(id_: UUID) -> str:
    return f"message\n{id_}"


def _bound_picture(id_: UUID) -> str:
    return f"picture of message\n{id_}"
