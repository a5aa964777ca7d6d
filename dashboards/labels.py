"""Every code that a page shows in words: the families, and the codes of each; both catalogues must know them all."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from dashboards import errors
from dashboards.form import Done, Fault
from dashboards.frame import PLACES
from dashboards.views.board import Phase, Waits
from dashboards.views.office import CATEGORIES
from dashboards.views.shopper import CONDITIONS
from labs.consignment import ConsignmentEvent, ConsignmentState
from labs.objection import ObjectionEvent, ObjectionKind, ObjectionState
from labs.report import UploadEvent, UploadState
from labs.verdict import Outcome, VerdictEvent, VerdictState
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
from sampling.custody import Role, UnitEvent, UnitState
from sampling.evidence.capture import CaptureEvent, CaptureState
from sampling.evidence.keyring import Use
from sampling.evidence.visit import VisitKind
from sampling.media import Alarm, Medium, Refusal
from sampling.purchase import PurchaseEvent, PurchaseState
from sampling.sample import SampleEvent, SampleState
from sampling.seal import SealEvent, SealKind, SealState
from sampling.task import TaskEvent, TaskState
from sampling.transfer import TransferEvent, TransferState
from storage import looks
from storage.acts.shopping import REJECTIONS
from storage.role import UserRole

ENUMS: tuple[type[StrEnum], ...] = (
    Alarm,
    Announcement,
    Basis,
    CampaignEvent,
    CampaignState,
    CaptureEvent,
    CaptureState,
    ConsignmentEvent,
    ConsignmentState,
    DeliveryEvent,
    DeliveryState,
    Done,
    DrawEvent,
    DrawState,
    Fault,
    Medium,
    MoneyKind,
    MoneyStep,
    NoticeEvent,
    NoticeKind,
    NoticeState,
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
)

# An entry of a history names its noun and its event; the event's words are those of the noun's own enumeration.
EVENTS: dict[str, type[StrEnum]] = {
    "alarm": Alarm,
    "campaign": CampaignEvent,
    "capture": CaptureEvent,
    "consignment": ConsignmentEvent,
    "delivery": DeliveryEvent,
    "draw": DrawEvent,
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
}

CODES: dict[str, tuple[str, ...]] = {
    "Noun": (*EVENTS, "cover", "picture", "release", "report", "reservation"),
    "Beginning": (
        "assigned",
        "committed",
        "corrected",
        "drafted",
        "escalated",
        "exported",
        "frozen",
        "given",
        "handed_on",
        "intended",
        "lodged",
        "looked_at",
        "packed",
        "proposed",
        "received",
        "released",
        "reserve_taken",
        "reserve_used_up",
        "reviewed",
        "sealed",
        "served",
        "targeted",
    ),
    "Answer": ("acknowledged", "removed", "refused", "contested", "served"),
    "Beacon": beacons.codes(),
    "Category": CATEGORIES,
    "LookPurpose": ("order", "settle", "follow", "task", looks.OF_CAPTURE),
    "LookRefusal": ("none_kept", "not_assigned", "not_theirs"),
    "Mark": tuple(part.column for part in weights.load().parts),
    "CapturePurpose": ("draw", "payment", "order", "takedown"),
    "Channel": ("portal", "webhook", "email"),
    "Condition": tuple(sorted(CONDITIONS)),
    "Decision": ("refuse", "dismiss", "uphold", "reinspect"),
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
    "Picture": (SampleEvent.RECEIVED.value, SampleEvent.UNBOXED.value, SampleEvent.SEALED.value),
    "Place": tuple(dict.fromkeys(place for places in PLACES.values() for place in places)),
    "Problem": errors.CODES,
    "Purpose": ("first", "retest", "final"),
    "Reaction": ("reject", "hold", "fix", "warn"),
    "Rejection": REJECTIONS,
    "Reason": (
        # of a visit or a sample
        "address",
        "age",
        "app_only",
        "captcha",
        "certificate",
        "consent",
        "credentials",
        "delisted",
        "download",
        "geo",
        "host",
        "legal_block",
        "length",
        "login",
        "forbidden",
        "page_closed",
        "proxy",
        "queue",
        "rate_limit",
        "scheme",
        "unavailable",
        "unreadable",
        "redirected",
        "empty",
        "unreachable",
        "not_found",
        "server_error",
        "browser_error",
        "page_crashed",
        "no_price",
        "sold_out",
        "goods_changed",
        "budget_spent",
        "no_checkout",
        "nobody_to_buy",
        "no_lab_in_scope",
        "seller_changed",
        "budget",
        "no_confirmation",
        "step_failed",
        "unexpected_basket",
        "not_in_order_list",
        "broken_seal",
        "no_answer_kept",
        "seller_cancelled",
        "seller_met_before",
        "claimed_but_live",
        "reminder",
        "overdue",
        "referral",
        "formal_order",
        "redirect_loop",
        "browser_lost",
        "never_came",
        "timeout",
        "dns",
        "refused",
        "bad_tls",
        "reset",
        "invalid_response",
        "too_dear",
        "price_range",
        "on_request",
        "ambiguous",
        "no_currency",
        "order_page",
        "other_currency",
        "refunded",
        "range",
        *REJECTIONS,
        # of a verdict
        "absent",
        "arbitration_needed",
        "coverage_assumed",
        "fail",
        "fail_cond",
        "guard_too_wide",
        "hold",
        "indeterminate",
        "interval_across_limit",
        "lod_above_required",
        "lod_unknown",
        "near_limit",
        "no_items",
        "no_limit",
        "pass",
        "pass_cond",
        "replicates_unsettled",
        "result_missing",
        "retest_agrees",
        "retest_differs",
        "retest_policy",
        "retest_replaces",
        "retest_void",
        "rounded",
        "rounded_with_guard",
        "two_of_three",
        "uncertainty_missing",
        "unit_not_convertible",
        # of an objection
        "after_deadline",
        "party_may_not_object",
        "no_grounds",
        "no_backup",
        "backup_seal_broken",
    ),
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
    "Rule": ("objection_window", "platform_takedown_limit", "platform_takedown_limit_safety"),
    "PartyKind": ("platform", "seller", "producer", "brand"),
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
