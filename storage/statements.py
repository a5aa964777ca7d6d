"""Key statements: the published chain that names every key that ever signed evidence, each entered in the ledger.

A copy lies in the data folder, for the commands that need no database: they too must seal with the keys in use.
"""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from sampling.digest import sha256
from storage import ledger
from storage.schema.evidence import KeyStatementRow

NAME = "key-statements.jsonl"
"""A document a line: canonical JSON ends with its one line break."""


def published(unit: Session) -> tuple[bytes, ...]:
    """Give every signed statement as it is published, the first one first."""
    return tuple(unit.scalars(select(KeyStatementRow.document).order_by(KeyStatementRow.number)))


def publish(unit: Session, number: int, document: bytes, *, at: datetime) -> None:
    """Keep the next signed statement and enter it in the ledger; a number that is taken raises Conflict."""
    unit.add(KeyStatementRow(number=number, document=document, at=at))
    unit.flush()
    ledger.append(unit, ledger.KEY, str(number), sha256(document), at=at)


def copied(home: Path) -> tuple[bytes, ...]:
    """Give the statements of the data folder's copy, the first one first; none before the first rotation."""
    try:
        return tuple((home / NAME).read_bytes().splitlines(keepends=True))
    except FileNotFoundError:
        return ()


def copy(home: Path, documents: Sequence[bytes]) -> None:
    """Bring the copy up to date; it only grows, and whoever reads meanwhile never finds half of one."""
    if len(documents) > max(len(copied(home)), 1):
        draft = home / f"{NAME}.{os.getpid()}"
        draft.write_bytes(b"".join(documents))
        draft.replace(home / NAME)
