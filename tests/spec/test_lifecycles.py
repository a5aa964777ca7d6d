"""The life cycles of every stage: where each begins, where it ends, and that no state is out of reach.

The reason of a way that is never open stands beside it, with the article where a law gives it.
"""

from enum import StrEnum
from itertools import product
from typing import Any

import pytest

from labs.consignment import CONSIGNMENT
from labs.objection import OBJECTION
from labs.report import UPLOAD
from labs.verdict import VERDICT
from labs.withdrawal import WITHDRAWAL
from platforms.delivery import DELIVERY
from platforms.notice import NOTICE
from reputation.publication import PUBLICATION
from sampling.budget import RESERVATION
from sampling.campaign import CAMPAIGN
from sampling.consent import CONSENT
from sampling.custody import UNIT
from sampling.disposal import DISPOSAL
from sampling.errors import IllegalMove
from sampling.lifecycle import Lifecycle
from sampling.purchase import PURCHASE
from sampling.sample import SAMPLE
from sampling.seal import SEAL
from sampling.task import TASK
from sampling.transfer import TRANSFER

CYCLES: dict[str, Lifecycle[Any, Any]] = {
    cycle.noun: cycle
    for cycle in (CAMPAIGN, SAMPLE, TASK, PURCHASE, UNIT, SEAL, DISPOSAL, CONSIGNMENT, UPLOAD, VERDICT, OBJECTION,
                  NOTICE, DELIVERY, PUBLICATION, RESERVATION, TRANSFER, CONSENT, WITHDRAWAL)
}  # fmt: skip

# noun: (its first state, the states that nothing leaves)
ENDS = {
    "campaign": ("draft", "cancelled closed"),
    "sample": ("targeted", "skipped not_obtained rejected diverted untestable void closed"),
    "task": ("assigned", "done released"),
    "purchase": ("intended", "failed cancelled delivered"),
    "disposal": ("proposed", "refused done"),
    "unit": ("registered", "disposed given_back lost"),
    "reservation": ("reserved", "settled released"),
    "transfer": ("open", "complete refused expired"),
    "upload": ("received", "committed refused"),
    "withdrawal": ("proposed", "carried_out refused"),
    "consent": ("asked", "given denied ran_out moot"),
    "seal": ("issued", "broken_authorised broken_unexplained void"),
}

# noun: a way through, event by event
WAYS = [
    ("campaign", "planned frame_frozen approved drawn extended suspended resumed samples_obtained reported closed",
     "closed"),
    ("campaign", "planned cancelled", "cancelled"),
    ("campaign", "planned frame_frozen cancelled", "cancelled"),
    ("sample", "captured ordered shipped received unboxed sealed sampling_notice_sent arrived_at_lab test_started "
     "judged notified window_closed closed", "closed"),
    ("sample", "captured ordered shipped received unboxed sealed sampling_notice_sent arrived_at_lab test_started "
     "judged notified objected review_opened reinspection_ordered reinspected disposal_ordered closed", "closed"),
    ("sample", "captured ordered shipped received unboxed rejected", "rejected"),
    ("sample", "captured not_obtained", "not_obtained"),
    ("task", "bought done", "done"),
    ("task", "bought released", "released"),
    ("purchase", "placed shipped delivered", "delivered"),
    ("purchase", "lost_sight found shipped delivered", "delivered"),
    ("purchase", "lost_sight not_found", "failed"),
    ("purchase", "placed shipped cancelled", "cancelled"),
    ("reservation", "committed settled", "settled"),
    ("reservation", "released", "released"),
    ("reservation", "committed released", "released"),
    ("transfer", "completed", "complete"),
    ("transfer", "dropped", "expired"),
    ("upload", "held proposed released committed", "committed"),
    ("upload", "held released held refused", "refused"),
    ("consent", "given", "given"),
    ("withdrawal", "carried_out", "carried_out"),
    ("notice", "withdrawn", "withdrawn"),
    ("publication", "approved refused", "refused"),
    ("sample", "captured ordered shipped received unboxed sealed sampling_notice_sent arrived_at_lab test_started "
     "judged notified window_closed voided", "void"),
    ("consent", "lapsed", "moot"),
    ("consent", "ran_out", "ran_out"),
    ("unit", "sealed handed_over arrived opened tested retained disposed", "disposed"),
    ("unit", "sealed retained handed_over arrived opened tested retained disposed", "disposed"),
    ("unit", "sealed retained moved given_back", "given_back"),
    ("unit", "sealed handed_over seal_broken", "compromised"),
    ("disposal", "approved done", "done"),
    ("disposal", "approved refused", "refused"),
    ("seal", "applied verified verified opened", "broken_authorised"),
    ("seal", "applied broken", "broken_unexplained"),
    ("seal", "voided", "void"),
]  # fmt: skip

