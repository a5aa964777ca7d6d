"""Key statements: the published chain that names every key that ever signed evidence, each entered in the ledger."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sampling.digest import sha256
from storage import ledger
from storage.schema.evidence import KeyStatementRow


def published(unit: Session) -> tuple[bytes, ...]:
    """Give every signed statement as it is published, the first one first."""
    return tuple(unit.scalars(select(KeyStatementRow.document).order_by(KeyStatementRow.number)))


def publish(unit: Session, number: int, document: bytes, *, at: datetime) -> None:
    """Keep the next signed statement and enter it in the ledger; a number that is taken raises Conflict."""
    unit.add(KeyStatementRow(number=number, document=document, at=at))
    unit.flush()
    ledger.append(unit, ledger.KEY, str(number), sha256(document), at=at)
