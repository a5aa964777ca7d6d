"""A campaign: one planned round of sampling for given platforms and products, inside a budget."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from sampling.design import PLAIN, Design
from sampling.frozen import Frozen
from sampling.lifecycle import Lifecycle
from sampling.money import Money
from sampling.text import Text


class CampaignState(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    PLANNED = "planned"
    FRAMED = "framed"
    DRAWING = "drawing"
    SAMPLING = "sampling"
    SETTLING = "settling"
    REPORTED = "reported"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    CLOSED = "closed"


class CampaignEvent(StrEnum):
    """What happened to a campaign."""

    PLANNED = "planned"
    FRAME_FROZEN = "frame_frozen"
    APPROVED = "approved"
    DRAWN = "drawn"
    EXTENDED = "extended"
    SAMPLES_OBTAINED = "samples_obtained"
    REPORTED = "reported"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    CANCELLED = "cancelled"
    CLOSED = "closed"


_S, _E = CampaignState, CampaignEvent

CAMPAIGN: Lifecycle[CampaignState, CampaignEvent] = Lifecycle(
    noun="campaign",
    initial=_S.DRAFT,
    moves={
        (_S.DRAFT, _E.PLANNED): _S.PLANNED,
        (_S.DRAFT, _E.CANCELLED): _S.CANCELLED,
        (_S.PLANNED, _E.FRAME_FROZEN): _S.FRAMED,
        (_S.PLANNED, _E.CANCELLED): _S.CANCELLED,
        (_S.FRAMED, _E.APPROVED): _S.DRAWING,
        (_S.FRAMED, _E.CANCELLED): _S.CANCELLED,
        (_S.DRAWING, _E.DRAWN): _S.SAMPLING,
        (_S.DRAWING, _E.CANCELLED): _S.CANCELLED,
        (_S.SAMPLING, _E.EXTENDED): _S.SAMPLING,
        (_S.SAMPLING, _E.SAMPLES_OBTAINED): _S.SETTLING,
        (_S.SAMPLING, _E.SUSPENDED): _S.SUSPENDED,
        (_S.SUSPENDED, _E.RESUMED): _S.SAMPLING,
        (_S.SETTLING, _E.REPORTED): _S.REPORTED,
        (_S.REPORTED, _E.CLOSED): _S.CLOSED,
    },
)


@dataclass(frozen=True, slots=True)
class Campaign:
    """What is to be sampled, how much, and with which seed."""

    id: UUID
    number: str
    name: Text
    platforms: tuple[str, ...]
    categories: tuple[str, ...]
    sample_size: int
    units_each: int
    budget: Money
    seed: str
    """The salt the draw starts from, 64 hexadecimal characters."""
    rulebook: str
    state: CampaignState
    created_by: str
    files: tuple[str, ...] = ()
    """Frame files beside the crawled sites: the SHA-256 of each."""
    mappings: Mapping[str, str] = field(default_factory=dict)
    """The SHA-256 of the mapping that came with a file, by that of the file."""
    design: Design = PLAIN
    frame: Frozen | None = None
    frame_sha256: str | None = None
    draw_sha256: str | None = None
    beacons: tuple[str, ...] = ()
    """The chains the draw waits for, the next where one fails; without any it starts from the seed alone."""
    parties: tuple[str, ...] = ()
    """Who commits a salt beside the beacon, in the order of names."""
