"""Frames and what becomes of their listings: kept once, drawn in rounds, given out with a record of how."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from sampling.campaign import Campaign, CampaignState
from sampling.design import Design
from sampling.errors import IllegalMove
from sampling.frozen import Frozen, SourceFile
from sampling.money import Money
from sampling.preview import StratumFacts
from sampling.samplers import Recusal
from storage import assignments, campaigns, frames
from storage.acts import planning
from storage.database import Database
from storage.errors import Conflict
from storage.frames import FrameFinding
from storage.objects import Objects
from tests import build
from tests.build import S, case, framed, moment

FROZEN = Frozen("a" * 64, "b" * 64, 7, "c" * 64, "d" * 64, (SourceFile("x.csv", "e" * 64), SourceFile("y", "f" * 64)))
FACTS = (
    StratumFacts("p/electrical", 3, 2, Decimal("0.04"), Decimal("19.9"), 40, 90, 180, 1),
    StratumFacts("p/toys", 4, 0, Decimal("0.1"), None, 5, 5, 20, 0),
)
FINDINGS = [FrameFinding("x.csv", row, "price", "price_missing", "") for row in (4, 2, 3)]


def freeze(database: Database, **changes: object) -> Campaign:
    with database.unit() as unit:
        made = build.campaign(unit, design=Design(least=2, picks={"p:1": "tip-off"}), **changes)
        frames.freeze(unit, made.id, FROZEN, FACTS[::-1], findings=FINDINGS,
                      counts={("x.csv", "price", "price_missing"): 900}, by="t", at=moment())  # fmt: skip
        return campaigns.get(unit, made.id)


def test_a_frozen_frame_is_given_back_as_it_was_kept(database: Database) -> None:
    made = freeze(database)
    with database.unit() as unit:
        assert (made.state, made.frame, made.frame_sha256) == (CampaignState.FRAMED, FROZEN, FROZEN.sha256)
        assert frames.strata(unit, made.id) == FACTS
        assert [item.row for item in frames.findings(unit, made.id)] == [2, 3, 4]
        assert [item.row for item in frames.findings(unit, made.id, limit=1, offset=1)] == [3]
        assert frames.finding_counts(unit, made.id) == {("x.csv", "price", "price_missing"): 900}
        assert campaigns.history(unit, made.id)[-1].data["findings"] == 900


def test_a_person_lets_it_be_drawn_with_other_numbers_once(database: Database) -> None:
    made = freeze(database)
    design = Design(least=3, by="money", test_cost=Decimal("120.50"), hold=True, picks={"p:1": "tip-off"})
    budget = Money(Decimal(900), "CNY")
    chosen = {"sample_size": 9, "budget": budget, "design": design, "beacons": ["ceremony"], "parties": ["b", "a"]}
    for other in (replace(design, cap=2), replace(design, each=2), replace(design, picks={})):
        with database.unit() as unit, pytest.raises(Conflict, match="part of the frozen frame"):
            planning.approve(unit, made.id, **{**chosen, "design": other}, by="user:li", at=moment(1))  # type: ignore[arg-type]
    with database.unit() as unit:
        planning.approve(unit, made.id, **chosen, by="user:li", at=moment(1))  # type: ignore[arg-type]
        now = campaigns.get(unit, made.id)
        assert (now.state, now.sample_size, now.budget, now.design) == (CampaignState.DRAWING, 9, budget, design)
        assert (now.beacons, now.parties) == (("ceremony",), ("a", "b"))
        with pytest.raises(IllegalMove):
            planning.approve(unit, made.id, **chosen, by="user:li", at=moment(1))  # type: ignore[arg-type]


def test_files_are_added_until_the_frame_is_gathered(database: Database) -> None:
    with database.unit() as unit:
        made = build.campaign(unit, files=("1" * 64,))
        added = campaigns.add_files(unit, made.id, {"1" * 64: "", "2" * 64: "9" * 64})
        assert (added.files, dict(added.mappings)) == (("1" * 64, "2" * 64), {"2" * 64: "9" * 64})
    framed_ = freeze(database)
    with database.unit() as unit, pytest.raises(Conflict, match="gathered already"):
        campaigns.add_files(unit, framed_.id, {"3" * 64: ""})


def test_a_further_round_takes_from_the_reserve_and_from_beside_it(database: Database) -> None:
    with database.unit() as unit:
        made = build.campaign(unit)
        build.freeze(unit, made.id, [framed(1), framed(2, drawn=False), framed(3, drawn=False)])
        more = [framed(2, rank=1), framed(9, rank=2), framed(3, drawn=False), framed(8, drawn=False)]
        listed = frames.keep(unit, made.id, more, first=False)
        assert [item.item_id for item in listed] == ["2", "9"]
        kept = {item.item_id: item for item in frames.listings(unit, made.id)}
        assert {name: item.rank for name, item in kept.items()} == {"1": 1, "2": 2, "3": 3, "9": None}
        assert frames.drawn(unit, made.id) == {framed(n).listing_id for n in (1, 2, 9)}
        reserve = frames.next_reserve(unit, made.id, framed().stratum)
        assert reserve is not None
        assert reserve.item_id == "3"
        assert frames.next_reserve(unit, made.id, framed().stratum) is None


def test_what_shows_that_nobody_chose_is_kept_and_never_changed(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.TARGETED)
        campaign = made.sample.campaign_id
        for name in ("first", "second"):
            assignments.keep(unit, campaign, "1" * 64, "lab", {"name": name}, at=moment())
        assignments.take(unit, made.sample.id, ["wang", "li"])
        assignments.take(unit, made.sample.id, [])
        assert [one["name"] for one in assignments.of_draw(unit, "1" * 64, "lab")] == ["first", "second"]
        assert assignments.of_draw(unit, "1" * 64, "shopper") == ()
        assert assignments.samplers(unit, made.sample.id) == ("li", "wang")
    with pytest.raises(Conflict, match="uq_sampler_sample_id_user"), database.unit() as unit:
        assignments.take(unit, made.sample.id, ["li"])


def test_a_recusal_said_again_has_the_last_reason(database: Database) -> None:
    first = Recusal("li", "p/shop", "cousin", moment())
    with database.unit() as unit:
        assignments.recuse(unit, first)
        again = replace(first, reason="brother", at=moment() + timedelta(days=1))
        assignments.recuse(unit, again)
        assert assignments.recusals(unit) == (again,)
