"""The public pages of the draws: a promise is public at once, a sample only when its folder is."""

from sampling.ceremony import DrawState
from storage import draws as kept
from storage.database import Database
from storage.objects import Objects
from storage.unit import Unit
from tests import build
from tests.dashboards.conftest import Visitor, view
from tests.sampling import draws

UNITS, N = draws.some(3)
DRAW = draws.published(UNITS, N)


def promised(unit: Unit) -> kept.Draw:
    """Give a draw whose parties have committed themselves."""
    campaign = build.campaign(unit)
    made = kept.freeze(unit, campaign.id, DRAW.plan, by="t", at=draws.frozen_at())
    for one in DRAW.commitments:
        made = kept.commit(unit, made.id, one, sealed=None, by="t")
    return made


def drawn(unit: Unit, made: kept.Draw) -> kept.Draw:
    """Give it drawn, its folder still closed."""
    at = made.plan.sources[0].due
    kept.open_(unit, made.id, DRAW.pulse, by="t", at=at)
    for party in made.plan.parties:
        kept.give_salt(unit, made.id, party, sealed=b"sealed", by="t", at=at)
    hashes = {"sample_sha256": "5" * 64, "draw_sha256": "6" * 64}
    return kept.drawn(unit, made.id, DRAW.places, hashes=hashes, by="t", at=at)


def test_a_promise_is_public_before_the_beacon_and_says_nothing_of_the_sample(
    visitor: Visitor, database: Database
) -> None:
    with database.unit() as unit:
        made = promised(unit)
    [shown] = view(visitor(None).get("/draws"))
    assert (shown.state, shown.plan_sha256, shown.frame_sha256) == (
        DrawState.COMMITTED, made.plan.sha256, made.plan.frame_sha256,
    )  # fmt: skip
    assert [(one.party, one.sha256) for one in shown.promises] == [(one.party, one.sha256) for one in DRAW.commitments]
    assert [(one.chain, one.round, one.missed) for one in shown.rounds] == [("drand-quicknet", 42, False)]
    record = visitor(None).get("/draws/draws.json")
    assert record.headers["access-control-allow-origin"] == "*"
    [told] = record.json()["draws"]
    assert told["merkle_root"] == made.plan.merkle_root
    assert not any(item.id in record.text for item in DRAW.places)


def test_an_aborted_draw_stays_with_its_reason(visitor: Visitor, database: Database) -> None:
    with database.unit() as unit:
        kept.abort(unit, promised(unit).id, "no_beacon_left", by="t", at=draws.frozen_at())
    [shown] = view(visitor(None).get("/draws"))
    assert (shown.state, shown.reason) == (DrawState.ABORTED, "no_beacon_left")


def test_the_files_are_there_once_the_folder_is_published(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    address = "/draws/C2026-001/1/sample.txt"
    with database.unit() as unit:
        made = drawn(unit, promised(unit))
    [sealed] = view(visitor(None).get("/draws"))
    assert (sealed.draw_sha256, sealed.sample_sha256) == ("6" * 64, None), "a small sample could be guessed from it"
    assert visitor(None).get(address).status_code == 404
    with database.unit() as unit:
        digest = objects.put(b"p0:1\n" * 400_000)
        kept.publish(unit, made.id, {"sample.txt": digest}, by="t", at=draws.frozen_at())
    assert view(visitor(None).get("/draws"))[0].sample_sha256 == "5" * 64
    answer = visitor(None).get(address)
    assert (answer.status_code, len(answer.content)) == (200, 2_000_000)
    assert answer.headers["content-disposition"].startswith("attachment")
    for wrong in ("/draws/C2026-001/1/plan.json", "/draws/C2026-001/2/sample.txt", "/draws/C2026-001/x/sample.txt"):
        assert visitor(None).get(wrong).status_code == 404
