"""One sample from end to end: its history, evidence, units, results, verdicts, notices and publication."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from dashboards.views.chains import Chain, load_chains
from dashboards.views.disputes import ObjectionCase, load_case
from dashboards.views.history import History, tell
from dashboards.views.printing import OF_STAFF, Papers, load_papers
from dashboards.views.ticket import Ticket, load_ticket
from dashboards.views.turn import DONE_AT, OURS, NextAct, next_act
from labs.limits import Limit
from labs.result import Result
from labs.verdict import ItemVerdict, Verdict
from platforms.delivery import Delivery
from platforms.notice import Notice, NoticeKind, NoticeState
from reputation.publication import Publication
from sampling.campaign import Campaign
from sampling.consent import Consent, ConsentState
from sampling.message import Message
from sampling.purchase import Purchase
from sampling.sample import Sample, SampleState
from sampling.transfer import Transfer
from sampling.twin import Twin
from storage import (
    alarms,
    assignments,
    bases,
    campaigns,
    captures,
    clock,
    consents,
    consignments,
    deadlines,
    deliveries,
    events,
    frames,
    limits,
    messages,
    notices,
    objections,
    pictures,
    publications,
    purchases,
    resumable,
    samples,
    twins,
    verdicts,
)
from storage.alarms import Raised
from storage.captures import Capture
from storage.consignments import Order
from storage.deadlines import Clock
from storage.deliveries import Attempt
from storage.frames import Framed
from storage.notices import Checked, Said
from storage.pictures import Picture
from storage.service import OBJECTION_WINDOW
from storage.unit import Unit

SETTLED = frozenset({SampleState.FINAL, SampleState.DISPOSAL, SampleState.CLOSED})
"""The states in which a result can be proposed to the public."""
PICTURES = (".png", ".jpg", ".jpeg", ".webp")
WHOLE, FIRST = ("page.png", "before.png"), ("viewport.png", "page.png", "before.png")
"""The picture that stands for the whole page, and the small one that leads to it; a question may cover the first."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One visit with the picture that stands for it."""

    capture: Capture
    picture: str | None
    small: str | None


@dataclass(frozen=True, slots=True)
class Measured:
    """One result beside its limit and what the verdict says of it."""

    purpose: str
    result: Result
    limit: Limit | None
    judged: ItemVerdict | None


@dataclass(frozen=True, slots=True)
class Sent:
    """One notice with its messages, and what came back."""

    notice: Notice
    deliveries: tuple[tuple[Delivery, tuple[Attempt, ...]], ...]
    answers: tuple[Said, ...]
    checks: tuple[Checked, ...]
    may_serve: bool
    """Whether a person may write down that it reached a party without an account."""


@dataclass(frozen=True, slots=True)
class SamplePage:
    """Everything on file about one sample."""

    campaign: Campaign
    sample: Sample
    ticket: Ticket
    act: NextAct | None
    """What has to happen next; None at the end of the case."""
    act_at: str | None
    """The route, or the part of this page, where that is done or seen."""
    act_is_ours: bool
    """Whether coordinators or officers have to do it."""
    history: History
    unfolded: bool
    """Whether every part of the page is shown, to be read, searched or printed as one."""
    shots: tuple[Shot, ...]
    purchases: tuple[Purchase, ...]
    consents: tuple[Consent, ...]
    asked: Consent | None
    """The open question about the offer, which somebody has to answer."""
    alarms: tuple[Raised, ...]
    talk: tuple[Message, ...]
    papers: Papers
    pictures: tuple[Picture, ...]
    films: tuple[Transfer, ...]
    chains: tuple[Chain, ...]
    orders: tuple[Order, ...]
    measured: tuple[Measured, ...]
    verdicts: tuple[Verdict, ...]
    void: Mapping[UUID, str]
    """Why a person made which of them void: sent back, or fallen with the laboratory's accreditation."""
    notices: tuple[Sent, ...]
    objections: tuple[ObjectionCase, ...]
    clocks: tuple[Clock, ...]
    publication: Publication | None
    placed: Framed | None
    """Its place in the draw."""
    gains: tuple[tuple[str, int], ...]
    """Which points of risk it has from what."""
    samplers: tuple[str, ...]
    may_compare: bool
    may_object: bool
    twin: Twin | None
    """That the backup unit is to be, or is, tested in place of the test unit."""
    may_take_twin: bool
    """Whether that can be proposed."""
    may_propose: bool
    may_skip: bool
    """Whether a person may give the listing up, because it is not captured yet."""


