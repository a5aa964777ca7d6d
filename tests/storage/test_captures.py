"""Captures of either age are found and shown, every act on them is entered, and an audit tells loss from rot."""

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from sampling.digest import sha256
from sampling.evidence.capture import CaptureState
from sampling.sample import SampleState
from storage import captures, events, ledger
from storage.audit import Audited, Flaw, Flawed, audit
from storage.captures import Capture
from storage.database import Database
from storage.errors import Away, Conflict, NotFound
from storage.objects import Folder, Objects
from storage.schema.base import new_id
from storage.schema.sample import CaptureRow
from storage.unit import Unit
from tests.build import case, moment
from tests.sampling.visits import a_bundle, a_visit
from tests.storage.test_spool import Store

OLD = """
INSERT INTO capture (id, sample_id, purpose, kind, url, captured_at, manifest_sha256, files, listing)
VALUES (:id, :sample, 'draw', 'obstacle', 'http://shop/1', '2026-03-01', :manifest, :files, '{}')
"""


def sample_of(unit: Unit, objects: Objects) -> UUID:
    return case(unit, objects, SampleState.TARGETED).sample.id


def save(
    unit: Unit, objects: Objects, sample_id: UUID, purpose: str = "payment", id_: UUID | None = None, **changes: bytes
) -> Capture:
    id_ = id_ or captures.fresh_id()
    bundle = {**a_bundle(capture_id=str(id_)), **changes}
    return captures.save(
        unit, objects, id_=id_, sample_id=sample_id, purpose=purpose, kind="listing", reason=None, url="http://shop/1",
        status=200, bundle=bundle, listing={}, by="flow:test", at=moment(1),
    )  # fmt: skip


def old(unit: Unit, objects: Objects, sample_id: UUID) -> Capture:
    """Keep a capture as the code before the archive did."""
    files = {"evidence/page.png": objects.put(b"an old picture"), "manifest.json": objects.put(b"an old manifest")}
    plain = ",".join(f'"{name}":"{digest}"' for name, digest in files.items())
    id_ = new_id()
    unit.execute(
        text(OLD), {"id": id_, "sample": sample_id, "manifest": sha256(b"an old manifest"), "files": f"{{{plain}}}"}
    )
    return captures.get(unit, id_)


def test_a_capture_from_before_the_archive_is_shown_and_entered_like_any_other(
    database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        made = old(unit, objects, sample_of(unit, objects))
        assert (made.state, made.members) == (CaptureState.SEALED, {})
        assert made.views == ("evidence/page.png", "manifest.json")
        assert captures.member(objects, made, captures.PAGE) == b"an old picture"
        assert (captures.enter(unit, 10, at=moment(2)), captures.enter(unit, 10, at=moment(3))) == (1, 0)
        found = ledger.find(unit, ledger.CAPTURE, made.id)
        assert found is not None
        assert found[1].sha256 == made.manifest_sha256


def test_a_name_that_is_nowhere_is_not_found(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = save(unit, objects, sample_of(unit, objects))
    assert captures.member(objects, made, captures.PAGE) == a_visit().files["page.png"]
    for name in ("evidence/none.png", "../secret.key"):
        with pytest.raises(NotFound):
            captures.member(objects, made, name)


def test_every_act_is_in_the_history_and_in_the_ledger(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = save(unit, objects, sample_of(unit, objects), captures.ORDER)
        captures.looked_at(unit, made, by="user:officer", at=moment(2))
        captures.reviewed(unit, made, finding="as ordered", by="user:officer", at=moment(3))
        captures.export(unit, objects, made, by="user:officer", at=moment(4))
        told = [one for one in events.history(unit, made.sample_id) if one.noun == "capture"]
        entered = ledger.entries(unit)
    assert [one.type for one in told] == ["sealed", "looked_at", "reviewed", "exported"]
    assert [(one.kind, one.id.partition(":")[0]) for one in entered] == [
        ("capture", str(made.id)), ("custody", "looked_at"), ("custody", "reviewed"), ("custody", "exported"),
    ]  # fmt: skip
    assert [one.sha256 for one in entered[1:]] == [one.hash for one in told[1:]]
    assert told[2].data == {"finding": "as ordered"}


def test_an_offer_is_drawn_once(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        sample_id = sample_of(unit, objects)
        save(unit, objects, sample_id, "draw")
    with pytest.raises(Conflict, match="one_offer_drawn_a_sample"), database.unit() as unit:
        save(unit, objects, sample_id, "draw")
    with database.unit() as unit:
        assert (len(captures.of_sample(unit, sample_id)), ledger.size(unit)) == (1, 1)


def test_what_was_captured_is_never_changed(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        save(unit, objects, sample_of(unit, objects))
    columns = [column.name for column in CaptureRow.__table__.columns if column.name != "state"]
    for change in ("DELETE FROM capture", *(f"UPDATE capture SET {name} = {name}" for name in columns)):
        with pytest.raises(Conflict, match="append-only"), database.unit() as unit:
            unit.execute(text(change))


def stretches(database: Database, objects: Objects, limit: int = 2, **part: int) -> list[Audited]:
    found: list[Audited] = []
    while not found or found[-1].last is not None:
        with database.unit() as unit:
            found.append(audit(unit, objects, after=found[-1].last if found else None, limit=limit, **part))
    return found


def test_an_audit_reads_everything_and_tells_loss_from_rot(database: Database, tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    with database.unit() as unit:
        sample_id = sample_of(unit, folder)
        kept = [save(unit, folder, sample_id) for _ in range(5)]
    whole = stretches(database, folder)
    assert [one.captures for one in whole] == [2, 2, 1, 0]
    assert sum(one.bytes for one in whole) > 5 * len(captures.bundle(folder, kept[0])["capture.wacz"])
    assert [one.flawed for one in whole] == [()] * 4
    lost, rotten = kept[1].files["capture.wacz"], kept[4].files["manifest.json"]
    folder.place(lost).unlink()
    folder.place(rotten).chmod(0o600)
    folder.place(rotten).write_bytes(b"rotten")
    assert [flaw for one in stretches(database, folder) for flaw in one.flawed] == [
        Flawed(kept[1].id, sample_id, "capture.wacz", lost, Flaw.LOST),
        Flawed(kept[4].id, sample_id, "manifest.json", rotten, Flaw.ROTTEN),
    ]


def test_the_parts_of_an_audit_are_the_whole(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        sample_id = sample_of(unit, objects)
        for number in range(7):
            save(unit, objects, sample_id, id_=UUID(int=number + 1))
    read = [sum(one.captures for one in stretches(database, objects, part=part, parts=3)) for part in range(3)]
    assert read == [2, 3, 2]


def test_an_audit_says_nothing_of_a_store_that_is_away(database: Database, tmp_path: Path) -> None:
    store = Store(Folder(tmp_path))
    with database.unit() as unit:
        save(unit, store, sample_of(unit, store))
    store.up = False
    with database.unit() as unit, pytest.raises(Away):
        audit(unit, store)


def test_a_capture_that_cannot_be_kept_leaves_no_trace(database: Database, tmp_path: Path) -> None:
    store = Store(Folder(tmp_path))
    with database.unit() as unit:
        sample_id = sample_of(unit, store)
    store.up = False
    with pytest.raises(Away), database.unit() as unit:
        save(unit, store, sample_id)
    with database.unit() as unit:
        assert (captures.of_sample(unit, sample_id), ledger.size(unit)) == ((), 0)
        assert "capture" not in {one.noun for one in events.history(unit, sample_id)}
