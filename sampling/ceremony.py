"""The ceremony of a draw: what is promised before the beacon, what may happen when, and what is refused.

The order protects it. The frame, the plan and a commitment to every salt stand before the beacon's round is due; the
beacon's value is settled before any salt is opened, so whoever reports a source as failed does not know what the next
would draw; the page waits until the goods are bought.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sampling import beacons, draw
from sampling.beacons.interface import Chain, Pulse
from sampling.digest import Digest, canonical, sha256
from sampling.errors import RefusedDraw
from sampling.lifecycle import Lifecycle

SCHEME = "msw/draw/v1"
SALT = b"msw/salt/v1"
SALT_BYTES = 32
"""Salts are joined without a mark between them, so all have one length."""
AGENCY = "agency"
NOTHING: Digest = sha256(b"")
_PARTY = re.compile(r"[\w.-]{1,60}")
_HASH = re.compile(r"[0-9a-f]{64}")


class DrawState(StrEnum):
    """Where a draw stands."""

    FROZEN = "frozen"
    COMMITTED = "committed"
    OPENED = "opened"
    DRAWN = "drawn"
    PUBLISHED = "published"
    ABORTED = "aborted"


class DrawEvent(StrEnum):
    """What happened to a draw."""

    COMMITMENT_GIVEN = "commitment_given"
    COMMITTED = "committed"
    BEACON_MISSED = "beacon_missed"
    OPENED = "opened"
    SALT_GIVEN = "salt_given"
    DRAWN = "drawn"
    PUBLISHED = "published"
    ABORTED = "aborted"


_S, _E = DrawState, DrawEvent

DRAW: Lifecycle[DrawState, DrawEvent] = Lifecycle(
    noun="draw",
    initial=_S.FROZEN,
    moves={
        (_S.FROZEN, _E.COMMITMENT_GIVEN): _S.FROZEN,
        (_S.FROZEN, _E.COMMITTED): _S.COMMITTED,
        (_S.FROZEN, _E.ABORTED): _S.ABORTED,
        (_S.COMMITTED, _E.BEACON_MISSED): _S.COMMITTED,
        (_S.COMMITTED, _E.OPENED): _S.OPENED,
        (_S.COMMITTED, _E.ABORTED): _S.ABORTED,
        (_S.OPENED, _E.SALT_GIVEN): _S.OPENED,
        (_S.OPENED, _E.DRAWN): _S.DRAWN,
        (_S.OPENED, _E.ABORTED): _S.ABORTED,
        (_S.DRAWN, _E.PUBLISHED): _S.PUBLISHED,
        (_S.DRAWN, _E.ABORTED): _S.ABORTED,
    },
)


@dataclass(frozen=True, slots=True)
class Source:
    """One round of one pinned chain, and until when it is waited for."""

    chain: Chain
    round: int
    until: datetime

    @property
    def due(self) -> datetime:
        """The instant at which the round comes out."""
        return self.chain.due(self.round)

    def record(self) -> dict[str, Any]:
        """Give the promise as plain JSON: with what is pinned, without the relays, which anyone may choose."""
        chain = self.chain
        return {
            "chain": chain.code, "kind": chain.kind, "genesis": chain.genesis, "period": chain.period,
            "first": chain.first, "chain_hash": chain.chain_hash, "public_key": chain.public_key,
            "chain_index": chain.chain_index, "certificates": list(chain.certificates), "round": self.round,
            "due": self.due.isoformat(), "until": self.until.isoformat(),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class DrawPlan:
    """All that decides a draw but the salts and the beacon's value, fixed before either is known."""

    campaign: str
    number: int
    frame_sha256: Digest
    merkle_root: Digest
    listings: int
    n: Mapping[str, int]
    """How many are drawn from each stratum."""
    reserve: int
    rules: str
    code: str
    """The version of the program that draws."""
    parties: tuple[str, ...]
    sources: tuple[Source, ...]
    """In the order in which they apply: the second only when the first has failed."""
    extends: int | None = None
    """The draw of which this is a further round; what was taken until then cannot be drawn again."""
    taken_sha256: Digest = NOTHING
    cap: int = 0
    """The most listings that one merchant may have in a stratum; 0 for no cap."""
    each: int = 0
    """In two stages, the most listings of each drawn merchant; 0 for a draw of listings in one stage."""
    labs_sha256: Digest = NOTHING
    """Of the laboratories as they stand before the beacon: a capacity changed later would change who tests what."""

    @property
    def by_merchant(self) -> bool:
        """Whether the draw asks who sells what, so that the lines of the frame name merchants."""
        return bool(self.cap or self.each)

    def record(self) -> dict[str, Any]:
        """Give the plan as the plain JSON that is hashed and published."""
        return {
            "scheme": SCHEME, "campaign": self.campaign, "number": self.number, "frame_sha256": self.frame_sha256,
            "merkle_root": self.merkle_root, "listings": self.listings, "n": dict(self.n), "reserve": self.reserve,
            "rules": self.rules, "code": self.code, "parties": list(self.parties),
            "sources": [source.record() for source in self.sources], "extends": self.extends,
            "taken_sha256": self.taken_sha256,
            # Named only where they bind, so that plain plans keep the shortest record.
            **({"cap": self.cap} if self.cap else {}), **({"each": self.each} if self.each else {}),
            **({"labs_sha256": self.labs_sha256} if self.labs_sha256 != NOTHING else {}),
        }  # fmt: skip

    @property
    def sha256(self) -> Digest:
        """The hash of the plan."""
        return sha256(canonical(self.record()))