# what must never be possible, and why
NEVER = [
    ("sample", "targeted", "ordered", "nothing is bought before it was captured"),
    ("sample", "unboxed", "arrived_at_lab", "nothing goes to a laboratory unsealed"),
    ("sample", "verdict", "window_closed", "nobody's window closes before he was told (PQL 15)"),
    ("sample", "objected", "window_closed", "an objection is decided, not outlasted"),
    ("sample", "closed", "captured", "what is closed stays closed"),
    ("purchase", "unknown", "placed", "an order lost sight of is settled, never placed again"),
    ("purchase", "failed", "placed", "a new try is a new intent"),
    ("purchase", "delivered", "cancelled", "goods that came are rejected or sealed, their order is not called off"),
    ("reservation", "reserved", "settled", "money is settled when it is known what was paid"),
    ("reservation", "settled", "released", "what was paid for goods that came back is a refund, not a hold"),
    ("transfer", "complete", "dropped", "a file that is kept stays kept"),
    ("upload", "rejected", "released", "what a reader refused is mended and sent again"),
    ("upload", "held", "committed", "what was released is read again first, and anything else in it holds as before"),
    ("upload", "refused", "reopened", "what an officer refused for good is not asked about again"),
    ("withdrawal", "refused", "carried_out", "what was refused is proposed anew"),
    ("sample", "closed", "voided", "what is closed stays closed; its publication is withdrawn all the same"),
    ("consent", "denied", "given", "who thinks better of it draws the reserve"),
    ("consent", "ran_out", "given", "the next of the reserve is bought already"),
    ("consent", "given", "denied", "an order may stand already"),
    ("unit", "in_transit", "opened", "a seal is opened at the laboratory"),
    ("unit", "compromised", "opened", "a unit whose seal broke is never tested"),
    ("unit", "tested", "disposed", "what a test left is put into the store before anybody disposes of it"),
    ("disposal", "proposed", "done", "one person alone disposes of nothing"),
    ("disposal", "refused", "approved", "what was refused is proposed anew"),
    ("seal", "broken_authorised", "verified", "an opened seal never holds again"),
    ("seal", "applied", "opened", "nobody opens a seal that nobody has looked at"),
    ("seal", "verified", "applied", "a number is never applied twice"),
    ("seal", "void", "applied", "a number made void is never applied"),
    ("task", "released", "bought", "a released task is given out anew"),
    ("campaign", "sampling", "frame_frozen", "a frozen frame never changes"),
]


def member(cycle: Lifecycle[Any, Any], place: int, name: str) -> Any:
    known = {pair[place] for pair in cycle.moves} | ({*cycle.moves.values()} if place == 0 else set())
    return next(one for one in known if one.value == name)


def members(one: StrEnum) -> set[StrEnum]:
    """Give all the values of an enumeration from one of them."""
    return set(type(one))


@pytest.mark.parametrize("noun", CYCLES)
def test_every_state_can_be_reached_and_every_event_is_used(noun: str) -> None:
    cycle = CYCLES[noun]
    reached, fresh = {cycle.initial}, {cycle.initial}
    while fresh:
        fresh = {new for (old, _), new in cycle.moves.items() if old in fresh} - reached
        reached |= fresh
    assert reached == members(cycle.initial)
    events = {event for _, event in cycle.moves}
    assert events == members(next(iter(events)))


@pytest.mark.parametrize("noun", ENDS)
def test_where_it_begins_and_ends(noun: str) -> None:
    first, last = ENDS[noun]
    assert CYCLES[noun].initial.value == first
    assert {state.value for state in CYCLES[noun].final} == set(last.split())


@pytest.mark.parametrize(("noun", "events", "end"), WAYS)
def test_a_way_through(noun: str, events: str, end: str) -> None:
    cycle = CYCLES[noun]
    state = cycle.initial
    for event in events.split():
        state = cycle.move(state, member(cycle, 1, event))
    assert state.value == end


@pytest.mark.parametrize(("noun", "state", "event", "why"), NEVER)
def test_what_is_never_possible(noun: str, state: str, event: str, why: str) -> None:
    cycle = CYCLES[noun]
    old, what = member(cycle, 0, state), member(cycle, 1, event)
    assert not cycle.allows(old, what), why
    with pytest.raises(IllegalMove, match=f"{noun}: {event} is not possible in state {state}"):
        cycle.move(old, what)


@pytest.mark.parametrize("noun", CYCLES)
def test_all_that_the_table_lacks_is_refused(noun: str) -> None:
    cycle = CYCLES[noun]
    states, events = members(cycle.initial), {event for _, event in cycle.moves}
    allowed = {pair for pair in product(states, events) if cycle.allows(*pair)}
    assert allowed == set(cycle.moves)


def test_the_diagram_is_drawn_from_the_table() -> None:
    lines = TASK.diagram().splitlines()
    assert lines[0] == "stateDiagram-v2"
    assert "    [*] --> assigned" in lines
    assert "    bought --> done: done" in lines
    assert [line for line in lines if line.endswith("--> [*]")] == ["    done --> [*]", "    released --> [*]"]
