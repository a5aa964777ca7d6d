"""The command that reads kept evidence again, and tells what is lost or has rotted."""

import json
import secrets
from argparse import Namespace
from collections.abc import Mapping

from shopper.administer import opened
from storage.audit import Audited, Flawed, audit
from storage.settings import load
from storage.store import open_objects

AT_ONCE = 200


def audit_evidence(chosen: Namespace) -> int:
    """Print what the store does not give back as it was; 1 if there is anything."""
    settings = load()
    parts = max(1, round(1 / chosen.share))
    part = secrets.randbelow(parts)
    objects, flawed, counts = open_objects(settings), list[Flawed](), [0, 0, 0]
    with opened(settings) as database:
        last, more = None, True
        while more:
            with database.unit() as unit:
                done: Audited = audit(unit, objects, after=last, limit=AT_ONCE, part=part, parts=parts)
            flawed += done.flawed
            counts = [sum(pair) for pair in zip(counts, (done.captures, done.objects, done.bytes), strict=True)]
            last, more = done.last, done.last is not None
    _report(chosen, flawed, dict(zip(("captures", "objects", "bytes"), counts, strict=True)))
    return 1 if flawed else 0


def _report(chosen: Namespace, flawed: list[Flawed], counts: Mapping[str, int]) -> None:
    rows = [
        {"capture": str(one.capture_id), "sample": str(one.sample_id), "file": one.name, "sha256": one.digest,
         "flaw": one.flaw.value}
        for one in flawed
    ]  # fmt: skip
    if chosen.json:
        print(json.dumps({**counts, "flawed": rows}, indent=1))
        return
    for row in rows:
        print(f"{row['flaw']}: {row['file']} of capture {row['capture']} (SHA-256 {row['sha256']})")
    print(f"{counts['captures']} captures, {counts['objects']} objects, {counts['bytes']} bytes read; "
          f"{len(rows)} lost or rotten.")  # fmt: skip
