"""The rules about who bears witness: time-stamping authorities, the ledger, and the keys that a reader trusts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sampling.digest import sha256
from sampling.errors import WrongCheckpoint, WrongStamp
from sampling.evidence import checkpoint, place
from sampling.evidence.archive_rules import within
from sampling.evidence.instant import instant_of
from sampling.evidence.keyring import Use
from sampling.evidence.parts import MANIFEST, PLACE, SIGNATURE, SIGNER, stamp_codes, stamp_paths
from sampling.evidence.place import Place
from sampling.evidence.sentences import Fault
from sampling.evidence.timestamp import Stamp, check
from sampling.evidence.trust import Trust
from sampling.evidence.wacz import DIGEST


@dataclass(frozen=True, slots=True)
class Stamped:
    """One authority's time-stamp that holds."""

    code: str
    over: str
    """The file that it proves: the signature of the manifest, or the place in the ledger."""
    stamp: Stamp


def stamps(
    files: Mapping[str, bytes], record: Mapping[str, Any], trust: Trust | None
) -> tuple[list[Stamped], list[Fault]]:
    """Give the time-stamps over the manifest's signature that hold, and what is wrong with the others."""
    held, faults = [], []
    for code in stamp_codes(files):
        paths = stamp_paths(code)
        missing = [Fault("missing", path) for path in paths if path not in files]
        found = missing or _stamp(code, files[paths[0]], files[paths[1]], files[SIGNATURE], paths, record, trust)
        if isinstance(found, Stamp):
            held.append(Stamped(code, SIGNATURE, found))
        else:
            faults += found
    return held, faults


def placed(
    files: Mapping[str, bytes], record: Mapping[str, Any], trust: Trust | None
) -> tuple[Place | None, list[Stamped], list[Fault]]:
    """Give the capture's place in the ledger with the time-stamps over its checkpoint, and what is wrong with them."""
    if PLACE not in files:
        return None, [], []
    try:
        found = place.read(files[PLACE])
        head = checkpoint.read(found.checkpoint)
    except WrongCheckpoint:
        return None, [], [Fault("bad_place", PLACE)]
    due = ("capture", record["capture"], sha256(files[MANIFEST]))
    if (found.entry.kind, found.entry.id, found.entry.sha256) != due or not found.holds(head):
        return None, [], [Fault("bad_place", PLACE)]
    if trust is not None and not _is_ledgers(found.checkpoint, head.origin, trust):
        return None, [], [Fault("bad_checkpoint", PLACE)]
    held, faults = [], []
    for code, answer in found.stamps.items():
        given = _stamp(code, answer.response, answer.chain, found.checkpoint, (PLACE, PLACE), record, trust)
        if isinstance(given, Stamp):
            held.append(Stamped(code, PLACE, given))
        else:
            faults += given
    return found, held, faults


def signers(record: Mapping[str, Any], held: Sequence[Stamped], trust: Trust | None) -> Iterator[Fault]:
    """Give every signature by a key that the reader does not trust, or did not at that time.

    A key's period is measured at the end of the capture. A withdrawal is measured against the oldest time-stamp: what
    was signed with a stolen key bears any date, but not the word of an authority that it existed before the theft.
    """
    if trust is None:
        return
    ended, proved = instant_of(record["ended_at"]), min((one.stamp.at for one in held), default=None)
    yield from _signer(Use.MANIFEST, record["signer"], SIGNER, ended, proved, trust)
    if "archive_key" in record:
        yield from _signer(Use.ARCHIVE, record["archive_key"], within(DIGEST), ended, proved, trust)


def _signer(
    use: Use, id_: str, path: str, ended: datetime, proved: datetime | None, trust: Trust
) -> Iterator[Fault]:  # fmt: skip
    key = trust.key(use, id_)
    if key is None:
        yield Fault("unknown_key", path)
        return
    if not key.covers(ended):
        yield Fault("expired_key", path)
    if key.revoked_at is not None and (proved is None or key.is_revoked(proved)):
        yield Fault("revoked_key", path)


def _stamp(
    code: str,
    response: bytes,
    chain: bytes,
    data: bytes,
    paths: tuple[str, str],
    record: Mapping[str, Any],
    trust: Trust | None,
) -> Stamp | list[Fault]:
    """Without trust an answer is checked by the chain it came with: that shows it fits, not whose it is."""
    if trust is not None and code not in trust.chains:
        return [Fault("unknown_authority", paths[0])]
    if trust is not None and chain not in trust.chains[code]:
        return [Fault("other_chain", paths[1])]
    try:
        found = check(response, data, chain=chain)
    except WrongStamp:
        return [Fault("bad_stamp", paths[0])]
    earliest = instant_of(record["ended_at"]) - (trust or Trust()).tolerance
    return [Fault("early_stamp", paths[0])] if found.at < earliest else found


def _is_ledgers(note: bytes, origin: str, trust: Trust) -> bool:
    """Whether one of the ledger's keys signed; none of them may have been withdrawn, whatever the time."""
    if trust.origin not in (None, origin):
        return False
    for key in trust.keys:
        public = key.public
        if key.use is Use.LEDGER and key.revoked_at is None and isinstance(public, Ed25519PublicKey):
            try:
                checkpoint.check(note, public)
            except WrongCheckpoint:
                continue
            return True
    return False
