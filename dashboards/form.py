"""What a visitor typed, what is wrong with it, and what was done with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from unicodedata import normalize

from sampling.text import Text

LARGEST = Decimal(10) ** 12
"""What no amount of money reaches."""
AMOUNT = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(?:\.[0-9]{0,2})?")
"""A comma sets thousands apart and nothing else, for `1,5` may mean one and a half; a third place is nobody's cents."""


class Fault(StrEnum):
    """What is wrong with one field."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    NOT_A_NUMBER = "not_a_number"
    NOT_POSITIVE = "not_positive"
    NOT_OFFERED = "not_offered"
    NOT_A_SEED = "not_a_seed"
    NOT_A_PARTY = "not_a_party"
    NOT_PICKS = "not_picks"
    CAPPED_TWICE = "capped_twice"
    IMPOSSIBLE_PLAN = "impossible_plan"
    NOT_A_TIME = "not_a_time"
    NOT_A_PICTURE = "not_a_picture"
    NOT_SENT = "not_sent"
    TOO_MANY_FILES = "too_many_files"
    NOT_A_BUNDLE = "not_a_bundle"
    BUSY = "busy"
    NOT_A_RESULT_FILE = "not_a_result_file"
    OTHER_FILE = "other_file"
    SAME_PERSON = "same_person"
    SAME_SEAL = "same_seal"
    WRONG_LOG_IN = "wrong_log_in"
    TOO_MANY_TRIES = "too_many_tries"
    OVER_BUDGET = "over_budget"
    OTHER_CURRENCY = "other_currency"
    ENTERED_ALREADY = "entered_already"
    NOT_ORDERED = "not_ordered"
    NOT_PAID = "not_paid"
    NOT_GIVEN = "not_given"
    OBSTRUCTED = "obstructed"
    OWN_PROPOSAL = "own_proposal"
    OWN_FILE = "own_file"
    NEVER_RELEASED = "never_released"
    NOT_A_TEMPERATURE = "not_a_temperature"
    NOTHING_CHANGED = "nothing_changed"
    CORRECTED_SINCE = "corrected_since"
    NO_CODE_SEEN = "no_code_seen"
    TO_COME = "to_come"
    TOO_EARLY = "too_early"
    CHANGED_SINCE = "changed_since"


class Done(StrEnum):
    """What a form achieved, told on the next page."""

    CAMPAIGN_PLANNED = "campaign_planned"
    PLAN_APPROVED = "plan_approved"
    DUPLICATES_PLANNED = "duplicates_planned"
    RESERVE_ASKED = "reserve_asked"
    HANDED_OVER = "handed_over"
    CONFIRMED = "confirmed"
    SERVED = "served"
    OBJECTION_RECORDED = "objection_recorded"
    OBJECTION_DECIDED = "objection_decided"
    SUPPLEMENT_RECORDED = "supplement_recorded"
    APPROVED = "approved"
    REFUSED = "refused"
    SETTLED = "settled"
    OFFER_ACCEPTED = "offer_accepted"
    OFFER_DECLINED = "offer_declined"
    ALARM_ANSWERED = "alarm_answered"
    TEST_ENDED = "test_ended"
    MONEY_ENTERED = "money_entered"
    PROPOSED = "proposed"
    WITHDRAWN = "withdrawn"
    PARCEL_RECEIVED = "parcel_received"
    UNBOXED = "unboxed"
    SEALED = "sealed"
    REJECTED = "rejected"
    DIVERTED = "diverted"
    CALLED_OFF = "called_off"
    MESSAGE_KEPT = "message_kept"
    CONSIGNMENT_RECEIVED = "consignment_received"
    CONSIGNMENT_REFUSED = "consignment_refused"
    CONSIGNMENT_CANCELLED = "consignment_cancelled"
    CONSIGNMENT_LOST = "consignment_lost"
    LINE_RECEIVED = "line_received"
    LINE_DAMAGED = "line_damaged"
    LINE_REFUSED = "line_refused"
    TAKEN_BACK = "taken_back"
    RECONCILED = "reconciled"
    LINK_MADE = "link_made"
    LINK_REVOKED = "link_revoked"
    RESEALED = "resealed"
    CORRECTED = "corrected"
    SEAL_FOUND_BROKEN = "seal_found_broken"
    TWIN_PROPOSED = "twin_proposed"
    TWIN_TAKEN = "twin_taken"
    TEST_STARTED = "test_started"
    FILE_TAKEN = "file_taken"
    ACKNOWLEDGED = "acknowledged"
    CLAIM_TAKEN = "claim_taken"
    CONTEST_TAKEN = "contest_taken"
    LANGUAGE_SAVED = "language_saved"
    LOGGED_OUT = "logged_out"
    PUT_AWAY = "put_away"
    HELD = "held"
    LIFTED = "lifted"
    DISPOSAL_PROPOSED = "disposal_proposed"
    DISPOSED = "disposed"
    SENT_BACK = "sent_back"
    WITHDRAWAL_PROPOSED = "withdrawal_proposed"
    CARRIED_OUT = "carried_out"
    FILE_RELEASED = "file_released"
    RELEASE_PROPOSED = "release_proposed"
    FILE_REFUSED = "file_refused"


@dataclass(frozen=True, slots=True)
class Form:
    """The fields as they were typed, and the faults found in them."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, Fault | Text] = field(default_factory=dict)
    """A fault that every form knows, or the sentence of the one rule that was broken."""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.errors


