"""Leads: the samples that ended before a verdict, added up by merchant for an officer to look into."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from sampling.lead import DIVERTING, EVADING, MISDESCRIBING, Ended, Lead, leads
from sampling.sample import SampleState
from storage.schema.sample import SampleRow

ENDED = (SampleState.NOT_OBTAINED, SampleState.REJECTED, SampleState.DIVERTED)


def listed(unit: Session, *, least: int) -> tuple[Lead, ...]:
    """Give every lead: merchants that left at least so many shoppers without their goods, or sent wrong ones."""
    wanted = select(SampleRow).where(
        SampleRow.state.in_(ENDED), SampleRow.reason.in_(EVADING | MISDESCRIBING | DIVERTING), SampleRow.seller != ""
    )
    rows = unit.scalars(wanted.order_by(SampleRow.code))
    ended = [Ended(row.code, f"{row.platform}/{row.seller}", row.shopper or "", row.reason or "") for row in rows]
    return leads(ended, least=least)
