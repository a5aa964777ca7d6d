"""Keeping: a visit becomes a bundle that a stranger can verify, and whose parts the pages find by name."""

import json
from dataclasses import replace
from uuid import UUID

from flows.keeping import keep
from flows.keys import aside_key
from flows.wiring import World
from sampling.digest import sha256
from sampling.evidence.aside import open_aside
from sampling.evidence.capture import CaptureState
from sampling.evidence.verification import verify_bundle
from sampling.evidence.visit import Visit
from sampling.sample import SampleState
from storage import captures, events, ledger, samples, settings
from storage.captures import Capture
from storage.unit import Unit
from tests.build import case, moment
from tests.flows.conftest import SECRET
from tests.sampling.visits import a_visit


def kept(
    world: World, unit: Unit, visit: Visit | None = None, purpose: str = "draw", of: UUID | None = None
) -> Capture:
    sample = samples.get(unit, of) if of else case(unit, world.objects, SampleState.TARGETED).sample
    return keep(world, unit, sample, visit or a_visit(), purpose, read={"title": "Lamp"}, by="flow:test", at=moment(1))


def test_what_is_kept_is_sealed_entered_and_verifies(quiet: World) -> None:
    with quiet.database.unit() as unit:
        made = kept(quiet, unit)
        assert captures.get(unit, made.id) == made
        [entry] = ledger.entries(unit)
        told = events.last(unit, made.sample_id)
    bundle = captures.bundle(quiet.objects, made)
    assert verify_bundle(bundle) == ()
    assert (made.state, made.manifest_sha256) == (CaptureState.SEALED, sha256(bundle["manifest.json"]))
    assert (entry.kind, entry.id, entry.sha256) == (ledger.CAPTURE, str(made.id), made.manifest_sha256)
    assert told is not None
    assert (told.type, told.data["manifest_sha256"]) == ("sealed", made.manifest_sha256)


def test_every_file_inside_the_archive_is_found_by_its_name(quiet: World) -> None:
    visit = a_visit()
    with quiet.database.unit() as unit:
        made = kept(quiet, unit, visit=visit)
    for name, data in visit.files.items():
        assert captures.member(quiet.objects, made, f"evidence/{name}") == data
    assert (
        captures.member(quiet.objects, made, "manifest.json") == captures.bundle(quiet.objects, made)["manifest.json"]
    )
    assert {"evidence/page.png", "archive/data.warc.gz", "capture.wacz"} <= set(made.views)


def test_each_capture_of_a_case_names_the_one_before(quiet: World) -> None:
    with quiet.database.unit() as unit:
        first = kept(quiet, unit)
        second = kept(quiet, unit, purpose="payment", of=first.sample_id)
    record = json.loads(captures.member(quiet.objects, second, "manifest.json"))
    assert record["prev_manifest_sha256"] == first.manifest_sha256


def test_where_it_went_out_is_stated(quiet: World) -> None:
    told = settings.load({"SHOPPER_HOME": str(quiet.settings.home), "SHOPPER_EGRESS": "CN 203.0.113.7"})
    with quiet.database.unit() as unit:
        made = kept(replace(quiet, settings=told), unit)
    told_of = json.loads(captures.member(quiet.objects, made, "evidence/provenance.json"))
    assert told_of["egress"] == {"country": "CN", "address": "203.0.113.7"}


def test_who_bought_stands_in_the_file_set_aside_alone(quiet: World) -> None:
    with quiet.database.unit() as unit:
        made = kept(quiet, unit, purpose=captures.ORDER)
    bundle = captures.bundle(quiet.objects, made)
    assert made.restricted
    assert verify_bundle(bundle) == ()
    opened = json.loads(open_aside(bundle["sealed/identity.bin"], aside_key(SECRET)))
    assert opened == {"by": "flow:test", "platform": "glow-mall", "shopper": "shopper"}
    assert "shopper" not in json.loads(bundle["manifest.json"])
