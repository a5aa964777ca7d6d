"""A capture proved in full - two authorities, a place in the ledger, trusted keys - and what a forger makes of it."""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sampling.digest import canonical, sha256
from sampling.evidence import wacz
from sampling.evidence.bundle import manifest_sha256, seal, stamped, with_inclusion
from sampling.evidence.checkpoint import Checkpoint, sign
from sampling.evidence.keyring import Key, Use
from sampling.evidence.keys import Keys, key_id, pem
from sampling.evidence.ledger import Entry, inclusion, root
from sampling.evidence.parts import ARCHIVE, MANIFEST, SIGNATURE, SIGNER, SUMS, sums
from sampling.evidence.place import Answer, Place
from sampling.evidence.sentences import Fault
from sampling.evidence.timestamp import query
from sampling.evidence.trust import Trust
from sampling.evidence.verification import verify_bundle
from tests.sampling.visits import KEYS, a_visit
from tests.world.authority import Office, open_office

Files = dict[str, bytes]

ORIGIN = "ledger.example/evidence"
LEDGER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
# Long ago: the authorities stamp by the machine's own clock, whatever that says.
NOON = datetime(2020, 11, 3, 12, tzinfo=UTC)
VISIT = a_visit(started_at=NOON, ended_at=NOON + timedelta(seconds=2))


@dataclass(frozen=True)
class Proof:
    """One good bundle with the knowledge that verifies it."""

    files: Files
    trust: Trust
    offices: Mapping[str, Office]
    entries: tuple[Entry, ...]


def key_of(use: Use, public: Any, **changes: Any) -> Key:
    return replace(Key(use, pem(public).decode(), SINCE), **changes)


def trusted(keys: Keys = KEYS, **changes: Any) -> tuple[Key, ...]:
    """The keys of an authority; the changes are those of its manifest and archive keys."""
    return (
        key_of(Use.MANIFEST, keys.manifest.public_key(), **changes),
        key_of(Use.ARCHIVE, keys.archive.public_key(), **changes),
        key_of(Use.LEDGER, LEDGER_KEY.public_key()),
    )


@contextmanager
def proved() -> Iterator[Proof]:
    """Give a good bundle, stamped by two authorities whose folders last as long as the block."""
    with tempfile.TemporaryDirectory(prefix="authority-", ignore_cleanup_errors=True) as home:
        offices = {code: open_office(Path(home) / code, name=f"TSA {code}") for code in ("north", "south")}
        files = seal(VISIT, capture_id="cap-1", case="S26-000001", keys=KEYS, extracted={"title": "Lamp"})
        for code, office in offices.items():
            files = stamped(files, code, office.stamp(query(files[SIGNATURE], 7)), office.chain)
        entries = ledger_of(files)
        files = with_inclusion(files, place_of(entries, 3, offices["north"]).written())
        chains = {code: (office.chain,) for code, office in offices.items()}
        yield Proof(files, Trust(trusted(), chains, ORIGIN), offices, entries)


def ledger_of(files: Files) -> tuple[Entry, ...]:
    """Seven entries, the fourth of them the bundle's."""
    at = VISIT.ended_at
    others = [Entry("capture", f"other-{number}", f"{number:064x}", at) for number in range(7)]
    others[3] = Entry("capture", "cap-1", manifest_sha256(files), at)
    return tuple(others)


def place_of(
    entries: tuple[Entry, ...], index: int, office: Office | None = None, key: Ed25519PrivateKey = LEDGER_KEY
) -> Place:
    leaves = [entry.leaf() for entry in entries]
    note = sign(Checkpoint(ORIGIN, len(leaves), root(leaves)), key)
    stamps = {"north": Answer(office.stamp(query(note, 8)), office.chain)} if office else {}
    return Place(entries[index], index, len(leaves), inclusion(leaves, index), note, stamps)


def resummed(files: Files) -> Files:
    return {**files, SUMS: sums(files)}


