"""Draws: frozen, committed, opened by a beacon, drawn and published, each step written with its event."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from sampling.beacons.interface import Pulse
from sampling.ceremony import DRAW, Commitment, DrawEvent, DrawPlan, DrawState, plan_of, waiting_for
from sampling.places import Place
from sampling.published import pulse_of, pulse_record
from storage import events, moves
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.draw import DrawPartyRow, DrawPlaceRow, DrawRow
from storage.schema.plan import CampaignRow
from storage.vault import Vault

RESERVE_TAKEN = "reserve_taken"


@dataclass(frozen=True, slots=True)
class Draw:
    """One numbered draw and how far it has come."""

    id: UUID
    campaign_id: UUID
    number: int
    state: DrawState
    plan: DrawPlan
    plan_sha256: str
    chain: str
    round: int
    missed: int
    pulse: Pulse | None
    sample_sha256: str | None
    draw_sha256: str | None
    files: Mapping[str, str] | None
    reason: str | None
    frozen_at: datetime


def freeze(unit: Session, campaign_id: UUID, plan: DrawPlan, *, by: str, at: datetime) -> Draw:
    """Keep a draw's promise; a second one under way for the same campaign raises Conflict."""
    first = plan.sources[0]
    row = DrawRow(
        id=new_id(), campaign_id=campaign_id, number=plan.number, state=DRAW.initial, plan=plan.record(),
        plan_sha256=plan.sha256, frame_sha256=plan.frame_sha256, merkle_root=plan.merkle_root,
        chain=first.chain.code, round=first.round, missed=0, beacon=None, sample_sha256=None, draw_sha256=None,
        files=None, reason=None, frozen_at=at,
    )  # fmt: skip
    unit.add(row)
    unit.flush()
    told = {"plan_sha256": plan.sha256, "frame_sha256": plan.frame_sha256, "merkle_root": plan.merkle_root}
    data = {"number": plan.number, **told}
    events.append(unit, campaign_id, DRAW.noun, row.id, DrawState.FROZEN.value, by=by, at=at, data=data)
    return _draw(row)


def commit(unit: Session, id_: UUID, given: Commitment, *, sealed: bytes | None, by: str) -> Draw:
    """Keep a party's commitment; the last one that was waited for closes the draw to others."""
    row = moves.load(unit, DrawRow, id_)
    unit.add(DrawPartyRow(id=new_id(), draw_id=id_, party=given.party, sha256=given.sha256, at=given.at,
                          sealed=sealed, given=False))  # fmt: skip
    _move(unit, row, DrawEvent.COMMITMENT_GIVEN, by, given.at, {"party": given.party, "sha256": given.sha256})
    if not waiting_for(plan_of(row.plan), commitments(unit, id_)):
        _move(unit, row, DrawEvent.COMMITTED, by, given.at, {})
    return _draw(row)


def miss(unit: Session, id_: UUID, reason: str, *, by: str, at: datetime) -> Draw:
    """Give up the source whose turn it was and go on to the plan's next."""
    row = moves.load(unit, DrawRow, id_)
    data = {"chain": row.chain, "round": row.round, "reason": reason}
    _move(unit, row, DrawEvent.BEACON_MISSED, by, at, data)
    row.missed += 1
    following = plan_of(row.plan).sources[row.missed]
    row.chain, row.round = following.chain.code, following.round
    return _draw(row)


def open_(unit: Session, id_: UUID, pulse: Pulse, *, by: str, at: datetime) -> Draw:
    """Keep the beacon's proved value."""
    row = moves.load(unit, DrawRow, id_)
    row.beacon = pulse_record(pulse)
    data = {"chain": pulse.chain, "round": pulse.round, "value": pulse.value.hex()}
    _move(unit, row, DrawEvent.OPENED, by, at, data)
    return _draw(row)


def give_salt(unit: Session, id_: UUID, party: str, *, sealed: bytes, by: str, at: datetime) -> None:
    """Keep that a party opened its salt for the draw; the log does not say which."""
    row = moves.load(unit, DrawRow, id_)
    member = unit.scalars(select(DrawPartyRow).filter_by(draw_id=id_, party=party)).one()
    member.sealed, member.given = sealed, True
    _move(unit, row, DrawEvent.SALT_GIVEN, by, at, {"party": party})


def drawn(
    unit: Session, id_: UUID, places: Iterable[Place], *, hashes: Mapping[str, str], by: str, at: datetime
) -> Draw:
    """Keep every place, and the hashes that are announced at once."""
    row = moves.load(unit, DrawRow, id_)
    listed = [{"id": new_id(), "draw_id": id_, "stratum": one.stratum, "rank": one.rank, "listing_id": one.id,
               "size": one.size, "ticket": str(one.ticket), "selected": one.selected, "certain": one.certain,
               "chance": one.chance} for one in places]  # fmt: skip
    unit.execute(insert(DrawPlaceRow), listed)
    row.sample_sha256, row.draw_sha256 = hashes["sample_sha256"], hashes["draw_sha256"]
    _move(unit, row, DrawEvent.DRAWN, by, at, hashes)
    return _draw(row)