def load_sample(unit: Unit, sample_id: UUID, *, unfolded: bool = False) -> SamplePage:
    """Give the page of one sample."""
    sample = samples.get(unit, sample_id)
    ticket = load_ticket(unit, sample)
    given, clocks, now = verdicts.of_sample(unit, sample_id), deadlines.of_sample(unit, sample_id), clock.now(unit)
    orders = consignments.of_sample(unit, sample_id)
    published = publications.of_sample(unit, sample_id)
    placed = frames.find(unit, sample.campaign_id, sample.listing_id)
    shots = tuple(map(_shot, captures.of_sample(unit, sample_id)))
    questions = consents.of_sample(unit, sample_id)
    asked = next((one for one in questions if one.state is ConsentState.ASKED), None)
    sent = tuple(_sent(unit, notice) for notice in notices.of_sample(unit, sample_id))
    may_propose = published is None and sample.state in SETTLED
    unserved = any(one.may_serve for one in sent)
    act = next_act(ticket, asked=asked is not None, unserved=unserved, may_publish=may_propose)
    return SamplePage(
        campaign=campaigns.get(unit, sample.campaign_id),
        sample=sample,
        ticket=ticket,
        act=act,
        act_at=DONE_AT.get(act) if act else None,
        act_is_ours=act in OURS,
        history=tell(events.history(unit, sample_id)),
        unfolded=unfolded,
        shots=shots,
        purchases=purchases.of_sample(unit, sample_id),
        consents=questions,
        asked=asked,
        alarms=alarms.of_sample(unit, sample_id),
        talk=messages.of_sample(unit, sample_id),
        papers=load_papers(unit, sample, OF_STAFF),
        pictures=pictures.of_sample(unit, sample_id),
        films=resumable.films(unit, sample_id),
        chains=load_chains(unit, sample_id),
        orders=orders,
        measured=_measured(unit, sample, orders, given),
        verdicts=given,
        void={one.id: why for one in given if (why := verdicts.why_void(unit, one)) is not None},
        notices=sent,
        objections=tuple(load_case(unit, one, sample, now) for one in objections.of_sample(unit, sample_id)),
        clocks=clocks,
        publication=published,
        placed=placed,
        gains=_gains(placed.why) if placed else (),
        samplers=assignments.samplers(unit, sample_id),
        may_compare=sum(not one.capture.restricted for one in shots) > 1,
        twin=(twin := twins.of_sample(unit, sample_id)),
        may_take_twin=twin is None and twins.refusal(unit, sample_id, now) is None,
        may_object=any(one.rule == OBJECTION_WINDOW for one in clocks),
        may_propose=may_propose,
        may_skip=sample.state is SampleState.TARGETED,
    )


def _gains(why: str) -> tuple[tuple[str, int], ...]:
    """Give the points that a listing's explanation such as `live+10 complaints+6` names."""
    pairs = (part.rpartition("+") for part in why.split())
    return tuple((mark, int(points)) for mark, _, points in pairs)


def _shot(capture: Capture) -> Shot:
    if capture.restricted:
        return Shot(capture, None, None)
    return Shot(capture, _best(capture.views, WHOLE), _best(capture.views, FIRST))


def _best(names: Sequence[str], wanted: Sequence[str]) -> str | None:
    """Give the most wanted picture, or any where none of them is there."""
    shown = [name for name in names if name.endswith(PICTURES)]
    named = (name for stem in wanted for name in shown if name.rpartition("/")[2] == stem)
    return next(named, shown[0] if shown else None)


def _sent(unit: Unit, notice: Notice) -> Sent:
    open_ = notice.kind is NoticeKind.RESULT and notice.state is NoticeState.ISSUED
    return Sent(
        notice=notice,
        deliveries=deliveries.of_notice(unit, notice.id),
        answers=notices.answers(unit, notice.id),
        checks=notices.checks(unit, notice.id),
        may_serve=open_ and not notice.recipient.startswith("platform:"),
    )


def _measured(unit: Unit, sample: Sample, orders: Sequence[Order], given: Sequence[Verdict]) -> tuple[Measured, ...]:
    """Give every result; each verdict is looked up in the limits that it names."""
    judged = {(one.purpose, item.item): (one, item) for one in given for item in one.items}
    rules = {one.rule_version: limits.of_rules(unit, one.rule_version) for one in given}
    found = []
    for order in orders:
        for result in bases.results_of(unit, sample.id, order.blind_code).values():
            verdict, item = judged.get((order.purpose, result.item), (None, None))
            limit = rules[verdict.rule_version].get(item.limit_id or "") if verdict and item else None
            found.append(Measured(order.purpose, result, limit, item))
    return tuple(found)
