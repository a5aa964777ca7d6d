"""Drawing: a campaign's draw by its ceremony, one step at a time: promise, commitments, beacon, salts, sample, page."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from flows.opening import open_cases, open_reserve
from flows.placing import frame_file, placed, planned, promised_labs
from flows.wiring import World, fetch
from sampling import beacons, ceremony, draw, places
from sampling.beacons.interface import Answer, Pulse
from sampling.campaign import Campaign, CampaignEvent
from sampling.ceremony import AGENCY, NOTHING, Commitment, DrawState, Source
from sampling.digest import canonical
from sampling.errors import ImpossiblePlan, RefusedDraw
from sampling.framefile import parse
from sampling.published import Published, folder
from sampling.sample import SampleState
from storage import assignments, campaigns, draws, events, frames, reserves, samples
from storage.draws import Draw
from storage.unit import Unit

LATE, NO_BEACON = "commitments_late", "no_beacon_left"
UNDER_WAY = frozenset({DrawState.FROZEN, DrawState.COMMITTED, DrawState.OPENED})
OPEN_PURCHASES = (SampleState.TARGETED, SampleState.CAPTURED, SampleState.ORDERED, SampleState.SHIPPED)
"""Until a parcel is here, a merchant who knows of it can still change what is in it."""
BEFORE_VERDICT = (*OPEN_PURCHASES, SampleState.RECEIVED, SampleState.UNBOXED, SampleState.SEALED,
                  SampleState.NOTICE_SENT, SampleState.AT_LAB, SampleState.LAB_REFUSED, SampleState.TESTING,
                  SampleState.REINSPECTION)  # fmt: skip


def begin(
    world: World,
    unit: Unit,
    campaign: Campaign,
    n: Mapping[str, int] | None = None,
    *,
    by: str,
    at: datetime,
    sources: Sequence[Source] = (),
    parties: Sequence[str] = (),
) -> Draw:
    """Freeze the campaign's next draw and commit the agency's own salt; n given makes it a further round."""
    earlier = draws.of_campaign(unit, campaign.id)
    if n:
        _refuse_extension(campaign, earlier)
    gone = sorted(frames.drawn(unit, campaign.id)) if n else []
    taken = places.taken_file(gone) if n else b""
    plan = replace(
        planned(world, unit, campaign, n, at=at), number=len(earlier) + 1,
        parties=tuple(sorted(set(parties or campaign.parties or (AGENCY,)))),
        sources=tuple(sources) or ceremony.sources_from(campaign.beacons, at),
        extends=next((one.number for one in reversed(earlier) if one.draw_sha256), None) if n else None,
        taken_sha256=world.objects.put(taken) if taken else NOTHING,
    )  # fmt: skip
    ceremony.refuse_bad_plan(plan, at)
    data = frame_file(world, campaign, plan)
    if n or plan.by_merchant:  # an allocation alone never asks for more than there is
        places.refuse_impossible(parse(data, merchants=plan.by_merchant), plan, gone)
    made = draws.freeze(unit, campaign.id, plan, by=by, at=at)
    return commit(world, unit, made, AGENCY, by=by, at=at) if AGENCY in plan.parties else made


def commit(
    world: World, unit: Unit, made: Draw, party: str, promised: str | None = None, *, by: str, at: datetime
) -> Draw:
    """Keep a party's commitment; without one, make a salt here and seal it."""
    salt = None if promised else secrets.token_bytes(ceremony.SALT_BYTES)
    given = Commitment(party, promised or ceremony.commitment(salt or b""), at)
    ceremony.refuse_bad_commitment(made.plan, draws.commitments(unit, made.id), given)
    frame_file(world, campaigns.get(unit, made.campaign_id), made.plan)
    sealed = world.vault.seal(salt, draws.bond(made, party)) if salt else None
    return draws.commit(unit, made.id, given, sealed=sealed, by=by)


def advance(world: World, campaign: Campaign, *, by: str, at: datetime) -> str:
    """Do the one step the campaign's draw is due for; give what became of it."""
    with world.database.unit() as unit:
        made, held = under_way(unit, campaign), draws.of_campaign(unit, campaign.id)
    if made is None:
        if held:
            return "left: waiting for a draw"
        return _first(world, campaign, by=by, at=at)
    match made.state:
        case DrawState.FROZEN:
            return _wait_for_commitments(world, campaign, made, by, at)
        case DrawState.COMMITTED:
            return _ask_beacon(world, campaign, made, by, at)
        case _:
            with world.database.unit() as unit:
                return finish(world, unit, campaign, draws.get(unit, made.id), by=by, at=at)


