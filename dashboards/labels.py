"""Every code that a page shows in words: the families, and the codes of each; both catalogues must know them all."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from dashboards import errors
from dashboards.form import Done, Fault
from dashboards.frame import PLACES
from dashboards.reasons import REASONS
from dashboards.views.covers import FIELDS
from dashboards.views.office import CATEGORIES
from dashboards.views.receiving import CONDITIONS as ARRIVALS
from dashboards.views.shopper import CONDITIONS
from dashboards.views.ticket import Phase, Waits
from dashboards.views.turn import NextAct
from labs.consignment import ConsignmentEvent, ConsignmentState, LineEvent, LineState
from labs.objection import ObjectionDecision, ObjectionEvent, ObjectionKind, ObjectionState
from labs.procedure import procedures
from labs.report import UploadEvent, UploadState
from labs.signed import SignatureState
from labs.verdict import Outcome, VerdictEvent, VerdictState
from labs.withdrawal import WithdrawalEvent, WithdrawalKind, WithdrawalState
from platforms.delivery import Announcement, DeliveryEvent, DeliveryState
from platforms.draft import Action
from platforms.notice import NoticeEvent, NoticeKind, NoticeState
from platforms.takedown import TakedownOutcome
from reputation.indicators import Basis
from reputation.publication import PublicationEvent, PublicationState
from sampling import beacons, weights
from sampling.budget import MoneyKind, MoneyStep, ReservationEvent, ReservationState
from sampling.campaign import CampaignEvent, CampaignState
from sampling.ceremony import DrawEvent, DrawState
from sampling.consent import ConsentEvent, ConsentState
from sampling.custody import Role, UnitEvent, UnitState
from sampling.disposal import DisposalEvent, DisposalMethod, DisposalState
from sampling.evidence.capture import CaptureEvent, CaptureState
from sampling.evidence.keyring import Use
from sampling.evidence.visit import VisitKind
from sampling.lead import LeadKind
from sampling.media import Alarm, Medium, Refusal
from sampling.message import Speaker
from sampling.purchase import PurchaseEvent, PurchaseState
from sampling.retention import Ending
from sampling.rulebook import STATUSES
from sampling.sample import SampleEvent, SampleState
from sampling.seal import SealEvent, SealKind, SealState
from sampling.task import TaskEvent, TaskState
from sampling.transfer import TransferEvent, TransferState
from storage import looks
from storage.acts.shopping import DIVERSIONS, REJECTIONS
from storage.custody import BROKEN_SEAL
from storage.role import UserRole

ENUMS: tuple[type[StrEnum], ...] = (
    Alarm,
    Announcement,
    Basis,
    CampaignEvent,
    CampaignState,
    CaptureEvent,
    CaptureState,
    ConsentEvent,
    ConsentState,
    ConsignmentEvent,
    ConsignmentState,
    DeliveryEvent,
    DeliveryState,
    DisposalEvent,
    DisposalMethod,
    DisposalState,
    Done,
    DrawEvent,
    DrawState,
    Ending,
    Fault,
    LeadKind,
    LineEvent,
    LineState,
    Medium,
    MoneyKind,
    MoneyStep,
    NextAct,
    NoticeEvent,
    NoticeKind,
    NoticeState,
    ObjectionDecision,
    ObjectionEvent,
    ObjectionKind,
    ObjectionState,
    Outcome,
    Phase,
    PublicationEvent,
    PublicationState,
    PurchaseEvent,
    PurchaseState,
    Refusal,
    ReservationEvent,
    ReservationState,
    Role,
    SampleEvent,
    SampleState,
    SealEvent,
    SealKind,
    SealState,
    SignatureState,
    Speaker,
    TakedownOutcome,
    TaskEvent,
    TaskState,
    TransferEvent,
    TransferState,
    UnitEvent,
    UnitState,
    UploadEvent,
    UploadState,
    Use,
    UserRole,
    VerdictEvent,
    VerdictState,
    VisitKind,
    Waits,
    WithdrawalEvent,
    WithdrawalKind,
    WithdrawalState,
)

# An entry of a history names its noun and its event; the event's words are those of the noun's own enumeration.
EVENTS: dict[str, type[StrEnum]] = {
    "alarm": Alarm,
    "campaign": CampaignEvent,
    "capture": CaptureEvent,
    "consent": ConsentEvent,
    "consignment": ConsignmentEvent,
    "delivery": DeliveryEvent,
    "disposal": DisposalEvent,
    "draw": DrawEvent,
    "line": LineEvent,
    "notice": NoticeEvent,
    "objection": ObjectionEvent,
    "publication": PublicationEvent,
    "purchase": PurchaseEvent,
    "sample": SampleEvent,
    "seal": SealEvent,
    "task": TaskEvent,
    "transfer": TransferEvent,
    "unit": UnitEvent,
    "upload": UploadEvent,
    "verdict": VerdictEvent,
    "withdrawal": WithdrawalEvent,
}

LIMITS = tuple(
    dict.fromkeys(
        rule.key
        for one in procedures()
        for rule in (*(window.rule for window in one.windows), *one.rules.values())
        if rule.unit != "none"
    )
)
"""The rules of objections that set a date."""

CODES: dict[str, tuple[str, ...]] = {
    "Noun": (
        *EVENTS,
        "cover",
        "document",
        "duplicate",
        "hold",
        "link",
        "message",
        "packing",
        "picture",
        "release",
        "report",
        "reservation",
        "retention",
        "twin",
    ),
    "Beginning": (
        "answered",
        "asked",
        "awaited",
        "assigned",
        "committed",
        "corrected",
        "dated",
        "charged",
        "drafted",
        "escalated",
        "exported",
        "frozen",
        "given",
        "handed_on",
        "held",
        "intended",
        "lab_drawn",
        "left",
        "lifted",
        "lodged",
        "looked_at",
        "made",
        "named",
        "overdue",
        "overdue",
        "packed",
        "placed",
        "planned",
        "proposed",
        "received",
        "redated",
        "refused",
        "released",
        "reopened",
        "revoked",
        "reserve_taken",
        "reserve_used_up",
        "reviewed",
        "sealed",
        "served",
        "shelf_life_told",
        "taken",
        "taken_up",
        "targeted",
        "written",
    ),
    "Answer": ("acknowledged", "removed", "refused", "contested", "served"),
    "Beacon": beacons.codes(),
    "Category": CATEGORIES,
    "CoverField": FIELDS,
    "LookPurpose": ("order", "settle", "follow", looks.OF_TASK, looks.OF_CAPTURE, looks.OF_MESSAGE),
    "LookRefusal": ("none_kept", "not_assigned", "not_theirs"),
    "Mark": tuple(part.column for part in weights.load().parts),
    "CapturePurpose": ("draw", "payment", "order", "takedown"),
    "Channel": ("portal", "webhook", "email"),
    "Condition": tuple(sorted({*CONDITIONS, *ARRIVALS, BROKEN_SEAL})),
    "FeeParty": ("objector", "authority"),
    "ComparisonMode": ("full", "rounded"),
    "DecisionRule": ("R0", "R1", "R2", "R3"),
    "SpreadBand": ("usual", "question", "action"),
    "ListingField": (
        "available",
        "batch",
        "brand",
        "category",
        "certificates",
        "claims",
        "gtin",
        "item_id",
        "licence",
        "marked_price",
        "model",
        "mpn",
        "pictures",
        "platform",
        "price",
        "reviews",
        "sales",
        "seller",
        "sku",
        "title",
        "url",
        "variants",
    ),
    "PageView": ("before", "page", "phone", "viewport"),
    "Picture": (
        SampleEvent.RECEIVED.value,
        SampleEvent.UNBOXED.value,
        SampleEvent.SEALED.value,
        SampleEvent.ARRIVED_AT_LAB.value,
    ),
    "Place": tuple(dict.fromkeys(place for places in PLACES.values() for place in places)),
    "Problem": errors.CODES,
    "Purpose": ("first", "retest", "arbitration", "duplicate", "final"),
    "Reaction": ("reject", "hold", "fix", "warn"),
    "Diversion": DIVERSIONS,
    "Rejection": REJECTIONS,
    "Reason": REASONS,
    "ScoreKind": ("seller", "brand", "platform"),
    "ScorePart": (
        "inspection",
        "complaints",
        "mediation",
        "certificates",
        "credit",
        "reviews",
        "in_time",
        "stayed_down",
    ),
    "Severity": ("safety", "performance", "label"),
    "FrameReason": (
        "category_missing",
        "category_unknown",
        "column_missing",
        "column_unreadable",
        "duplicate",
        "id_unusable",
        "mark_unknown",
        "mark_without_listing",
        "no_source_fits",
        "number_unreadable",
        "price_from",
        "price_missing",
        "price_negative",
        "price_on_request",
        "price_range",
        "price_too_large",
        "price_unreadable",
        "price_zero",
        "source_unreadable",
        "time_unreadable",
    ),
    "Gate": (
        "approval_missing",
        "duplicate",
        "field_missing",
        "lab_not_qualified",
        "no_backup",
        "results_changed",
        "legal_check_missing",
        "no_result",
        "no_verdict",
        "nobody_served",
        "not_served",
        "objection_open",
        "private_data",
        "same_person",
        "verdict_not_final",
        "window_open",
    ),
    "IdScheme": ("gtin", "model", "batch", "sku", "serial"),
    "RequestedAction": (*Action, "none"),
    "Rule": (*LIMITS, "platform_takedown_limit", "platform_takedown_limit_safety", "test_report_limit"),
    "RuleStatus": tuple(sorted(STATUSES)),
    "LimitStatus": tuple(sorted(STATUSES)),
    "PartyKind": ("platform", "seller", "producer", "brand", "lab"),
    "Keeper": ("station", "carrier"),
}


def codes() -> Iterator[tuple[str, str]]:
    """Give every (family, code) that needs words."""
    for enum in ENUMS:
        yield from ((enum.__name__, member.value) for member in enum)
    for family, names in CODES.items():
        yield from _of(family, names)


def event_family(noun: str, type_: str) -> str:
    """Give the family that has the words for an entry of a history."""
    members = EVENTS.get(noun)
    return members.__name__ if members and type_ in set(members) else "Beginning"


def _of(family: str, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((family, name) for name in names)
