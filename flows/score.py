"""The score: adds up what was published for each seller, brand and platform, and keeps every part of it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from prefect import flow

from flows.report import Report, tally
from flows.tick import now
from flows.wiring import World, open_world
from platforms.notice import Notice, NoticeKind, NoticeState
from reputation.errors import NoVariance
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
from sampling.inclusion import published
from sampling.plan import is_targeted
from sampling.sample import Sample
from storage import campaigns, notices, publications, samples, scores
from storage.scores import Kept
from storage.settings import load
from storage.unit import Unit

FAILED = "fail"


@dataclass(frozen=True, slots=True)
class Published:
    """One published result with what a score needs to know of it."""

    sample: Sample
    publication: Publication
    probability: Decimal | None
    """The chance with which it was drawn; None when it was picked."""
    demands: tuple[Notice, ...]

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
            done = [
                *(_seller(unit, name, group, parameters, at) for name, group in _by(known, "seller").items()),
                *(_group(unit, "brand", name, group, parameters, at) for name, group in _by(known, "brand").items()),
                *(
                    _group(unit, "platform", name, group, parameters, at)
                    for name, group in _by(known, "platform").items()
                ),
            ]
    return tally("score", done)


def _published(unit: Unit, limit: int) -> list[Published]:
    chances: dict[object, dict[str, Decimal | None]] = {}
    found = []
    for item in publications.in_state(unit, PublicationState.PUBLISHED, PublicationState.CORRECTED, limit=limit):
        sample = samples.get(unit, item.sample_id)
        if sample.campaign_id not in chances:
            chances[sample.campaign_id] = _chances(unit, sample)
        demands = tuple(one for one in notices.of_sample(unit, sample.id) if one.kind is NoticeKind.DELISTING)
        found.append(Published(sample, item, chances[sample.campaign_id][sample.listing_id], demands))
    return found


def _chances(unit: Unit, sample: Sample) -> dict[str, Decimal | None]:
    """Each listing's chance to be drawn, from the frozen frame of its campaign; None for a picked one."""
    strata = defaultdict(list)
    for item in campaigns.frame(unit, sample.campaign_id):
        strata[item.stratum].append(item)
    return {
        item.listing_id: None if is_targeted(item.stratum) else chance
        for group in strata.values()
        for item, chance in zip(
            group, published([one.size for one in group], sum(one.drawn for one in group)), strict=True
        )
    }


def _by(known: Sequence[Published], what: str) -> dict[str, list[Published]]:
    groups = defaultdict(list)
    for item in known:
        name = getattr(item.sample, what)
        groups[f"{item.sample.platform}/{name}" if what == "seller" else name].append(item)
    return {name: group for name, group in sorted(groups.items()) if name}


def _seller(unit: Unit, name: str, group: list[Published], parameters: Parameters, at: datetime) -> str:
    rows = [_evidence(name, item, parameters) for item in group]
    return _keep(unit, score_of(name, rows, at=at, parameters=parameters), group)


def _group(unit: Unit, kind: str, name: str, group: list[Published], parameters: Parameters, at: datetime) -> str:
    computed = standing(
        name, kind=kind, rate=_rate(group), governance=_governance(group, at), at=at, parameters=parameters
    )
    return _keep(unit, computed, group)


def _evidence(subject: str, item: Published, parameters: Parameters) -> Evidence:
    severity = item.publication.entry["severity"] or "performance"
    when = item.publication.published_at
    assert when is not None
    return Evidence(
        id=item.publication.number,
        subject=subject,
        component="inspection",
        outcome=1 - parameters.severity[severity] if item.failed else Decimal(1),
        occurred=when,
        effective=when,
        recorded=when,
        source=item.publication.number,
        probability=item.probability,
    )


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
    demands = [one for item in group for one in item.demands]
    down = [one for one in demands if one.state in (NoticeState.VERIFIED_DOWN, NoticeState.CLOSED)]
    settled = [one for one in demands if one in down or (one.due_at is not None and one.due_at <= at)]
    return Governance(
        notices=len(settled),
        in_time=sum(one.level == 0 for one in down),
        verified=len(down),
        reappeared=0,
    )


def _keep(unit: Unit, computed: Score, group: list[Published]) -> str:
    inputs = {
        "parameters": computed.version,
        "results": [[item.publication.number, item.publication.version] for item in group],
        "demands": [[one.number, one.state.value, one.level] for item in group for one in item.demands],
    }
    kept = Kept(computed.kind, computed.subject, computed.at, sha256(canonical(inputs)), computed.record())
    return f"{computed.kind} scored" if scores.save(unit, kept) else "left as it was"
