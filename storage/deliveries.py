"""The outbox: what is to be announced, who holds it, and every attempt."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from platforms.delivery import DELIVERY, Answer, Delivery, DeliveryEvent, DeliveryState
from platforms.notice import Notice
from storage import events
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.notice import AttemptRow, DeliveryRow, EndpointRow, NoticeRow

LEASE = timedelta(seconds=40)
"""Longer than one attempt may take."""
CLAIM = text("""
    WITH due AS MATERIALIZED (
        SELECT id FROM delivery
        WHERE state IN ('pending', 'waiting_retry', 'leased') AND next_at <= :now
        ORDER BY next_at, id LIMIT :most FOR UPDATE SKIP LOCKED
    )
    UPDATE delivery SET state = 'leased', next_at = :now + :lease, fence = fence + 1, attempts = attempts + 1
    FROM due WHERE delivery.id = due.id RETURNING delivery.id
""")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver."""

    at: datetime
    status: int | None
    error: str | None
    remote_ip: str | None


def announce(unit: Session, notice: Notice, channel: str, event_type: str, *, key: str = "", at: datetime) -> None:
    """Put a message into the outbox; the same message twice is one."""
    row = insert(DeliveryRow).values(
        id=new_id(), notice_id=notice.id, notice_version=notice.version, recipient=notice.recipient, channel=channel,
        event_type=event_type, event_key=key, state=DELIVERY.initial, attempts=0, next_at=at, fence=0,
    )  # fmt: skip
    unit.execute(row.on_conflict_do_nothing())


def claim(unit: Session, now: datetime, limit: int) -> tuple[Delivery, ...]:
    """Lease what is due; a lease that ran out is taken over, and its holder is fenced off."""
    ids = unit.scalars(CLAIM, {"now": now, "most": limit, "lease": LEASE}).all()
    rows = unit.scalars(select(DeliveryRow).where(DeliveryRow.id.in_(ids)).order_by(DeliveryRow.id))
    return tuple(record_of(Delivery, row) for row in rows)


def finish(
    unit: Session, delivery: Delivery, event: DeliveryEvent, answer: Answer, *, next_at: datetime | None, at: datetime
) -> bool:
    """Keep the attempt and move the delivery; False when the lease was lost: then the attempt alone is kept."""
    state = DELIVERY.move(DeliveryState.LEASED, event)
    held = (
        DeliveryRow.id == delivery.id,
        DeliveryRow.fence == delivery.fence,
        DeliveryRow.state == DeliveryState.LEASED,
    )
    changed = unit.execute(update(DeliveryRow).where(*held).values(state=state, next_at=next_at or at))
    unit.add(AttemptRow(delivery_id=delivery.id, fence=delivery.fence, at=at, status=answer.status, error=answer.error,
                        remote_ip=answer.remote_ip, body_head=answer.body_head))  # fmt: skip
    unit.flush()
    if changed.rowcount == 0:  # type: ignore[attr-defined]
        return False
    case = unit.get_one(NoticeRow, delivery.notice_id).sample_id
    data = {"channel": delivery.channel, "event": delivery.event_type, "status": answer.status or 0}
    events.append(unit, case, "delivery", delivery.id, event.value, by="flow:deliver", at=at, data=data)
    return True


def of_notice(unit: Session, notice_id: UUID) -> tuple[tuple[Delivery, tuple[Attempt, ...]], ...]:
    """Give the deliveries of a notice with their attempts, oldest first."""
    rows = unit.scalars(select(DeliveryRow).filter_by(notice_id=notice_id).order_by(DeliveryRow.id))
    return tuple((record_of(Delivery, row), attempts(unit, row.id)) for row in rows)


def attempts(unit: Session, delivery_id: UUID) -> tuple[Attempt, ...]:
    """Give the attempts of a delivery, oldest first."""
    rows = unit.scalars(select(AttemptRow).filter_by(delivery_id=delivery_id).order_by(AttemptRow.fence))
    return tuple(record_of(Attempt, row) for row in rows)


def in_state(unit: Session, state: DeliveryState) -> tuple[Delivery, ...]:
    """Give the deliveries that stand in a state, oldest first."""
    rows = unit.scalars(select(DeliveryRow).filter_by(state=state).order_by(DeliveryRow.id))
    return tuple(record_of(Delivery, row) for row in rows)


def set_endpoint(unit: Session, recipient: str, channel: str, url: str) -> None:
    """Keep where a recipient takes messages of a channel."""
    row = insert(EndpointRow).values(id=new_id(), recipient=recipient, channel=channel, url=url)
    unit.execute(row.on_conflict_do_update(index_elements=["recipient", "channel"], set_={"url": url}))


def endpoints(unit: Session, recipient: str) -> dict[str, str]:
    """Give a recipient's addresses by channel."""
    rows = unit.scalars(select(EndpointRow).filter_by(recipient=recipient))
    return {row.channel: row.url for row in rows}
