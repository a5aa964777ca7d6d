"""Campaigns, what is known of their frames, and the listings that were drawn from them."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from sampling.campaign import CampaignState
from storage.schema.base import Amount, Base, Count, Exact, Id, Instant, Json, Ref, one_of


class CampaignRow(Base):
    """One planned round of sampling."""

    __tablename__ = "campaign"
    __table_args__ = (CheckConstraint("sample_size > 0", name="asks_for_samples"),)

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    name: Mapped[Json]
    platforms: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    categories: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    sample_size: Mapped[int]
    units_each: Mapped[int]
    budget: Mapped[Amount]
    currency: Mapped[str]
    seed: Mapped[str] = mapped_column(comment="the salt of the draw, 64 hexadecimal characters")
    rulebook: Mapped[str]
    state: Mapped[CampaignState] = mapped_column(one_of(CampaignState))
    created_by: Mapped[str]
    created_at: Mapped[Instant]
    files: Mapped[list[str]] = mapped_column(ARRAY(TEXT), comment="SHA-256 of frame files")
    mappings: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default="{}", comment="SHA-256 of the mapping that came with a file, by that of the file"
    )
    design: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default="{}", comment="how the sample is allocated and drawn"
    )
    frame: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB(none_as_null=True), comment="the frozen frame: its hashes, and where its files lie"
    )
    frame_sha256: Mapped[str | None]
    draw_sha256: Mapped[str | None]
    beacons: Mapped[list[str]] = mapped_column(
        ARRAY(TEXT),
        server_default="{}",
        comment="public beacons in the order in which they apply; none: the seed alone",
    )
    parties: Mapped[list[str]] = mapped_column(
        ARRAY(TEXT), server_default="{}", comment="who commits a salt to the draw, in the order of names"
    )


class FrameRow(Base):
    """One drawn or reserved listing of a frozen frame, with its stratum, its size and its place in the draw."""

    __tablename__ = "frame_listing"
    __table_args__ = (
        UniqueConstraint("campaign_id", "listing_id"),
        UniqueConstraint("campaign_id", "stratum", "rank"),
        CheckConstraint("size > 0", name="every_listing_has_a_chance"),
    )

    id: Mapped[Id]
    campaign_id: Mapped[Ref] = mapped_column(ForeignKey("campaign.id"))
    listing_id: Mapped[str]
    platform: Mapped[str]
    item_id: Mapped[str]
    url: Mapped[str]
    title: Mapped[str]
    category: Mapped[str]
    seller: Mapped[str]
    brand: Mapped[str]
    price: Mapped[Amount | None]
    currency: Mapped[str | None]
    anomaly: Mapped[bool]
    stratum: Mapped[str]
    size: Mapped[int]
    ticket: Mapped[str | None] = mapped_column(comment="first 64 bits of SHA-256(seed, id), as decimal text")
    rank: Mapped[int | None] = mapped_column(comment="order of the draw in the stratum; 1 is drawn first")
    drawn: Mapped[bool]
    chance: Mapped[Exact | None] = mapped_column(comment="of being drawn; none for a listing that was picked")
    why: Mapped[str] = mapped_column(server_default="", comment="which points of risk it has from what")


class FrameStratumRow(Base):
    """What a plan must know of one stratum of a frozen frame."""

    __tablename__ = "frame_stratum"
    __table_args__ = (
        UniqueConstraint("campaign_id", "name"),
        CheckConstraint("listings > 0", name="no_stratum_is_empty"),
    )

    id: Mapped[Id]
    campaign_id: Mapped[Ref] = mapped_column(ForeignKey("campaign.id"))
    name: Mapped[str]
    listings: Mapped[Count]
    priced: Mapped[Count]
    mean_rate: Mapped[Exact] = mapped_column(comment="expected share of failures, from the points of risk")
    mean_price: Mapped[Exact | None]
    least_size: Mapped[Count]
    greatest_size: Mapped[Count]
    total_size: Mapped[Count]
    anomalies: Mapped[Count]


class FrameFindingCountRow(Base):
    """How often one thing is wrong in one column of a source."""

    __tablename__ = "frame_finding_count"
    __table_args__ = (UniqueConstraint("campaign_id", "source", "column", "reason"),)

    id: Mapped[Id]
    campaign_id: Mapped[Ref] = mapped_column(ForeignKey("campaign.id"))
    source: Mapped[str]
    column: Mapped[str]
    reason: Mapped[str]
    count: Mapped[Count]


class FrameFindingRow(Base):
    """One of the first rows of a source in which something is wrong; the frame's file of findings has all."""

    __tablename__ = "frame_finding"
    __table_args__ = (Index(None, "campaign_id", "source", "row"),)

    id: Mapped[Id]
    campaign_id: Mapped[Ref] = mapped_column(ForeignKey("campaign.id"))
    source: Mapped[str]
    row: Mapped[Count]
    column: Mapped[str]
    reason: Mapped[str]
    found: Mapped[str]
