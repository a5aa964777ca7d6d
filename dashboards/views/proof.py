"""What a dropped bundle proves: the verdict, the signed facts, and the pictures drawn anew; nothing of it is kept."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from dashboards.photo import WRONG, redrawn
from sampling.digest import Digest, sha256
from sampling.errors import UnreadableBundle
from sampling.evidence import checkpoint
from sampling.evidence.container import stated_size, unpacked
from sampling.evidence.contents import Contents, opened
from sampling.evidence.credentials import Credentials
from sampling.evidence.instant import instant_of
from sampling.evidence.parts import ARCHIVE, MANIFEST
from sampling.evidence.sentences import FIRST_FORM
from sampling.evidence.verification import Verdict, Verified, tally
from sampling.text import Text
from storage import ledger, statements
from storage.unit import Unit

MOST_BYTES = 256 << 20
"""Of a bundle when unpacked, and of the archive in it once more."""
WIDTH, HEIGHT = 900, 12_000
MOST_PICTURES = 8
ORDER = ("viewport", "before", "page", "phone")
STRANGE = ("unknown_key", "expired_key", "revoked_key")


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of the page, whole in its address."""

    name: str
    uri: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a server proved itself with."""

    origin: str
    subject: str
    issuer: str
    valid_to: datetime
    sha256: Digest | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the signed manifest says of the visit, and what was read from the page."""

    record: Mapping[str, Any]
    started_at: datetime
    ended_at: datetime
    certificates: tuple[Certificate, ...]
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """One bundle with all that is found in it."""

    name: str
    verified: Verified
    manifest_sha256: Digest
    facts: Facts | None
    """None where the signature is not ours: what a stranger's file says of itself is not repeated here; nor for one
    of the first form, which states less than the page tells."""
    root: str | None
    """Of the ledger's checkpoint that the bundle has its place under."""
    pictures: tuple[Picture, ...]
    """None of a bundle with faults: they prove nothing."""

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return self.verified.verdict in (Verdict.TIMESTAMPED, Verdict.SEALED)

    @property
    def form(self) -> Text | None:
        """What to know of a bundle of the first form; None for every other."""
        return FIRST_FORM if self.verified.first_form else None


@dataclass(frozen=True, slots=True)
class VerifyPage:
    """The form, and what came of the bundle that was dropped."""

    most_megabytes: int
    proof: Proof | None = None


def known(unit: Unit, given: Credentials) -> Credentials:
    """Give what is published for whoever verifies; statements made since take the place of the first one."""
    head = ledger.latest(unit)
    origin = checkpoint.read(head.note).origin if head else given.origin
    return replace(given, statements=statements.published(unit) or given.statements, origin=origin)


def load_proof(unit: Unit, given: Credentials, name: str, sent: bytes) -> Proof:
    """Give what the .zip proves; one that is no bundle of fair size raises UnreadableBundle."""
    files = unpacked(sent, most_bytes=MOST_BYTES)
    if stated_size(files.get(ARCHIVE, b"")) > MOST_BYTES:
        raise UnreadableBundle(f"The archive unpacks to more than {MOST_BYTES} bytes.")
    found = tally(files, trust=known(unit, given).trust())
    strange = any(fault.code in STRANGE for fault in found.faults)
    ours = bool(found.record) and not found.first_form and not strange
    inside = opened(files, most_bytes=MOST_BYTES) if ours and not found.faults else None
    place = found.place
    return Proof(
        name=name,
        verified=found,
        manifest_sha256=sha256(files.get(MANIFEST, b"")),
        facts=_facts(found.record, inside) if ours else None,
        root=checkpoint.read(place.checkpoint).root.hex() if place else None,
        pictures=drawn(inside.members) if inside else (),
    )


def drawn(members: Mapping[str, bytes]) -> tuple[Picture, ...]:
    """Give the pictures of a page drawn anew by us, so that nothing of the file itself reaches a browser."""
    names = [name for stem in ORDER for name in sorted(members) if name.startswith(stem) and name.endswith(".png")]
    return tuple(one for name in names[:MOST_PICTURES] if (one := picture(name, members[name])) is not None)


def picture(name: str, data: bytes) -> Picture | None:
    """Give one picture with its bytes in its address; None for what cannot be drawn."""
    try:
        again = redrawn(data, WIDTH, high=HEIGHT)
    except WRONG:
        return None
    return Picture(name, f"data:image/jpeg;base64,{base64.b64encode(again).decode()}")


def _facts(record: Mapping[str, Any], inside: Contents | None) -> Facts:
    return Facts(
        record=record,
        started_at=instant_of(record["started_at"]),
        ended_at=instant_of(record["ended_at"]),
        certificates=tuple(
            Certificate(one["origin"], one["subject"], one["issuer"], instant_of(one["valid_to"]),
                        one["certificate_sha256"])
            for one in record["tls"]
        ),
        fields=tuple(inside.fields.items()) if inside else (),
    )  # fmt: skip
