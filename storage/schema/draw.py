"""Draws: what was promised, who committed a salt, and what was drawn."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from sampling.ceremony import DrawState
from storage.schema.base import Base, Count, Exact, Id, Instant, Json, Ref, one_of

OPEN = "state IN ('frozen', 'committed', 'opened')"


class DrawRow(Base):
    """One numbered draw of a campaign; an aborted one stays."""

    __tablename__ = "draw"
    __table_args__ = (
        UniqueConstraint("campaign_id", "number"),
        Index("uq_draw_one_under_way", "campaign_id", unique=True, postgresql_where=text(OPEN)),
        CheckConstraint("(state = 'aborted') = (reason IS NOT NULL)", name="aborted_with_a_reason"),
        CheckConstraint("(state = 'published') = (files IS NOT NULL)", name="published_with_its_files"),
        CheckConstraint("state IN ('frozen', 'committed', 'aborted') OR beacon IS NOT NULL", name="opened_by_a_beacon"),
        CheckConstraint("state NOT IN ('drawn', 'published') OR sample_sha256 IS NOT NULL", name="drawn_with_its_hash"),
    )

    id: Mapped[Id]
    campaign_id: Mapped[Ref] = mapped_column(ForeignKey("campaign.id"))
    number: Mapped[int]
    state: Mapped[DrawState] = mapped_column(one_of(DrawState))
    plan: Mapped[Json] = mapped_column(comment="the record that plan_sha256 is taken over")
    plan_sha256: Mapped[str]
    frame_sha256: Mapped[str]
    merkle_root: Mapped[str]
    chain: Mapped[str] = mapped_column(comment="the beacon whose turn it is, or which gave the value")
    round: Mapped[Count]
    missed: Mapped[int] = mapped_column(comment="how many of the plan's beacons were given up")
    beacon: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), comment="the value and its proof")
    sample_sha256: Mapped[str | None]
    draw_sha256: Mapped[str | None]
    files: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB(none_as_null=True), comment="the published folder: SHA-256 of each file by its name"
    )
    reason: Mapped[str | None]
    frozen_at: Mapped[Instant]


class DrawPartyRow(Base):
    """One party's commitment, and its salt once that is held."""

    __tablename__ = "draw_party"
    __table_args__ = (UniqueConstraint("draw_id", "party"),)

    id: Mapped[Id]
    draw_id: Mapped[Ref] = mapped_column(ForeignKey("draw.id"))
    party: Mapped[str]
    sha256: Mapped[str] = mapped_column(unique=True, comment="no salt serves twice: an old one is known")
    at: Mapped[Instant]
    sealed: Mapped[bytes | None] = mapped_column(comment="the salt, sealed with a key that is not in the database")
    given: Mapped[bool] = mapped_column(comment="whether the salt was opened for the draw")


class DrawPlaceRow(Base):
    """One drawn or reserved listing of a draw."""

    __tablename__ = "draw_place"
    __table_args__ = (
        UniqueConstraint("draw_id", "stratum", "rank"),
        UniqueConstraint("draw_id", "listing_id"),
        CheckConstraint("chance > 0 AND chance <= 1", name="chance_is_a_probability"),
    )

    id: Mapped[Id]
    draw_id: Mapped[Ref] = mapped_column(ForeignKey("draw.id"))
    stratum: Mapped[str]
    rank: Mapped[int]
    listing_id: Mapped[str]
    size: Mapped[Count]
    ticket: Mapped[str] = mapped_column(comment="64 bits as decimal text")
    selected: Mapped[bool]
    certain: Mapped[bool]
    chance: Mapped[Exact]


class AssignmentRow(Base):
    """Who was given the samples of one draw for one purpose, with what shows that it is the best assignment."""

    __tablename__ = "assignment"
    __table_args__ = (Index(None, "campaign_id"),)

    id: Mapped[Id]
    campaign_id: Mapped[Ref] = mapped_column(ForeignKey("campaign.id"))
    draw_sha256: Mapped[str]
    purpose: Mapped[str]
    record: Mapped[Json]
    at: Mapped[Instant]


class RecusalRow(Base):
    """A sampler's statement that he takes no samples of one merchant."""

    __tablename__ = "recusal"
    __table_args__ = (UniqueConstraint("user", "merchant"),)

    id: Mapped[Id]
    user: Mapped[str]
    merchant: Mapped[str] = mapped_column(comment="platform and seller, a slash between them")
    reason: Mapped[str]
    at: Mapped[Instant]


class SamplerRow(Base):
    """One of the officers who take a sample."""

    __tablename__ = "sampler"
    __table_args__ = (UniqueConstraint("sample_id", "user"),)

    id: Mapped[Id]
    sample_id: Mapped[Ref] = mapped_column(ForeignKey("sample.id"))
    user: Mapped[str]
