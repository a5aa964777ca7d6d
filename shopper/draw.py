"""The commands of a verifiable draw: freeze, commit, reveal, extend, show, publish, abort, prove."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flows import drawing
from flows.wiring import World, open_world
from sampling import merkle
from sampling.beacons.interface import Pulse
from sampling.campaign import Campaign, CampaignState
from sampling.ceremony import DrawState, sources_from
from sampling.published import proof_file
from shopper.errors import CommandError
from storage import campaigns, clock, draws
from storage.acts import planning
from storage.draws import Draw
from storage.revision import at_head
from storage.settings import load
from storage.unit import Unit

BY = "command"


@dataclass(frozen=True, slots=True)
class At:
    """Where a command works: one campaign, in one unit of work, at one instant."""

    world: World
    unit: Unit
    campaign: Campaign
    now: datetime

    def live(self) -> Draw:
        """The draw under way, or a sentence that there is none."""
        made = drawing.under_way(self.unit, self.campaign)
        if made is None:
            raise CommandError(f"No draw of {self.campaign.number} is under way: run shopper draw show.")
        return made

    def numbered(self, number: int | None) -> Draw:
        """The draw of that number, else the last one that was drawn."""
        held = draws.of_campaign(self.unit, self.campaign.id)
        fit = [one for one in held if (one.number == number if number else one.draw_sha256)]
        if not fit:
            raise CommandError(f"{self.campaign.number} has no such draw: run shopper draw show.")
        return fit[-1]


def freeze(chosen: Namespace) -> int:
    """Promise a draw on the campaign's frozen frame."""
    with _at(chosen.campaign) as at:
        if at.campaign.state not in (CampaignState.FRAMED, CampaignState.DRAWING):
            raise CommandError(f"{at.campaign.number} is {at.campaign.state}: only a gathered frame that is not drawn "
                               "can be frozen for a draw; the flow plan gathers it.")  # fmt: skip
        if at.campaign.state is CampaignState.FRAMED:
            now = at.campaign
            planning.approve(at.unit, now.id, sample_size=now.sample_size, budget=now.budget, design=now.design,
                             beacons=chosen.beacon, parties=chosen.party, by=BY, at=at.now)  # fmt: skip
        made = drawing.begin(at.world, at.unit, at.campaign, by=BY, at=at.now,
                             sources=sources_from(chosen.beacon, at.now), parties=chosen.party)  # fmt: skip
        _show(at, made)
    return 0


def extend(chosen: Namespace) -> int:
    """Promise a further round with beacons of its own."""
    wanted = dict(map(_stratum, chosen.strata))
    with _at(chosen.campaign) as at:
        if at.campaign.state is not CampaignState.SAMPLING:
            raise CommandError(
                f"{at.campaign.number} is {at.campaign.state}: only a campaign that samples is extended."
            )
        made = drawing.begin(at.world, at.unit, at.campaign, wanted, by=BY, at=at.now,
                             sources=sources_from(chosen.beacon, at.now), parties=chosen.party)  # fmt: skip
        _show(at, made)
    return 0


def commit(chosen: Namespace) -> int:
    """Keep a party's commitment, or make its salt here."""
    with _at(chosen.campaign) as at:
        made = drawing.commit(at.world, at.unit, at.live(), chosen.party, chosen.commitment, by=BY, at=at.now)
        _show(at, made)
    return 0


def reveal(chosen: Namespace) -> int:
    """Take the beacon's value, then a party's salt; draw when all of them are there."""
    with _at(chosen.campaign) as at:
        made = at.live()
        if chosen.ceremony:
            drawing.typed_in(at.world, at.unit, made, _record(chosen.ceremony), by=BY, at=at.now)
        if chosen.party:
            _open_salt(at, draws.get(at.unit, made.id), chosen.party)
    # Each step commits by itself: a beacon that was read stays read when the next step must wait.
    with open_world(load()) as world:
        with world.database.unit() as unit:
            campaign, now = campaigns.by_number(unit, chosen.campaign), clock.now(unit)
        print(drawing.advance(world, campaign, by=BY, at=now).removeprefix("left: "))
    return show(chosen)


def show(chosen: Namespace) -> int:
    """Print every draw of a campaign, the aborted ones too."""
    with _at(chosen.campaign) as at:
        held = draws.of_campaign(at.unit, at.campaign.id)
        if not held:
            print(f"{at.campaign.number} is {at.campaign.state} and has no draw.")
        for one in held:
            _show(at, one)
    return 0


