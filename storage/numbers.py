"""Gap-free human numbers: taken in the transaction that uses them, so an abandoned one is given again."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from storage.schema.notice import CounterRow


def take(unit: Session, series: str) -> int:
    """Give the next number of a series, from 1; writers of one series wait for each other."""
    fresh = insert(CounterRow).values(series=series, last=1)
    counted = fresh.on_conflict_do_update(index_elements=["series"], set_={"last": CounterRow.last + 1})
    return unit.execute(counted.returning(CounterRow.last)).scalar_one()
