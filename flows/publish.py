"""The publication: shows what was approved, keeps each release under its hash, and closes what is settled."""

from collections.abc import Sequence
from uuid import UUID

from prefect import flow

from flows.report import Report
from flows.tick import LEFT, each, joined, now
from flows.wiring import World, open_world
from labs.verdict import Outcome
from platforms.notice import NoticeKind, NoticeState
from reputation.publication import OVERTURNED, Publication, PublicationEvent, PublicationState, taken_back
from reputation.release import feed_at, to_atom, to_csv, to_json
from sampling.campaign import Campaign, CampaignEvent, CampaignState
from sampling.digest import sha256
from sampling.sample import SAMPLE, Sample, SampleEvent, SampleState
from storage import campaigns, events, notices, publications, reserves, samples, verdicts
from storage.acts import press
from storage.settings import load

ACTOR = "flow:publish"
# The case that every release belongs to: one chain of its own, whatever results it holds.
RELEASES = UUID("6d7c6f0e-2f0b-5c57-9a54-3f1a5c0b8e11")
LANGUAGES = ("zh", "en")
EVERYTHING = 1_000_000
BEING_OBTAINED = {
    SampleState.TARGETED,
    SampleState.CAPTURED,
    SampleState.ORDERED,
    SampleState.SHIPPED,
    SampleState.RECEIVED,
    SampleState.UNBOXED,
}


@flow(name="publish")
def publish(limit: int = 500) -> str:
    """Show what was approved; give the report as one line."""
    with open_world(load()) as world:
        return str(sweep(world, limit))


def sweep(world: World, limit: int) -> Report:
    """Take back what was overturned, publish each approved result, and close each case that has nothing left to do."""
    with world.database.unit() as unit:
        overturned = publications.overturned(unit)
    back = each("publish", world, "publication", overturned, _take_back, most=limit)
    with world.database.unit() as unit:
        approved = publications.in_state(unit, PublicationState.APPROVED, limit=limit)
    shown = each("publish", world, "publication", approved, _publish)
    with world.database.unit() as unit:
        open_cases = samples.in_state(unit, SampleState.FINAL, SampleState.DISPOSAL, limit=limit)
    closed = each("publish", world, "sample", open_cases, _close)
    _release(world)
    with world.database.unit() as unit:
        running = campaigns.in_state(unit, CampaignState.SAMPLING, CampaignState.SETTLING)
    return joined("publish", [back, shown, closed, each("publish", world, "campaign", running, _settle)])


def _publish(world: World, publication: Publication) -> str:
    with world.database.unit() as unit:
        if publications.get(unit, publication.id).state is not PublicationState.APPROVED:
            return LEFT
        if press.is_held(unit, publication.sample_id, now(world)):
            return "left: objection open"
        publications.record(unit, publication.id, PublicationEvent.PUBLISHED, by=ACTOR, at=now(world))
    return "published"


def _take_back(world: World, publication: Publication) -> str:
    """Persons overturned the verdict; what rests on it goes the same day, and its number, dates and reason stay."""
    with world.database.unit() as unit:
        current = publications.get(unit, publication.id)
        if current.state is not publication.state:
            return LEFT
        event = taken_back(current.state)
        publications.record(unit, publication.id, event, by=ACTOR, at=now(world), reason=OVERTURNED)
    return event.value


def _close(world: World, sample: Sample) -> str:
    with world.database.unit() as unit:
        current = samples.expect(unit, sample.id, SampleState.FINAL, SampleState.DISPOSAL)
        publication, verdict = publications.of_sample(unit, sample.id), verdicts.effective(unit, sample.id)
        if publication is None or publication.state not in publications.SHOWN or verdict is None:
            return "left: unpublished"
        if press.open_objections(unit, sample.id):
            return "left: objection open"
        demands = [item for item in notices.of_sample(unit, sample.id) if item.kind is NoticeKind.DELISTING]
        down = [item for item in demands if item.state is NoticeState.VERIFIED_DOWN]
        if verdict.outcome is Outcome.FAIL and (current.state is SampleState.FINAL or len(down) < len(demands)):
            return "left: removal unproven"
        samples.record(unit, sample.id, SampleEvent.CLOSED, by=ACTOR, at=now(world))
    return "closed"


def _settle(world: World, campaign: Campaign) -> str:
    """A campaign settles when every sample is obtained or lost, and is reported when every case is at its end."""
    with world.database.unit() as unit:
        states = set(samples.counts(unit, campaign.id))
        current = campaigns.get(unit, campaign.id).state
        if current is CampaignState.SAMPLING and not states & BEING_OBTAINED and not reserves.wanted(unit, campaign.id):
            campaigns.record(unit, campaign.id, CampaignEvent.SAMPLES_OBTAINED, by=ACTOR, at=now(world))
            return "campaign obtained"
        if current is CampaignState.SETTLING and states <= SAMPLE.final:
            campaigns.record(unit, campaign.id, CampaignEvent.REPORTED, by=ACTOR, at=now(world))
            return "campaign reported"
    return "left: campaign under way"


def _release(world: World) -> None:
    """Keep what the public can read from now on, the same bytes as the pages give, when it is not the last release.

    Each sweep compares, so a release that a crash or another sweep prevented is made by the next one.
    """
    with world.database.turn("release", "all") as mine, world.database.unit() as unit:
        everything = publications.shown(unit, limit=EVERYTHING)
        if not mine or not everything:
            return
        files = _files(world, everything)
        last = events.last(unit, RELEASES)
        if last is not None and last.data == {name: sha256(data) for name, data in files.items()}:
            return
        kept = {name: world.objects.put(data) for name, data in files.items()}
        events.append(unit, RELEASES, "release", everything[-1].number, "released", by=ACTOR, at=now(world), data=kept)


def _files(world: World, everything: Sequence[Publication]) -> dict[str, bytes]:
    feed = feed_at(world.settings.base_url)
    feeds = {f"publications.{name}.atom": to_atom(everything, feed=feed, language=name) for name in LANGUAGES}
    return {"results.json": to_json(everything), "results.csv": to_csv(everything), **feeds}