def publish(chosen: Namespace) -> int:
    """Write the folder that a stranger verifies, once every purchase is closed."""
    with _at(chosen.campaign) as at:
        made = at.numbered(chosen.number)
        files = drawing.publish(at.world, at.unit, at.campaign, made, by=BY, at=at.now)
        chosen.to.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (chosen.to / name).write_bytes(data)
        _show(at, draws.get(at.unit, made.id))
        print(f"written      {chosen.to}: {', '.join(files)}")
    return 0


def abort(chosen: Namespace) -> int:
    """End a draw that is not published; it stays to be seen."""
    with _at(chosen.campaign) as at:
        made = at.live()
        _show(at, draws.abort(at.unit, made.id, chosen.reason, by=BY, at=at.now))
    return 0


def prove(chosen: Namespace) -> int:
    """Write the proof that a listing is in the frame, or that it is not."""
    with _at(chosen.campaign) as at:
        if at.campaign.frame is None:
            raise CommandError(f"The frame of {at.campaign.number} is not frozen.")
        data = at.world.objects.get(at.campaign.frame.sha256)
        tree = merkle.grow([data])
        proofs = merkle.prove_id(tree, data, chosen.listing)
        if not proofs:
            raise CommandError(f"The frame of {at.campaign.number} is empty.")
        chosen.to.write_bytes(proof_file(proofs))
        there = "is" if merkle.settle(tree.root, chosen.listing, proofs) else "is not"
        print(f"{chosen.listing} {there} in the frame of {at.campaign.number}, Merkle root {tree.root}")
    return 0


@contextmanager
def _at(number: str) -> Iterator[At]:
    with open_world(load()) as world:
        if not at_head(world.database.url):
            raise CommandError("The tables are not up to date: run shopper migrate.")
        with world.database.unit() as unit:
            yield At(world, unit, campaigns.by_number(unit, number), clock.now(unit))


def _show(at: At, made: Draw) -> None:
    plan, given = made.plan, {one.party: one for one in draws.commitments(at.unit, made.id)}
    opened = draws.opened(at.unit, made.id)
    facts = [
        ("draw", f"{plan.campaign} no. {made.number}, {made.state}" + (f": {made.reason}" if made.reason else "")),
        ("frame", f"{plan.listings} listings, SHA-256 {plan.frame_sha256}"),
        ("Merkle root", plan.merkle_root),
        ("plan", f"SHA-256 {made.plan_sha256}, {sum(plan.n.values())} to draw"
                 + (f", extends no. {plan.extends}" if plan.extends else "")),
    ]  # fmt: skip
    for place, source in enumerate(plan.sources):
        turn = "now" if place == made.missed else "given up" if place < made.missed else "then"
        due, until = (moment.isoformat(timespec="seconds") for moment in (source.due, source.until))
        facts.append(
            ("beacon", f"{turn}: {source.chain.code} round {source.round}, due {due}, waited for until {until}")
        )
    for party in plan.parties:
        held = f"committed {given[party].sha256}" if party in given else "has not committed itself"
        facts.append(("party", f"{party} {held}" + (", salt open" if party in opened else "")))
    facts += _outcome(made)
    print("\n".join(f"{name:12} {text}" for name, text in facts))


def _outcome(made: Draw) -> list[tuple[str, str]]:
    told = []
    if isinstance(made.pulse, Pulse):
        told.append(("value", made.pulse.value.hex()))
        told.append(("unproved", ", ".join(made.pulse.unproved) or "nothing"))
    if made.draw_sha256:
        told.append(("sample", f"SHA-256 {made.sample_sha256}, the whole draw {made.draw_sha256}"))
    if made.state is DrawState.DRAWN:
        told.append(("sealed", "until every purchase is closed"))
    return told


def _open_salt(at: At, made: Draw, party: str) -> None:
    if made.state is not DrawState.OPENED:
        raise CommandError("No salt is opened before the beacon's value is settled.")
    text = sys.stdin.readline().strip()
    try:
        salt = bytes.fromhex(text)
    except ValueError:
        raise CommandError("The salt, read from standard input, is not hexadecimal.") from None
    drawing.reveal(at.world, at.unit, made, party, salt, by=BY, at=at.now)


def _record(path: Path) -> dict[str, object]:
    try:
        record: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{path} cannot be read as the record of a ceremony: {error}.") from None
    if not isinstance(record, dict):
        raise CommandError(f"{path} holds no record of a ceremony.")
    return record


def _stratum(text: str) -> tuple[str, int]:
    name, _, count = text.rpartition("=")
    if not name or not count.isascii() or not count.isdigit():
        raise CommandError(f"{text!r} is not STRATUM=NUMBER.")
    return name, int(count)