@dataclass(frozen=True, slots=True)
class Commitment:
    """One party's promise of a salt that it does not show yet."""

    party: str
    sha256: Digest
    at: datetime


def plan_of(record: Mapping[str, Any]) -> DrawPlan:
    """Give the plan back from its plain JSON."""
    plain = {name: value for name, value in record.items() if name not in {"scheme", "parties", "sources"}}
    return DrawPlan(**plain, parties=tuple(record["parties"]), sources=tuple(map(_source, record["sources"])))


def sources_from(codes: Sequence[str], at: datetime) -> tuple[Source, ...]:
    """Give one future round of each chain, in order, each late enough that the one before has surely failed by then."""
    earliest, sources = at + beacons.limit("lead"), []
    for code in codes:
        chain = beacons.chain(code)
        round_ = chain.round_at(earliest)
        until = chain.due(round_) + beacons.limit("wait")
        sources.append(Source(chain, round_, until))
        earliest = until + beacons.limit("gap")
    return tuple(sources)


def refuse_bad_plan(plan: DrawPlan, at: datetime) -> None:
    """Raise RefusedDraw for a plan that promises nothing: no party, no source, a round that is known already."""
    if not plan.parties or list(plan.parties) != sorted(set(plan.parties)):
        raise RefusedDraw("a draw needs parties, each named once and in the order of their names")
    wrong = [party for party in plan.parties if not is_party(party)]
    if wrong:
        raise RefusedDraw(f"{wrong[0]!r} is no name of a party: letters, digits, dot and dash, no spaces")
    if any(count < 0 for count in plan.n.values()) or not sum(plan.n.values()):
        raise RefusedDraw("a draw takes at least one listing, and from no stratum fewer than none")
    if not plan.sources:
        raise RefusedDraw("a draw needs at least one beacon")
    after = at
    for source in plan.sources:
        if not after < source.due < source.until:
            raise RefusedDraw(f"round {source.round} of {source.chain.code} is not after {after.isoformat()}")
        after = source.until


def is_party(name: str) -> bool:
    """Tell whether a name can stand for a party in a published plan."""
    return _PARTY.fullmatch(name) is not None


def commitment(salt: bytes) -> Digest:
    """Give what a party publishes of its salt before the beacon."""
    return sha256(SALT + salt)


