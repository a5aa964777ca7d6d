"""Politeness: how often a site is visited, by all workers together, and when it asked to be left alone."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from storage.schema.evidence import SiteTurnRow


def take(unit: Session, site: str, now: datetime, *, pause: timedelta, most: int) -> datetime | None:
    """Take a token of the site: None lets the visit go; else the instant from which another try is worth it.

    A site has `most` tokens at the start and gets one back with every pause, never more than `most`.
    """
    unit.execute(insert(SiteTurnRow).values(site=site, full_at=now).on_conflict_do_nothing())
    row = unit.scalars(select(SiteTurnRow).filter_by(site=site).with_for_update()).one()
    unit.refresh(row)
    if row.held_until is not None and row.held_until > now:
        return row.held_until
    full_at = max(row.full_at, now)
    free_at = full_at - pause * (most - 1)
    if free_at > now:
        return free_at
    row.full_at = full_at + pause
    unit.flush()
    return None


def hold(unit: Session, site: str, until: datetime) -> None:
    """Leave the site alone until then, as it asked (`Retry-After`); a later end that was asked before stays."""
    row = insert(SiteTurnRow).values(site=site, full_at=until, held_until=until)
    later = func.greatest(SiteTurnRow.held_until, until)
    unit.execute(row.on_conflict_do_update(index_elements=["site"], set_={"held_until": later}))


def held(unit: Session, now: datetime) -> dict[str, datetime]:
    """Give every site that asked to be left alone, and until when."""
    rows = unit.execute(select(SiteTurnRow.site, SiteTurnRow.held_until).where(SiteTurnRow.held_until > now))
    return {site: until for site, until in rows if until is not None}
