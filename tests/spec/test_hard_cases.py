"""The ten hard cases: what the product does when a sample goes wrong in a way that a court would ask about.

Each case is a row: what happens, and what must be true afterwards. The proofs below end each case; the tests that the
row names beside them, in other modules, prove its parts in full.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import cast

import pytest

from dashboards.views.public import load_changes, load_result
from flows import publish, verify
from flows.wiring import World
from labs.objection import ObjectionKind, ObjectionState
from labs.verdict import Outcome, VerdictState
from labs.withdrawal import Reach, WithdrawalKind
from platforms.delivery import Announcement
from platforms.notice import NoticeKind, NoticeState
from reputation.errors import NotReady
from reputation.publication import OVERTURNED, PublicationState
from sampling import rulebook
from sampling.custody import Role, UnitState
from sampling.documents.kind import DocumentKind
from sampling.edge.browser import Browser
from sampling.lead import LeadKind
from sampling.money import Money
from sampling.sample import SAMPLE, SampleEvent, SampleState
from storage import (
    captures,
    clock,
    custody,
    deadlines,
    deliveries,
    events,
    leads,
    notices,
    offers,
    papers,
    publications,
    reserves,
    samples,
    verdicts,
    withdrawals,
)
from storage.acts import accreditation, desk, disputes, mishap, office, press, purchasing, shopping
from storage.errors import Conflict, NotAllowed
from storage.service import OBJECTION_WINDOW
from tests.build import DESK, ITEM, LAB, PATH, SHOPPER, Case, case, moment, notice
from tests.conftest import fresh_database
from tests.flows.conftest import build_world
from tests.flows.people import pass_time
from tests.sampling.papers import stamped
from tests.spec.hard import (
    CHIEF,
    LATE,
    OFFICE,
    OFFICER,
    Made,
    Shop,
    gone,
    live,
    making,
    objects_to,
    page_of,
    published,
    released,
)
from tests.storage.test_shopping import asked

S, USER = SampleState, f"user:{SHOPPER}"
RULES = rulebook.load("cn-product")
NOWHERE = "http://127.0.0.1:9"
TESTS = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def world(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give one world for all cases, without a browser."""
    with fresh_database(server, "test_hard_cases") as database:
        yield build_world(database, tmp_path_factory.mktemp("hard"), cast(Browser, None), NOWHERE)


def changed_offer(made: Made, world: World) -> None:
    """Both captures stay, a person says go or no, and what the page says at the payment is what is tested."""
    first, second = made(S.CAPTURED), made(S.CAPTURED)
    for one, go in ((first, True), (second, False)):
        question = asked(one, price={"amount": "88.00", "currency": "CNY"}, claims=["CCC"], seller="Ming Deng")
        purchasing.decide_offer(one.unit, question.id, go=go, note="looked at", by=OFFICE, at=moment(3))
    now = samples.get(first.unit, first.sample.id)
    binding = offers.listing_of(first.unit, now)
    assert (binding.price, now.seller) == (Money(Decimal("88.00"), "CNY"), "Ming Deng")
    assert second.state is S.NOT_OBTAINED and waits_for_reserve(second)


def seller_cancels(made: Made, world: World) -> None:
    """The reserve is taken, the seller is never counted as nonconforming, and two shoppers make a lead."""
    one = made(S.ORDERED)
    purchasing.call_off(one.unit, one.sample.id, "seller_cancelled", by=USER, at=moment(4))
    assert (one.state, samples.get(one.unit, one.sample.id).reason) == (S.NOT_OBTAINED, "seller_cancelled")
    assert waits_for_reserve(one) and verdicts.effective(one.unit, one.sample.id) is None
    assert leads.listed(one.unit, least=RULES.rule("evasion_least").number) == ()
    assert [lead.kind for lead in leads.listed(one.unit, least=1)] == [LeadKind.EVASION]


