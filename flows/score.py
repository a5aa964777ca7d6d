"""The score: adds up what was published for each seller, brand and platform, and keeps every part of it."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from prefect import flow

from flows.report import Report, tally
from flows.tick import now
from flows.wiring import World, open_world
from platforms.notice import Notice, NoticeEvent, NoticeKind, NoticeState
from reputation.errors import NoVariance, UnknownSeverity
from reputation.evidence import Evidence
from reputation.indicators import Basis, Rate, detected, estimated
from reputation.indicators import Unit as Tested
from reputation.parameters import Parameters
from reputation.parameters import load as load_parameters
from reputation.publication import Publication, PublicationState
from reputation.score import Score
from reputation.score import score as score_of
from reputation.standing import Governance, standing
from sampling.digest import canonical, sha256
from sampling.sample import Sample
from storage import frames, notices, publications, samples, scores
from storage.scores import Kept
from storage.settings import load
from storage.unit import Unit

FAILED = "fail"
DOWN = (NoticeState.VERIFIED_DOWN, NoticeState.CLOSED)
KINDS = ("seller", "brand", "platform")
LOG = logging.getLogger("flows")


@dataclass(frozen=True, slots=True)
class Published:
    """One published result with what a score needs to know of it."""

    sample: Sample
    publication: Publication
    probability: Decimal | None
    """The chance with which it was drawn; None when it was picked."""
    demands: tuple[Notice, ...]
    returned: int = 0
    """How often the offer came back after its removal was proven."""

    @property
    def failed(self) -> bool:
        """Whether the goods failed."""
        return bool(self.publication.entry["outcome"] == FAILED)


@flow(name="score")
def score(limit: int = 10_000) -> str:
    """Compute what changed; give the report as one line."""
    with open_world(load()) as world:
        return str(sweep(world, limit))


def sweep(world: World, limit: int) -> Report:
    """Compute every score whose evidence is not what it was computed from last."""
    at, parameters = now(world), load_parameters()
    with world.database.turn("score", "all") as mine:
        if not mine:
            return tally("score", ())
        with world.database.unit() as unit:
            known = _published(unit, limit)
            done = []
            for kind in KINDS:
                groups = _by(known, kind)
                done += [_one(unit, kind, name, group, parameters, at) for name, group in groups.items()]
                # A list cut short proves nothing about the subjects it lacks.
                done += _ended(unit, kind, groups, at) if len(known) < limit else ()
    return tally("score", done)


def _published(unit: Unit, limit: int) -> list[Published]:
    chances: dict[object, dict[str, Decimal | None]] = {}
    found = []
    for item in publications.in_state(unit, PublicationState.PUBLISHED, PublicationState.CORRECTED, limit=limit):
        sample = samples.get(unit, item.sample_id)
        if sample.campaign_id not in chances:
            chances[sample.campaign_id] = _chances(unit, sample)
        demands = tuple(one for one in notices.of_sample(unit, sample.id) if one.kind is NoticeKind.DELISTING)
        returned = sum(notices.times(unit, one, NoticeEvent.RELISTED) for one in demands)
        found.append(Published(sample, item, chances[sample.campaign_id][sample.listing_id], demands, returned))
    return found


def _chances(unit: Unit, sample: Sample) -> dict[str, Decimal | None]:
    """Each listing's chance to be drawn; None for one that was picked."""
    return {item.listing_id: item.chance for item in frames.listings(unit, sample.campaign_id)}


def _by(known: Sequence[Published], what: str) -> dict[str, list[Published]]:
    groups = defaultdict(list)
    for item in known:
        name = getattr(item.sample, what)
        groups[f"{item.sample.platform}/{name}" if what == "seller" else name].append(item)
    return {name: group for name, group in sorted(groups.items()) if name}


def _one(unit: Unit, kind: str, name: str, group: list[Published], parameters: Parameters, at: datetime) -> str:
    compute = _seller if kind == "seller" else _group
    try:
        return _keep(unit, compute(kind, name, group, parameters, at), group)
    except UnknownSeverity as wrong:
        # One result that cannot be weighed must not hold up the scores of the others.
        LOG.warning("score of %s %s: %s", kind, name, wrong)
        return f"left: {type(wrong).__name__}"


