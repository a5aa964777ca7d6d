"""The tone of a state word: the word itself says what is meant, the colour only helps the eye."""

from enum import StrEnum

GOOD = frozenset(
    [
        "pass",
        "confirmed",
        "delivered",
        "received",
        "committed",
        "verified",
        "verified_down",
        "closed",
        "published",
        "approved",
        "final",
        "done",
        "upheld",
        "retained",
        "at_lab",
        "tested",
        "acknowledged",
        "accepted",
        "reinspect_pass",
        "gone",
        "unavailable",
    ]
)
BAD = frozenset(
    [
        "fail",
        "failed",
        "rejected",
        "refused",
        "dead",
        "lost",
        "compromised",
        "broken",
        "void",
        "lab_refused",
        "untestable",
        "cancelled",
        "withdrawn",
        "reinspect_fail",
        "live",
        "not_obtained",
        "skipped",
        "diverted",
        "relisted",
    ]
)
WARN = frozenset(
    [
        "review",
        "indeterminate",
        "hold",
        "held",
        "unknown",
        "contested",
        "objected",
        "under_review",
        "reinspection",
        "reinspect",
        "supplement_asked",
        "late",
        "disputed",
        "waiting_retry",
        "provisional",
        "partly_received",
        "suspended",
        "lodged",
        "disposal",
        "claimed_done",
        "corrected",
        "expired",
        "blocked",
        "error",
        "proposed",
        "draft",
        "framed",
    ]
)


def tone(member: StrEnum | str) -> str:
    """Give `good`, `bad`, `warn` or `busy` for a state; what is under way is busy."""
    value = str(member.value) if isinstance(member, StrEnum) else member
    if value in GOOD:
        return "good"
    if value in BAD:
        return "bad"
    return "warn" if value in WARN else "busy"