def rebound(files: Files, change: Callable[[dict[str, Any]], object] = lambda record: None, keys: Keys = KEYS) -> Files:
    """The manifest changed by who has a key: what it lists is measured anew, and it is signed and summed again."""
    record = json.loads(files[MANIFEST])
    for entry in record["files"]:
        if entry["path"] in files:
            entry |= {"sha256": sha256(files[entry["path"]]), "bytes": len(files[entry["path"]])}
    record |= {"signer": key_id(keys.manifest.public_key()), "archive_key": key_id(keys.archive.public_key())}
    change(record)
    made = {**files, MANIFEST: canonical(record), SIGNER: pem(keys.manifest.public_key())}
    made[SIGNATURE] = keys.manifest.sign(made[MANIFEST])
    return resummed(unwitnessed(made))


def first_bundle(keys: Keys = KEYS, **changes: Any) -> Files:
    """A bundle as the first ones were made: every captured file for itself, and no archive."""
    files = {"evidence/page.png": b"a picture", "evidence/requests.jsonl": b"{}\n", "VERIFY.md": b"# How\n"}
    record = {
        "schema": "mystery-shopper/capture/1", "capture": "cap-1", "case": "S26-000001", "kind": "listing",
        "reason": None, "requested_url": VISIT.final_url, "final_url": VISIT.final_url, "redirects": [], "status": 200,
        "started_at": "2020-11-03T12:00:00.000Z", "ended_at": "2020-11-03T12:00:02.000Z", "server_ips": [],
        "tool": {}, "interactions": [], "signals": {}, "prev_manifest_sha256": "0" * 64,
        "completeness": {"requests": 1, "recorded": 1, "failed": 0, "gaps": [], "truncated": 0},
        "files": [{"path": path, "sha256": sha256(data), "bytes": len(data), "media_type": "x"}
                  for path, data in sorted(files.items())],
        "signer": key_id(keys.manifest.public_key()), **changes,
    }  # fmt: skip
    made = {**files, MANIFEST: canonical(record), SIGNER: pem(keys.manifest.public_key())}
    made[SIGNATURE] = keys.manifest.sign(made[MANIFEST])
    return resummed(made)


def unwitnessed(files: Files) -> Files:
    """Without what was said of the old signature."""
    return {path: data for path, data in files.items() if not path.startswith(("timestamps/", "inclusion"))}


def rearchived(files: Files, members: Mapping[str, bytes], keys: Keys = KEYS) -> Files:
    """The archive put together again from these members, and everything around it made to fit."""
    made = {**files, ARCHIVE: zipped(members)}
    entries = [{"path": name, "sha256": sha256(data), "bytes": len(data), "media_type": "x"}
               for name, data in sorted(members.items())]  # fmt: skip
    return rebound(made, lambda record: record.update(archive=entries), keys)


def relisted(members: Mapping[str, bytes], keys: Keys = KEYS) -> Files:
    """The archive's own list measured and signed anew, as who holds a key can."""
    package = json.loads(members[wacz.PACKAGE])
    inner = {name: data for name, data in members.items() if name not in (wacz.PACKAGE, wacz.DIGEST)}
    package["resources"] = [
        {"name": name, "path": name, "hash": f"sha256:{sha256(data)}", "bytes": len(data)}
        for name, data in inner.items()
    ]
    return {**inner, **signed_list(package, keys)}


def signed_list(package: Any, keys: Keys = KEYS) -> Files:
    data, made = json.dumps(package).encode(), {name: package.get(name, "") for name in ("created", "software")}
    return {wacz.PACKAGE: data, wacz.DIGEST: wacz._digest(data, **made, key=keys.archive)}


def zipped(members: Mapping[str, bytes]) -> bytes:
    return wacz._zipped(members)


def refused(files: Mapping[str, bytes], trust: Trust) -> tuple[Fault, ...]:
    """The faults, each of which can be said to a person."""
    faults = verify_bundle(files, trust=trust)
    assert faults
    assert all(fault.sentence.zh and fault.path in fault.sentence.en for fault in faults)
    return faults


def flipped(data: bytes, place: int) -> bytes:
    changed = bytearray(data)
    changed[place] ^= 1 << place % 8
    return bytes(changed)


def places(data: bytes, most: int) -> range:
    return range(0, len(data), max(1, len(data) // most))