def accept(world: World, unit: Unit, made: Draw, pulse: Pulse, *, by: str, at: datetime) -> Draw:
    """Keep the beacon's value, and open the salts that are held here."""
    ceremony.refuse_wrong_pulse(made.plan, made.missed, pulse, at)
    opened = draws.open_(unit, made.id, pulse, by=by, at=at)
    for party, salt in draws.salts(unit, world.vault, opened).items():
        reveal(world, unit, opened, party, salt, by=by, at=at)
    return opened


def typed_in(world: World, unit: Unit, made: Draw, answer: Answer, *, by: str, at: datetime) -> Draw:
    """Keep what a public ceremony drew, as it was typed in."""
    source = made.plan.sources[made.missed]
    if source.chain.kind != "ceremony":
        raise RefusedDraw(f"the plan asks for {source.chain.code} now, whose value is fetched, not typed in")
    return accept(world, unit, made, beacons.read(source.chain, source.round, answer), by=by, at=at)


def reveal(world: World, unit: Unit, made: Draw, party: str, salt: bytes, *, by: str, at: datetime) -> None:
    """Take a party's salt for the draw; one that it did not commit itself to raises RefusedDraw."""
    ceremony.refuse_wrong_salt(draws.commitments(unit, made.id), party, salt)
    if party not in draws.opened(unit, made.id):
        sealed = world.vault.seal(salt, draws.bond(made, party))
        draws.give_salt(unit, made.id, party, sealed=sealed, by=by, at=at)


def finish(world: World, unit: Unit, campaign: Campaign, made: Draw, *, by: str, at: datetime) -> str:
    """Draw once every salt is open, announce the hashes and hand out the work."""
    if made.pulse is None or set(made.plan.parties) - draws.opened(unit, made.id):
        return "left: waiting for salts"
    root = ceremony.root_of(made.plan, draws.salts(unit, world.vault, made), made.pulse.value)
    drawn = placed(world, campaign, made.plan, root, _taken(world, made))
    draws.drawn(unit, made.id, drawn.places, hashes=drawn.hashes, by=by, at=at)
    before = frames.drawn(unit, campaign.id)
    listed = frames.keep(unit, campaign.id, drawn.listings, first=made.plan.extends is None)
    told = {"plan_sha256": made.plan_sha256, "number": made.number, **drawn.hashes}
    if made.plan.extends is None:
        campaigns.drawn(unit, campaign.id, draw_sha256=drawn.hashes["draw_sha256"], by=by, at=at, data=told)
    else:
        campaigns.record(unit, campaign.id, CampaignEvent.EXTENDED, by=by, at=at, data=told)
    now = campaigns.get(unit, campaign.id)
    fresh = [item for item in listed if item.listing_id not in before]
    open_cases(
        world, unit, now, fresh, root, at=at, labs=promised_labs(world, made.plan),
        draw_sha256=drawn.hashes["draw_sha256"],
    )  # fmt: skip
    for item in listed:
        if item.listing_id in before:  # a reserve that was taken after this round was promised
            open_reserve(world, unit, now, item.stratum, at=at, reason="already_taken")
    return "drawn"


def publish(world: World, unit: Unit, campaign: Campaign, made: Draw, *, by: str, at: datetime) -> dict[str, bytes]:
    """Give the published folder and keep its files; while a purchase is open it raises RefusedDraw."""
    if made.pulse is None or made.draw_sha256 is None:
        raise RefusedDraw(f"draw {made.number} of {campaign.number} is {made.state}: there is nothing to publish")
    counts = samples.counts(unit, campaign.id)
    # A listing that was given up takes the next of the reserve order, which must not be public then.
    lacking = len(reserves.wanted(unit, campaign.id)) + (under_way(unit, campaign) is not None)
    ceremony.refuse_early_page(sum(counts.get(state, 0) for state in OPEN_PURCHASES) + lacking)
    why = draws.reserves_taken(unit, campaign.id)
    held = [places.with_reason(item, why.get(item.id, "")) for item in draws.places(unit, made.id)]
    # Who tests what is not told while somebody is testing.
    testing = sum(counts.get(state, 0) for state in BEFORE_VERDICT)
    labs = () if testing else assignments.of_draw(unit, made.draw_sha256, "lab")
    log = [{**one.record(), "prev_hash": one.prev_hash, "hash": one.hash} for one in events.history(unit, campaign.id)]
    shown = Published(made.plan, draws.commitments(unit, made.id), draws.salts(unit, world.vault, made), made.pulse,
                      held, log, _taken(world, made), labs)  # fmt: skip
    files = folder(shown, frame_file(world, campaign, made.plan))
    if made.state is not DrawState.PUBLISHED:
        kept = {name: world.objects.put(data) for name, data in files.items()}
        draws.publish(unit, made.id, kept, by=by, at=at)
    return files