def _ended(unit: Unit, kind: str, groups: Collection[str], at: datetime) -> Iterator[str]:
    """End the score of each subject of whom nothing is published any more."""
    for old in scores.listed(unit, kind):
        if old.subject not in groups:
            scores.end(unit, kind, old.subject, at=at)
            yield f"{kind} ended"


def _seller(_: str, name: str, group: list[Published], parameters: Parameters, at: datetime) -> Score:
    rows = [_evidence(name, item, parameters) for item in group]
    return score_of(name, rows, at=at, parameters=parameters)


def _group(kind: str, name: str, group: list[Published], parameters: Parameters, at: datetime) -> Score:
    return standing(name, kind=kind, rate=_rate(group), governance=_governance(group, at), at=at, parameters=parameters)


def _evidence(subject: str, item: Published, parameters: Parameters) -> Evidence:
    when = item.publication.published_at
    assert when is not None
    return Evidence(
        id=item.publication.number,
        subject=subject,
        component="inspection",
        outcome=1 - _severity(item, parameters) if item.failed else Decimal(1),
        occurred=when,
        effective=when,
        recorded=when,
        source=item.publication.number,
        probability=item.probability,
    )


def _severity(item: Published, parameters: Parameters) -> Decimal:
    """Give how badly the goods failed; nothing is assumed where the result does not say it."""
    named = str(item.publication.entry.get("severity"))
    if named not in parameters.severity:
        raise UnknownSeverity(f"{item.publication.number} failed with the severity {named}")
    return parameters.severity[named]


def _rate(group: list[Published]) -> Rate:
    # What was picked for a suspicion stands for nothing but itself, and is not counted with what was drawn.
    drawn = [item for item in group if item.probability is not None]
    tested = [Tested(item.sample.stratum, float(item.probability or 0), item.failed) for item in drawn]
    if not tested:
        failed = sum(item.failed for item in group)
        return detected(failed=failed, drawn=len(group), basis=Basis.RISK_TARGETED)
    try:
        return estimated(tested, basis=Basis.PROBABILITY, neighbours=_neighbours(drawn))
    except NoVariance:  # nobody to join: the plain share of what was tested, with its own interval
        failed = sum(item.failed for item in tested)
        return detected(failed=failed, drawn=len(tested), basis=Basis.PROBABILITY)


def _neighbours(group: list[Published]) -> dict[str, str]:
    """The next stratum by name, the first after the last: where a single unit is counted with others."""
    names = sorted({item.sample.stratum for item in group})
    return dict(zip(names, names[1:] + names[:1], strict=True)) if len(names) > 1 else {}


def _governance(group: list[Published], at: datetime) -> Governance:
    down = [one for item in group for one in item.demands if one.state in DOWN]
    returned = sum(item.returned for item in group)
    return Governance(
        notices=len(_settled(group, at)),
        in_time=sum(one.level == 0 for one in down),
        verified=len(down) + returned,
        reappeared=returned,
    )


def _settled(group: list[Published], at: datetime) -> list[Notice]:
    """The demands that count: those proven done, and those whose time has passed."""
    demands = [one for item in group for one in item.demands]
    return [one for one in demands if one.state in DOWN or (one.due_at is not None and one.due_at <= at)]


def _keep(unit: Unit, computed: Score, group: list[Published]) -> str:
    inputs = {
        "parameters": computed.version,
        # Evidence loses weight by the day, and a demand begins to count when its time passes.
        "day": computed.at.date().isoformat(),
        "settled": sorted(one.number for one in _settled(group, computed.at)),
        "results": [[item.publication.number, item.publication.version] for item in group],
        "demands": [[one.number, one.state.value, one.level] for item in group for one in item.demands],
    }
    kept = Kept(computed.kind, computed.subject, computed.at, sha256(canonical(inputs)), computed.record())
    return f"{computed.kind} scored" if scores.save(unit, kept) else "left as it was"