def publish(unit: Session, id_: UUID, files: Mapping[str, str], *, by: str, at: datetime) -> Draw:
    """Keep the hashes of the published files, by name."""
    row = moves.load(unit, DrawRow, id_)
    row.files = dict(files)
    _move(unit, row, DrawEvent.PUBLISHED, by, at, {"files": dict(files)})
    return _draw(row)


def abort(unit: Session, id_: UUID, reason: str, *, by: str, at: datetime) -> Draw:
    """End a draw that was not published; it keeps its number and its reason."""
    row = moves.load(unit, DrawRow, id_)
    row.reason = reason
    _move(unit, row, DrawEvent.ABORTED, by, at, {"reason": reason})
    return _draw(row)


def of_campaign(unit: Session, campaign_id: UUID) -> tuple[Draw, ...]:
    """Give a campaign's draws by number, the aborted ones too."""
    rows = unit.scalars(select(DrawRow).filter_by(campaign_id=campaign_id).order_by(DrawRow.number))
    return tuple(map(_draw, rows))


def listed(unit: Session, limit: int) -> tuple[Draw, ...]:
    """Give the newest draws of all campaigns first, the aborted ones too."""
    return tuple(map(_draw, unit.scalars(select(DrawRow).order_by(DrawRow.id.desc()).limit(limit))))


def find(unit: Session, campaign: str, number: int) -> Draw | None:
    """Give a draw by the number of its campaign and its own, or None."""
    held = select(DrawRow).join(CampaignRow, CampaignRow.id == DrawRow.campaign_id)
    row = unit.scalars(held.where(CampaignRow.number == campaign, DrawRow.number == number)).one_or_none()
    return None if row is None else _draw(row)


def get(unit: Session, id_: UUID) -> Draw:
    """Give one draw, locked until the unit ends, or raise NotFound."""
    return _draw(moves.load(unit, DrawRow, id_))


def commitments(unit: Session, id_: UUID) -> tuple[Commitment, ...]:
    """Give the commitments of a draw by the names of the parties."""
    rows = unit.scalars(select(DrawPartyRow).filter_by(draw_id=id_).order_by(DrawPartyRow.party))
    return tuple(record_of(Commitment, row) for row in rows)


def salts(unit: Session, vault: Vault, draw: Draw) -> dict[str, bytes]:
    """Give the salts that are held, be they opened for the draw or not, by party."""
    rows = unit.scalars(select(DrawPartyRow).filter_by(draw_id=draw.id).order_by(DrawPartyRow.party))
    return {row.party: vault.unseal(row.sealed, bond(draw, row.party)) for row in rows if row.sealed is not None}


def opened(unit: Session, id_: UUID) -> frozenset[str]:
    """Give the parties that have opened their salts."""
    return frozenset(unit.scalars(select(DrawPartyRow.party).filter_by(draw_id=id_, given=True)))


def bond(draw: Draw, party: str) -> str:
    """Give what a sealed salt is bound to."""
    return f"salt\n{draw.id}\n{party}"


def places(unit: Session, id_: UUID) -> tuple[Place, ...]:
    """Give the drawn and reserved listings of a draw, by stratum and rank."""
    rows = unit.scalars(
        select(DrawPlaceRow).filter_by(draw_id=id_).order_by(DrawPlaceRow.stratum.collate("C"), DrawPlaceRow.rank)
    )
    return tuple(record_of(Place, row, id=row.listing_id, ticket=int(row.ticket), taken="") for row in rows)


def reserve_taken(unit: Session, campaign_id: UUID, listing_id: str, reason: str, *, by: str, at: datetime) -> None:
    """Write that a reserve took the place of a drawn listing, and why."""
    data = {"listing": listing_id, "reason": reason}
    events.append(unit, campaign_id, DRAW.noun, campaign_id, RESERVE_TAKEN, by=by, at=at, data=data)


def reserves_taken(unit: Session, campaign_id: UUID) -> dict[str, str]:
    """Give the reserves that were taken, with the reason of each."""
    entries = events.history(unit, campaign_id)
    return {one.data["listing"]: one.data["reason"] for one in entries if one.type == RESERVE_TAKEN}


def _move(unit: Session, row: DrawRow, event: DrawEvent, by: str, at: datetime, data: Mapping[str, Any]) -> None:
    told = {"number": row.number, **data}
    moves.move(unit, row, DRAW, event, case_id=row.campaign_id, by=by, at=at, data=told)


def _draw(row: DrawRow) -> Draw:
    pulse = pulse_of(row.beacon) if row.beacon else None
    return record_of(Draw, row, plan=plan_of(row.plan), pulse=pulse)