def _refuse_extension(campaign: Campaign, earlier: Sequence[Draw]) -> None:
    if not any(one.draw_sha256 for one in earlier):
        raise RefusedDraw(f"{campaign.number} was drawn without a ceremony: there is no draw to extend")
    if campaign.design.by_merchant:
        raise RefusedDraw("a cap and two stages hold in one round: a further one would take more of a merchant")


def under_way(unit: Unit, campaign: Campaign) -> Draw | None:
    """Give the draw that is neither finished nor aborted, or None."""
    return next((one for one in draws.of_campaign(unit, campaign.id) if one.state in UNDER_WAY), None)


def _wait_for_commitments(world: World, campaign: Campaign, made: Draw, by: str, at: datetime) -> str:
    if at < made.plan.sources[0].due:
        return "left: waiting for commitments"
    return _again(world, campaign, made, LATE, by, at)


def _ask_beacon(world: World, campaign: Campaign, made: Draw, by: str, at: datetime) -> str:
    source = made.plan.sources[made.missed]
    if at < source.due:
        return "left: waiting for the beacon"
    relay = world.settings.relays.get(source.chain.code)
    relays = (relay,) if relay else beacons.chain(source.chain.code).relays
    found = fetch(source.chain, source.round, relays)
    with world.database.unit() as unit:
        current = draws.get(unit, made.id)
        if isinstance(found, Pulse):
            accept(world, unit, current, found, by=by, at=at)
            return finish(world, unit, campaign, draws.get(unit, made.id), by=by, at=at)
        if at < source.until:
            return "left: waiting for the beacon"
        if made.missed + 1 < len(made.plan.sources):
            ceremony.refuse_giving_up(made.plan, made.missed, at)
            draws.miss(unit, made.id, str(found), by=by, at=at)
            return "beacon given up"
    return _again(world, campaign, made, NO_BEACON, by, at)


def _again(world: World, campaign: Campaign, made: Draw, reason: str, by: str, at: datetime) -> str:
    """Abort a draw that nobody can finish, in sight of all, and promise the next with later rounds."""
    later = ceremony.sources_from([source.chain.code for source in made.plan.sources], at)
    more = made.plan.n if made.plan.extends is not None else None
    with world.database.unit() as unit:
        draws.abort(unit, made.id, reason, by=by, at=at)
        begin(world, unit, campaign, more, by=by, at=at, sources=later, parties=made.plan.parties)
    return f"aborted: {reason}"


def _first(world: World, campaign: Campaign, *, by: str, at: datetime) -> str:
    """Promise the campaign's draw, or do it where nothing is waited for."""
    try:
        with world.database.unit() as unit:
            if campaign.beacons:
                begin(world, unit, campaign, by=by, at=at)
                return "frozen"
            return _at_once(world, unit, campaign, by=by, at=at)
    except ImpossiblePlan as impossible:
        with world.database.unit() as unit:
            _cancel(unit, campaign, str(impossible), by=by, at=at)
        return "impossible"


def _at_once(world: World, unit: Unit, campaign: Campaign, *, by: str, at: datetime) -> str:
    plan = planned(world, unit, campaign, at=at)
    world.objects.put(canonical(plan.record()))  # kept under its hash, which the log names
    root = draw.root(plan.sha256, plan.frame_sha256, bytes.fromhex(campaign.seed))
    drawn = placed(world, campaign, plan, root)
    listed = frames.keep(unit, campaign.id, drawn.listings, first=True)
    told = {"plan_sha256": plan.sha256, **drawn.hashes}
    campaigns.drawn(unit, campaign.id, draw_sha256=drawn.hashes["draw_sha256"], by=by, at=at, data=told)
    open_cases(world, unit, campaigns.get(unit, campaign.id), listed, root, at=at, labs=promised_labs(world, plan))
    return "drawn"


def _cancel(unit: Unit, campaign: Campaign, reason: str, *, by: str, at: datetime) -> None:
    campaigns.record(unit, campaign.id, CampaignEvent.CANCELLED, by=by, at=at, data={"reason": reason})


def _taken(world: World, made: Draw) -> list[str]:
    digest = made.plan.taken_sha256
    return [] if digest == NOTHING else world.objects.get(digest).decode().splitlines()