def damaged_or_wrong(made: Made, world: World) -> None:
    """Nothing of it is sealed, it counts against nobody, other goods are a lead, and the reserve is bought."""
    for reason in shopping.REJECTIONS:
        one = made(S.UNBOXED)
        shopping.reject(one.unit, one.sample.id, reason, by=USER, at=moment(6))
        assert one.state is S.REJECTED and waits_for_reserve(one)
        with pytest.raises(Conflict):
            shopping.seal(one.unit, one.sample.id, test_seal="F1", backup_seal="F2", witness="Zhao Min",
                          place="station", photo=None, by=USER, at=moment(7))  # fmt: skip
        assert custody.units(one.unit, one.sample.id) == ()
    (lead,) = leads.listed(one.unit, least=2)
    assert lead.kind is LeadKind.MISDESCRIPTION


def lab_loses_or_spoils(made: Made, world: World) -> None:
    """The test ends without a verdict, the twin stays sealed, and the report of the laboratory is on file."""
    for reason, left in ((mishap.LOST, UnitState.LOST), (mishap.SPOILED, UnitState.IN_TEST)):
        one = made(S.TESTING)
        mishap.find_untestable(one.unit, one.sample.id, reason, "dropped", by=OFFICER, at=moment(10))
        test, twin = (custody.of_role(one.unit, one.sample.id, role) for role in (Role.TEST, Role.BACKUP))
        assert (one.state, test.state, twin.state) == (S.UNTESTABLE, left, UnitState.RETAINED)
        assert events.history(one.unit, one.sample.id)[-1].data["report"] == "dropped"
        assert waits_for_reserve(one)
        assert not SAMPLE.allows(one.state, SampleEvent.JUDGED)


def scope_lapsed(made: Made, world: World) -> None:
    """What rests on a lapsed qualification falls: the verdict, the entry, the notices; the reason stays to be read."""
    one = made(S.FINAL)
    shown = published(one)
    reach = Reach(LAB, from_day=date(2026, 3, 3), item=ITEM)
    asked = withdrawals.propose(one.unit, WithdrawalKind.WITHDRAWN, reach, "certificate lapsed", by=OFFICER,
                                at=moment(LATE))  # fmt: skip
    (gap,) = accreditation.look(one.unit, reach, at=moment(LATE))
    assert (gap.sample.id, gap.items, one.state) == (one.sample.id, (ITEM,), S.FINAL), "looked at, nothing changed"
    with pytest.raises(NotAllowed):
        accreditation.carry_out(one.unit, asked.id, by=OFFICER, at=moment(LATE))
    (fallen,) = accreditation.carry_out(one.unit, asked.id, by=CHIEF, at=moment(LATE))
    assert (fallen.sample_id, fallen.items) == (one.sample.id, (ITEM,)) and shown.number in fallen.undone
    assert (one.state, verdicts.effective(one.unit, one.sample.id)) == (S.VOID, None)
    (given,) = verdicts.of_sample(one.unit, one.sample.id)
    assert given.state is VerdictState.VOID, "it stays readable"
    now = publications.get(one.unit, shown.id)
    assert (now.state, now.reason) == (PublicationState.WITHDRAWN, "certificate lapsed")
    assert custody.of_role(one.unit, one.sample.id, Role.BACKUP).state is UnitState.RETAINED, (
        "a lawful test is possible"
    )
    with pytest.raises(NotReady, match="no_verdict"):
        press.propose_publication(one.unit, one.sample.id, by=OFFICER, at=moment(LATE))
    page = page_of(one)
    assert [verdict.state for verdict in page.verdicts] == [VerdictState.VOID]