def refuse_bad_commitment(plan: DrawPlan, given: Sequence[Commitment], new: Commitment) -> None:
    """Raise RefusedDraw for a commitment by no party of the plan, a second one, a copied one, or one that is late."""
    if new.party not in plan.parties:
        raise RefusedDraw(f"{new.party} is no party of this draw; they are {', '.join(plan.parties)}")
    if not _HASH.fullmatch(new.sha256):
        raise RefusedDraw("a commitment is a SHA-256 in 64 small hexadecimal characters")
    if new.party in {one.party for one in given}:
        raise RefusedDraw(f"{new.party} has committed itself already")
    if new.sha256 in {one.sha256 for one in given}:
        raise RefusedDraw(f"{new.party} gives the commitment of another party")
    first = plan.sources[0]
    if new.at >= first.due:
        raise RefusedDraw(f"round {first.round} of {first.chain.code} is not in the future: it was due {first.due}")


def refuse_changed_frame(plan: DrawPlan, frame_sha256: Digest) -> None:
    """Raise RefusedDraw when the frame is not the one that was frozen."""
    if frame_sha256 != plan.frame_sha256:
        raise RefusedDraw(f"the frame was changed after its freeze: {frame_sha256} instead of {plan.frame_sha256}")


def waiting_for(plan: DrawPlan, given: Sequence[Commitment]) -> tuple[str, ...]:
    """Give the parties that have not committed themselves."""
    return tuple(party for party in plan.parties if party not in {one.party for one in given})


def refuse_wrong_pulse(plan: DrawPlan, missed: int, pulse: Pulse, at: datetime) -> None:
    """Raise RefusedDraw for a value of another chain or round than the one whose turn it is, or before its time."""
    source = plan.sources[missed]
    if (pulse.chain, pulse.round) != (source.chain.code, source.round):
        raise RefusedDraw(
            f"round {pulse.round} of {pulse.chain} was given; the plan asks for {source.round} of {source.chain.code}"
        )
    if at < source.due:
        raise RefusedDraw(f"round {source.round} of {source.chain.code} comes out at {source.due}, not before")


def refuse_giving_up(plan: DrawPlan, missed: int, at: datetime) -> None:
    """Raise RefusedDraw when a source is still to be waited for, or none is left after it."""
    source = plan.sources[missed]
    if at < source.until:
        raise RefusedDraw(f"{source.chain.code} is waited for until {source.until}")
    if missed + 1 == len(plan.sources):
        raise RefusedDraw(f"{source.chain.code} was the plan's last beacon: the draw can only be aborted")


def refuse_wrong_salt(given: Sequence[Commitment], party: str, salt: bytes) -> None:
    """Raise RefusedDraw when a salt is not the one its party committed itself to."""
    promised = {one.party: one.sha256 for one in given}
    if party not in promised:
        raise RefusedDraw(f"{party} has given no commitment")
    if len(salt) != SALT_BYTES:
        raise RefusedDraw(f"a salt has {SALT_BYTES} bytes, this one {len(salt)}")
    if commitment(salt) != promised[party]:
        raise RefusedDraw(f"the salt of {party} does not match its commitment")


def root_of(plan: DrawPlan, salts: Mapping[str, bytes], beacon: bytes) -> bytes:
    """Give the 32 bytes every seed of the draw comes from: plan, frame, the salts in the order of names, beacon."""
    lacking = [party for party in plan.parties if party not in salts]
    if lacking:
        raise RefusedDraw(f"the salt of {', '.join(lacking)} is still closed")
    joined = b"".join(salts[party] for party in plan.parties)
    return draw.root(plan.sha256, plan.frame_sha256, joined, beacon)


def refuse_early_page(open_purchases: int) -> None:
    """Raise RefusedDraw while goods are still to be bought: a published sample warns its merchants."""
    if open_purchases:
        raise RefusedDraw(f"{open_purchases} purchases are still open: the draw stays sealed until they close")


def _source(record: Mapping[str, Any]) -> Source:
    promised = {name: value for name, value in record.items() if name not in {"chain", "round", "due", "until"}}
    chain = beacons.chain_of(record["chain"], promised)
    return Source(chain, record["round"], datetime.fromisoformat(record["until"]))