FIRST_YEAR, LAST_YEAR = 2000, 2099
"""A year outside of them is a slip of the pen, and the first ones cannot be read back from the database."""
COLDEST, WARMEST = Decimal(-200), Decimal(100)
"""In degrees Celsius: no goods are brought in colder or warmer."""
NEVER = datetime.min


class Fields:
    """Reads fields one after the other and keeps every fault, so that a visitor sees them all at once."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = {name: value.strip() for name, value in values.items() if isinstance(value, str)}
        self.errors: dict[str, Fault | Text] = {}

    def text(self, name: str, *, longest: int = 500, needed: bool = True) -> str:
        """Give a text of at most `longest` characters."""
        value = self.values.get(name, "")
        if needed and not value:
            self.errors[name] = Fault.MISSING
        elif len(value) > longest:
            self.errors[name] = Fault.TOO_LONG
        return value

    def amount(self, name: str, *, needed: bool = True) -> Decimal:
        """Give a positive decimal number of at most two places; where it is not needed, nothing and 0 are 0."""
        value = _decimal(self.text(name, longest=20, needed=needed))
        if name in self.errors:
            return Decimal(0)
        if value is None or value >= LARGEST:
            self.errors[name] = Fault.NOT_A_NUMBER
        elif value < 0 or (needed and not value):
            self.errors[name] = Fault.NOT_POSITIVE
        return value.quantize(Decimal("0.01")) if value is not None and name not in self.errors else Decimal(0)

    def count(self, name: str, *, most: int = 100_000, needed: bool = True) -> int:
        """Give a positive whole number; where it is not needed, nothing and 0 are 0."""
        text = self.text(name, longest=10, needed=needed)
        if name in self.errors or not text:
            return 0
        if not (text.isascii() and text.isdigit()):
            self.errors[name] = Fault.NOT_A_NUMBER
            return 0
        if not needed <= int(text) <= most:
            self.errors[name] = Fault.NOT_POSITIVE
        return int(text)

    def moment(self, name: str, zone: "object") -> datetime | None:
        """Give a local date and time as the browser's control writes it."""
        text = self.text(name, longest=30)
        try:
            given = datetime.fromisoformat(text) if text else None
        except ValueError:
            given = NEVER
        if given is not None and not FIRST_YEAR <= given.year <= LAST_YEAR:
            self.errors[name] = Fault.NOT_A_TIME
            return None
        return given and given.replace(tzinfo=zone)  # type: ignore[arg-type]

    def degrees(self, name: str) -> Decimal | None:
        """Give a temperature in degrees Celsius, or None where none was typed."""
        text = self.text(name, longest=10, needed=False).replace("−", "-")
        if not text:
            return None
        try:
            value = Decimal(text)
        except InvalidOperation:
            value = Decimal("NaN")
        if not (value.is_finite() and COLDEST < value < WARMEST):
            self.errors[name] = Fault.NOT_A_TEMPERATURE
            return None
        return value

    def past(self, name: str, zone: "object", now: datetime) -> datetime:
        """Give a moment as `moment` does that has been; now where nothing is typed."""
        given = self.moment(name, zone) if self.values.get(name) else None
        if given is not None and given > now:
            self.errors[name] = Fault.TO_COME
        return given or now

    def choice(self, name: str, offered: frozenset[str]) -> str:
        """Give a value that was on offer."""
        value = self.text(name)
        if value and value not in offered:
            self.errors[name] = Fault.NOT_OFFERED
        return value

    def refuse(self, name: str, fault: Fault | Text) -> None:
        """Note a fault that only the caller can see."""
        self.errors.setdefault(name, fault)

    @property
    def form(self) -> Form:
        """The values and faults for the page."""
        return Form(self.values, self.errors)


def _decimal(text: str) -> Decimal | None:
    """Give the number that a text is, 0 for none; None where it is no number."""
    plain = normalize("NFKC", text) or "0"
    try:
        return Decimal(plain.replace(",", "")) if AMOUNT.fullmatch(plain) else None
    except InvalidOperation:
        return None