def objection_on_the_last_day(made: Made, world: World) -> None:
    """The window ends at 24:00 of the last day where the party is; one supplement is asked for and keeps the date."""
    one = made(S.NOTIFIED)
    until = deadlines.find(one.unit, one.sample.id, one.seller, OBJECTION_WINDOW)
    assert until is not None
    last = until.due_at - timedelta(microseconds=1)
    assert (last.astimezone(RULES.zone).hour, last.astimezone(RULES.zone).minute) == (23, 59)
    first = objects_to(one, ObjectionKind.RESULT, at=last)
    assert (first.state, first.received_at, one.state) == (ObjectionState.LODGED, last, S.OBJECTED)
    later = objects_to(one, ObjectionKind.METHOD, at=until.due_at)
    assert (later.state, later.reason) == (ObjectionState.LATE, "after_deadline")
    kept = [(case_.objection.id, case_.objection.grounds) for case_ in page_of(one).objections]
    assert (later.id, later.grounds) in kept, "it can be read all the same, as a complaint"
    day = timedelta(days=1)
    disputes.decide_objection(one.unit, first.id, "supplement", "send your report", by=OFFICER, at=last + day)
    for again in ("supplement", "reinspect", "refuse"):
        with pytest.raises(NotAllowed):
            disputes.decide_objection(one.unit, first.id, again, "once more", by=OFFICER, at=last + day)
    whole = disputes.supplement_objection(one.unit, first.id, "report 7", by=OFFICE, at=last + 2 * day)
    assert (whole.state, whole.received_at, whole.supplement) == (ObjectionState.SUPPLEMENTED, last, "report 7")
    with pytest.raises(NotReady, match="objection_open"):
        press.propose_publication(one.unit, one.sample.id, by=OFFICER, at=last + 2 * day)
    disputes.decide_objection(one.unit, first.id, "reinspect", "sound", by=OFFICER, at=last + 3 * day)
    assert one.state is S.REINSPECTION


def said_to_be_fake(made: Made, world: World) -> None:
    """It is settled by proof, not by the backup unit: proven, the case is diverted; unproven, the verdict stands."""
    proven, denied = made(S.NOTIFIED), made(S.NOTIFIED)
    for one in (proven, denied):
        maker = f"nominal_producer:{one.sample.brand}"
        served = notice(one.unit, one.sample, NoticeKind.RESULT, maker)
        office.prove_service(one.unit, served.id, "letter 2", by=OFFICER, at=moment(12))
        said = objects_to(one, ObjectionKind.AUTHENTICITY, at=moment(13), party=maker)
        assert one.state is S.OBJECTED
        with pytest.raises(NotAllowed, match="settled_on_paper"):
            disputes.decide_objection(one.unit, said.id, "reinspect", "test it", by=OFFICER, at=moment(14))
        with pytest.raises(NotReady, match="objection_open"):
            press.propose_publication(one.unit, one.sample.id, by=OFFICER, at=moment(14))
        decision = "uphold" if one is proven else "dismiss"
        disputes.decide_objection(one.unit, said.id, decision, "lot records", by=OFFICER, at=moment(15))
        assert custody.of_role(one.unit, one.sample.id, Role.BACKUP).state is UnitState.RETAINED, "it stays sealed"
    now = samples.get(proven.unit, proven.sample.id)
    assert (now.state, now.reason) == (S.DIVERTED, "authenticity_objection_upheld")
    assert verdicts.effective(proven.unit, proven.sample.id) is None, "nothing is said of the maker"
    stands = verdicts.effective(denied.unit, denied.sample.id)
    assert (denied.state, stands is not None and stands.outcome) == (S.NOTIFIED, Outcome.FAIL)


def sold_again(made: Made, world: World) -> None:
    """An offer that is back after its verified takedown takes its notice up again, a rung higher, and is told."""
    with world.database.unit() as unit:
        one = case(unit, world.objects, S.FINAL, number=801)
        demand = notice(unit, one.sample, NoticeKind.DELISTING, at=clock.now(unit))
        desk.acknowledge(unit, demand.id, DESK, by="user:desk", at=clock.now(unit))
        desk.claim(unit, demand.id, DESK, "removed", None, by="user:desk", at=clock.now(unit))
    shop = Shop(gone(one.sample))
    seen = replace(world, open_browser=lambda: cast(Browser, shop))
    looks: list[tuple[str, int]] = []
    for wait in (0, 31, 8 * 24 * 60):
        pass_time(world, minutes=wait)
        shop.shows = gone(one.sample) if wait < 60 else live(one.sample)
        looks += verify.sweep(seen, 9).outcomes
    assert looks == [("seen gone", 1), ("verified down", 1), ("reappeared", 1)]
    with world.database.unit() as unit:
        now = notices.get(unit, demand.id)
        told = [item.event_type for item, _ in deliveries.of_notice(unit, demand.id)]
        assert (now.state, now.level) == (NoticeState.ISSUED, 2)
        assert told == [said.value for said in (
            Announcement.TAKEDOWN_VERIFIED, Announcement.LISTING_REAPPEARED, Announcement.NOTICE_ESCALATED
        )]  # fmt: skip
        assert [one_.purpose for one_ in captures.of_sample(unit, one.sample.id)][-1] == "takedown"


