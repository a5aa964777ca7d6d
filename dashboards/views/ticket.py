"""A sample as a ticket: the phase it stands in, whose turn it is and since when, and by when the next move is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from labs.consignment import UNDER_WAY, Consignment
from labs.verdict import Outcome, Verdict, VerdictState
from sampling.consent import Consent
from sampling.sample import Sample, SampleState
from storage import clock, consents, consignments, samples, verdicts
from storage import waiting as waiting_for
from storage.unit import Unit


class Phase(StrEnum):
    """A column of the board."""

    DRAWN = "drawn"
    BUYING = "buying"
    SEALING = "sealing"
    TESTING = "testing"
    DECIDING = "deciding"
    SETTLED = "settled"


class Waits(StrEnum):
    """Whose turn it is."""

    SYSTEM = "system"
    SHOPPER = "shopper"
    SHOP = "shop"
    CARRIER = "carrier"
    COORDINATOR = "coordinator"
    OFFICER = "officer"
    LAB = "lab"
    SELLER = "seller"
    PLATFORM = "platform"
    NOBODY = "nobody"


_S, _P, _W = SampleState, Phase, Waits

PHASES: Mapping[SampleState, tuple[Phase | None, Waits]] = {
    _S.TARGETED: (_P.DRAWN, _W.SYSTEM),
    _S.CAPTURED: (_P.DRAWN, _W.SHOPPER),
    _S.ORDERED: (_P.BUYING, _W.SHOP),
    _S.SHIPPED: (_P.BUYING, _W.SHOPPER),
    _S.RECEIVED: (_P.SEALING, _W.SHOPPER),
    _S.UNBOXED: (_P.SEALING, _W.SHOPPER),
    _S.SEALED: (_P.SEALING, _W.SYSTEM),
    _S.NOTICE_SENT: (_P.SEALING, _W.COORDINATOR),
    _S.LAB_REFUSED: (_P.SEALING, _W.COORDINATOR),
    _S.AT_LAB: (_P.TESTING, _W.LAB),
    _S.TESTING: (_P.TESTING, _W.LAB),
    _S.VERDICT: (_P.DECIDING, _W.OFFICER),
    _S.NOTIFIED: (_P.DECIDING, _W.SELLER),
    _S.OBJECTED: (_P.DECIDING, _W.OFFICER),
    _S.UNDER_REVIEW: (_P.DECIDING, _W.OFFICER),
    _S.REINSPECTION: (_P.DECIDING, _W.LAB),
    _S.FINAL: (_P.SETTLED, _W.SYSTEM),
    _S.DISPOSAL: (_P.SETTLED, _W.PLATFORM),
    _S.FOLLOW_UP: (_P.SETTLED, _W.OFFICER),
    _S.CLOSED: (_P.SETTLED, _W.NOBODY),
    # These ended before a verdict: they stand in a list under the board.
    _S.SKIPPED: (None, _W.NOBODY),
    _S.NOT_OBTAINED: (None, _W.NOBODY),
    _S.REJECTED: (None, _W.NOBODY),
    _S.DIVERTED: (None, _W.NOBODY),
    _S.UNTESTABLE: (None, _W.NOBODY),
    _S.VOID: (None, _W.NOBODY),
}

JUDGED = frozenset(
    {
        _S.VERDICT,
        _S.NOTIFIED,
        _S.OBJECTED,
        _S.UNDER_REVIEW,
        _S.REINSPECTION,
        _S.FINAL,
        _S.DISPOSAL,
        _S.FOLLOW_UP,
        _S.CLOSED,
    }
)


@dataclass(frozen=True, slots=True)
class Ticket:
    """One sample with whose turn it is."""

    id: UUID
    code: str
    title: str
    platform: str
    seller: str
    state: SampleState
    outcome: Outcome | None
    waits: Waits
    since: datetime
    due_at: datetime | None
    """By when the next move must be made, where a rule or a promise says so."""
    due_unknown: bool
    """Whether a rule says so and its calendar does not hold the year."""
    late: bool
    reason: str | None


def load_ticket(unit: Unit, sample: Sample) -> Ticket:
    """Give one sample as its board shows it."""
    questions = [(asked, one) for asked, one in consents.open_of(unit, sample.campaign_id) if one.id == sample.id]
    [made] = tickets(unit, sample.campaign_id, [sample], questions)
    return made


def tickets(
    unit: Unit, campaign_id: UUID, found: Sequence[Sample], questions: Sequence[tuple[Consent, Sample]]
) -> tuple[Ticket, ...]:
    """Give samples of a campaign with whose turn it is; `questions` are the open ones about their offers."""
    since = samples.since(unit, campaign_id)
    judged = {sample.id: verdicts.effective(unit, sample.id) for sample in found if sample.state in JUDGED}
    waiting = {sample.id for _, sample in questions}
    dues = waiting_for.dues(unit, campaign_id, found, since)
    dues |= {sample.id: one.due_at for one, sample in questions if one.due_at}
    carried, now = _carried(unit, found), clock.now(unit)
    made = []
    for sample in found:
        id_ = sample.id
        due_unknown = id_ in dues and dues[id_] is None
        one = _ticket(sample, judged.get(id_), since[id_], asked=id_ in waiting, due_at=dues.get(id_),
                      due_unknown=due_unknown, now=now)  # fmt: skip
        made.append(_on_the_way(one, carried.get(id_)))
    return tuple(made)


def _waits_on(state: SampleState, verdict: Verdict | None, *, asked: bool = False) -> Waits:
    """Whose turn it is; a confirmed verdict waits for its notices, which go out by themselves.

    An offer about which a coordinator is `asked` is not bought before there is an answer.
    """
    if asked:
        return Waits.COORDINATOR
    if state is SampleState.VERDICT and verdict is not None and verdict.state is VerdictState.CONFIRMED:
        return Waits.SYSTEM
    return PHASES[state][1]


def _ticket(
    sample: Sample, verdict: Verdict | None, since: datetime, *, now: datetime, due_at: datetime | None,
    due_unknown: bool, asked: bool,
) -> Ticket:  # fmt: skip
    return Ticket(
        id=sample.id,
        code=sample.code,
        title=sample.title,
        platform=sample.platform,
        seller=sample.seller,
        state=sample.state,
        outcome=verdict.outcome if verdict else None,
        waits=_waits_on(sample.state, verdict, asked=asked),
        since=since,
        due_at=due_at,
        due_unknown=due_unknown,
        late=due_at is not None and now >= due_at,
        reason=sample.reason,
    )


def _carried(unit: Unit, found: Sequence[Sample]) -> dict[UUID, Consignment]:
    """The consignment that each sample is in, where that has left and not arrived yet."""
    on_way = {sample.id for sample in found if sample.state is SampleState.NOTICE_SENT}
    travelling = {one.id: one for one in consignments.in_state(unit, *UNDER_WAY)} if on_way else {}
    carriers = consignments.carriers(unit, tuple(travelling))
    return {sample_id: travelling[id_] for sample_id, id_ in carriers.items() if sample_id in on_way}


def _on_the_way(one: Ticket, consignment: Consignment | None) -> Ticket:
    """What is with the carrier waits for the carrier, since it left."""
    return one if consignment is None else replace(one, waits=Waits.CARRIER, since=consignment.since)