def published_and_overturned(made: Made, world: World) -> None:
    """The entry stays under its number with the dates and the reason, and says nothing of the seller any more."""
    with world.database.unit() as unit:
        one = case(unit, world.objects, S.FINAL, number=901)
        shown = published(one)
    publish.sweep(world, 9)
    before = released(world, shown.number)
    assert (before["state"], before["seller"]) == ("published", one.sample.seller)
    with world.database.unit() as unit:
        one.unit = unit
        late_letter = objects_to(one, ObjectionKind.SAMPLING, at=moment(14))  # in time, and read when it was too late
        disputes.decide_objection(unit, late_letter.id, "uphold", "two lots mixed", by=OFFICER, at=moment(LATE))
        assert (one.state, verdicts.effective(unit, one.sample.id)) == (S.VOID, None)
    assert ("withdrawn", 1) in publish.sweep(world, 9).outcomes
    after = released(world, shown.number)
    assert (after["number"], after["state"], after["reason"]) == (shown.number, "withdrawn", OVERTURNED)
    assert not {"seller", "brand", "title", "outcome", "items"} & set(after)
    with world.database.unit() as unit:
        assert [found.number for found in load_changes(unit)] == [shown.number], "the page of corrections names it"
        page = load_result(unit, shown.number)
        assert page is not None and page.taken_back


def no_backup(made: Made, world: World) -> None:
    """Nothing is sealed alone unless the rules said so beforehand; then it is tested once, and all know."""
    refused, one = made(S.UNBOXED), made(S.UNBOXED)
    with pytest.raises(NotAllowed):
        seal_alone(refused)
    assert (refused.state, custody.units(refused.unit, refused.sample.id)) == (S.UNBOXED, ())
    allowed = replace(RULES.rule(shopping.NO_BACKUP), value=(one.sample.category,))
    with pytest.MonkeyPatch.context() as patch:
        lenient = replace(RULES, rules={**RULES.rules, shopping.NO_BACKUP: allowed})
        patch.setattr(rulebook, "load", lambda _: lenient)
        seal_alone(one)
    assert [part.role for part in custody.units(one.unit, one.sample.id)] == [Role.TEST]
    draft = papers.of_sample(one.unit, DocumentKind.SAMPLING_NOTICE, one.sample.code)
    said = json.dumps(draft.made(stamped(DocumentKind.SAMPLING_NOTICE, one.sample.code)).record(), ensure_ascii=False)
    assert "不留备样" in said and "risk monitoring alone" in said, "the seller is told at once"
    steps = list(PATH)
    for state in steps[steps.index(S.NOTICE_SENT) : steps.index(S.NOTIFIED) + 1]:
        PATH[state](one)
    contested = objects_to(one, ObjectionKind.RESULT, at=moment(13))
    with pytest.raises(NotAllowed, match="no_backup"):
        disputes.decide_objection(one.unit, contested.id, "reinspect", "again", by=OFFICER, at=moment(14))
    disputes.decide_objection(one.unit, contested.id, "dismiss", "nothing to test", by=OFFICER, at=moment(15))
    one.move(SampleEvent.WINDOW_CLOSED, 24 * 30)
    with pytest.raises(NotReady, match="no_backup"):
        published(one)


def seal_alone(one: Case) -> None:
    """Seal the one piece that there is."""
    shopping.seal(one.unit, one.sample.id, test_seal=f"F{one.number}A", backup_seal=None, witness="Zhao Min",
                  place="station", photo=None, by=USER, at=moment(6))  # fmt: skip


def waits_for_reserve(one: Case) -> bool:
    return one.sample.id in {sample.id for sample in reserves.wanted(one.unit, one.sample.campaign_id)}


CASES: tuple[tuple[int, str, Callable[[Made, World], None], tuple[str, ...]], ...] = (
    (1, "the listing changes between draw and payment", changed_offer,
     ("flows.test_purchase.test_an_offer_that_is_another_one_by_now_waits_for_a_person_who_says_whether_it_is_bought",
      "sampling.test_payment.test_another_seller_or_other_goods_are_asked_about")),
    (2, "the seller cancels or stalls", seller_cancels,
     ("storage.test_shopping.test_an_order_that_came_to_nothing_ends_with_its_reason_and_awaits_its_money",
      "sampling.test_lead.test_a_lead_is_what_happened_too_often")),
    (3, "a parcel is damaged, wrong, short or of mixed lots", damaged_or_wrong, ()),
    (4, "a laboratory loses or spoils the test sample", lab_loses_or_spoils, ()),
    (5, "a laboratory's qualification lapsed", scope_lapsed,
     ("labs.test_accreditation.test_a_scope_is_an_item_by_a_method_on_a_day",)),
    (6, "an objection comes on the last day", objection_on_the_last_day,
     ("labs.test_objection.test_an_objection_is_assessed",
      "storage.test_acts.test_an_objection_after_the_window_is_kept_as_late_and_moves_nothing")),
    (7, "the alleged producer says the goods are fake", said_to_be_fake,
     ("labs.test_objection.test_only_some_kinds_open_the_backup",)),
    (8, "the same goods are sold again", sold_again,
     ("flows.test_verify.test_what_comes_back_is_seen_on_the_rulebooks_days_and_told",)),
    (9, "a published result is overturned", published_and_overturned,
     ("reputation.test_publication.test_what_is_withdrawn_keeps_its_number_dates_and_reason_alone",)),
    (10, "no backup is possible", no_backup, ("labs.test_objection.test_a_retest_needs_a_sound_backup",)),
)  # fmt: skip


BAD_INPUTS: tuple[tuple[str, str], ...] = (
    ("the same file for two samples",
     "storage.test_resumable.test_one_photo_for_two_samples_is_kept_and_raises_an_alarm"),
    ("the same picture for two samples", "dashboards.test_upload.test_one_photo_for_two_samples_is_seen_on_the_board"),
    ("a film cut in two", "storage.test_resumable.test_a_second_film_of_a_sample_raises_an_alarm"),
    ("a film that ends in the middle",
     "dashboards.test_upload.test_a_file_that_is_not_what_it_should_be_is_refused_with_a_sentence_and_not_kept"),
    ("a wrong or foreign label", "labs.test_scan.test_a_code_that_is_not_taken_says_why"),
    ("a seal number with two swapped signs", "sampling.test_custody_seal.test_every_swap_and_every_other_sign_is_seen"),
    ("a seal number that was never issued",
     "storage.test_custody.test_a_number_that_is_mistyped_or_was_never_issued_is_refused"),
    ("a handover by somebody who does not hold the sample, and a clock that is hours off",
     "storage.test_custody.test_only_the_holder_gives_a_unit_away_and_only_by_a_clock_that_is_right"),
    ("two who seal one sample at once", "storage.test_custody.test_of_two_who_seal_the_same_sample_at_once_one_wins"),
    ("an upload broken off at 95 %",
     "dashboards.test_upload.test_a_film_broken_off_is_continued_and_kept_under_its_hash"),
    ("a film of 600 MB", "dashboards.test_upload.test_a_film_of_600_mb_is_refused_before_a_byte_of_it_is_kept"),
    ("a file whose type lies", "sampling.test_media.test_a_type_that_lies_is_refused"),
)  # fmt: skip


def test_all_ten_cases_are_here_and_what_proves_them_in_full_exists() -> None:
    assert [number for number, *_ in CASES] == list(range(1, 11))
    assert not [proof for _, _, _, proofs in CASES for proof in proofs if not stands(proof)]


def test_every_bad_input_of_the_goods_way_has_a_test_of_its_own() -> None:
    assert not [proof for _, proof in BAD_INPUTS if not stands(proof)]


def stands(proof: str) -> bool:
    """Tell whether there is a test of that name."""
    module, _, name = proof.rpartition(".")
    return f"def {name}(" in (TESTS / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("proof", [row[2] for row in CASES], ids=[row[1] for row in CASES])
def test_a_hard_case_ends_as_it_must(proof: Callable[[Made, World], None], world: World) -> None:
    with making(world) as made:
        proof(made, world)
