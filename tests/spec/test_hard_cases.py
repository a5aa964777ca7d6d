"""The ten hard cases: what the product does when a sample goes wrong in a way that a court would ask about.

Each case is a row: what happens, and what must be true afterwards. The proofs below end each case; the tests that the
row names beside them, in other modules, prove its parts in full.
"""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import TypeAlias

import pytest

from labs.accreditation import ScopeEntry, in_scope
from labs.objection import ObjectionEvent, ObjectionKind, assess, leads_to_retest, retest_refusal
from platforms.notice import NOTICE, NoticeEvent, NoticeState
from platforms.takedown import Check, TakedownOutcome, relisted
from reputation.publication import PUBLICATION, PublicationState, entry, gates
from reputation.release import to_json
from sampling import calendar
from sampling.custody import Role, UnitState
from sampling.lead import LeadKind
from sampling.money import Money
from sampling.rulebook import load
from sampling.sample import SAMPLE, SampleEvent, SampleState
from storage import custody, events, leads, offers, reserves, samples, verdicts
from storage.acts import mishap, purchasing, shopping
from storage.database import Database
from storage.errors import Conflict
from storage.objects import Folder
from tests.build import SHOPPER, Case, campaign, case, moment
from tests.reputation.build import PRIVATE, a_publication, a_readiness, some_facts
from tests.storage.test_shopping import asked

Made: TypeAlias = Callable[[SampleState], Case]
"""Brings a fresh sample to a state."""
S, USER, OFFICE, OFFICER = SampleState, f"user:{SHOPPER}", "user:coordinator", "user:officer"
RULES = load("cn-product")
TESTS = Path(__file__).parents[1]


def changed_offer(made: Made) -> None:
    """Both captures stay, a person says go or no, and what the page says at the payment is what is tested."""
    first, second = made(S.CAPTURED), made(S.CAPTURED)
    for one, go in ((first, True), (second, False)):
        question = asked(one, price={"amount": "88.00", "currency": "CNY"}, claims=["CCC"], seller="Ming Deng")
        purchasing.decide_offer(one.unit, question.id, go=go, note="looked at", by=OFFICE, at=moment(3))
    now = samples.get(first.unit, first.sample.id)
    binding = offers.listing_of(first.unit, now)
    assert (binding.price, now.seller) == (Money(Decimal("88.00"), "CNY"), "Ming Deng")
    assert second.state is S.NOT_OBTAINED and waits_for_reserve(second)


def seller_cancels(made: Made) -> None:
    """The reserve is taken, the seller is never counted as nonconforming, and two shoppers make a lead."""
    one = made(S.ORDERED)
    purchasing.call_off(one.unit, one.sample.id, "seller_cancelled", by=USER, at=moment(4))
    assert (one.state, samples.get(one.unit, one.sample.id).reason) == (S.NOT_OBTAINED, "seller_cancelled")
    assert waits_for_reserve(one) and verdicts.effective(one.unit, one.sample.id) is None
    assert leads.listed(one.unit, least=RULES.rule("evasion_least").number) == ()
    assert [lead.kind for lead in leads.listed(one.unit, least=1)] == [LeadKind.EVASION]


def damaged_or_wrong(made: Made) -> None:
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


def lab_loses_or_spoils(made: Made) -> None:
    """The test ends without a verdict, the twin stays sealed, and the report of the laboratory is on file."""
    for reason, left in ((mishap.LOST, UnitState.LOST), (mishap.SPOILED, UnitState.IN_TEST)):
        one = made(S.TESTING)
        mishap.find_untestable(one.unit, one.sample.id, reason, "dropped", by=OFFICER, at=moment(10))
        test, twin = (custody.of_role(one.unit, one.sample.id, role) for role in (Role.TEST, Role.BACKUP))
        assert (one.state, test.state, twin.state) == (S.UNTESTABLE, left, UnitState.RETAINED)
        assert events.history(one.unit, one.sample.id)[-1].data["report"] == "dropped"
        assert waits_for_reserve(one)
        assert not SAMPLE.allows(one.state, SampleEvent.JUDGED)


def scope_lapsed(made: Made) -> None:
    """A laboratory is asked for the day of the test; what it was not qualified for is never published."""
    scope = ScopeEntry("L-01", "CMA", "lead", "*", date(2024, 1, 1), date(2026, 3, 3), "test")
    assert [in_scope([scope], "L-01", "lead", "GB 6675.4", date(2026, 3, day)) for day in (3, 4)] == [True, False]
    assert gates(a_readiness(unqualified=("lead",)), entry(some_facts()), PRIVATE) == ("lab_not_qualified:lead",)
    assert SAMPLE.move(S.VERDICT, SampleEvent.VOIDED) is S.VOID, "a verdict that was given all the same is void"


def objection_on_the_last_day(made: Made) -> None:
    """The window ends at 24:00 of the last day where the party is, rolled past holidays; a moment later is too late."""
    served = datetime(2026, 9, 17, 3, tzinfo=UTC)  # fifteen days on are the second of October, a holiday
    deadline = calendar.due(served, RULES.rule("objection_window"), RULES.zone)
    last = deadline.due_at.astimezone(RULES.zone) - timedelta(microseconds=1)
    assert (last.date(), last.hour) == (date(2026, 10, 8), 23)
    parties = RULES.rule("objection_parties").words
    given = [
        assess(party="seller", parties=parties, grounds="wrong method", received_at=at, deadline=deadline.due_at).event
        for at in (last, deadline.due_at)
    ]
    assert given == [ObjectionEvent.ACCEPTED, ObjectionEvent.FOUND_LATE]


def said_to_be_fake(made: Made) -> None:
    """It is settled by proof, not by the backup unit; while it is open nothing is said of the maker in public."""
    assert "nominal_producer" in RULES.rule("objection_parties").words
    assert not leads_to_retest(ObjectionKind.AUTHENTICITY, RULES.rule("retest_kinds").words)
    open_ = a_readiness(objection_open=True, origin_disputed=True)
    assert gates(open_, entry(some_facts()), PRIVATE) == ("objection_open", "legal_check_missing")


def sold_again(made: Made) -> None:
    """An offer that is live after its takedown was verified is back, and the verified notice is taken up again."""
    verified = moment(10)
    looks = [Check(moment(hour), TakedownOutcome(outcome), 200, "ab" * 32)
             for hour, outcome in ((9, "gone"), (24 * 7, "blocked"), (24 * 30, "live"))]  # fmt: skip
    assert [relisted(looks[:count], verified_at=verified) for count in (1, 2, 3)] == [False, False, True]
    assert NOTICE.move(NoticeState.VERIFIED_DOWN, NoticeEvent.RELISTED) not in NOTICE.final


def published_and_overturned(made: Made) -> None:
    """The entry stays under its number with the dates and the reason, and says nothing of the seller any more."""
    shown = a_publication(state=PublicationState.WITHDRAWN, changed_at=moment(9), reason="overturned")
    (told,) = json.loads(to_json([shown]))["entries"]
    assert (told["number"], told["reason"], told["state"]) == (shown.number, "overturned", "withdrawn")
    assert not {"seller", "brand", "title", "outcome", "items"} & set(told)
    assert PublicationState.WITHDRAWN in PUBLICATION.final


def no_backup(made: Made) -> None:
    """The rules ask for a backup unit; where there is none, or its seal broke, the result stands."""
    assert RULES.rule("backup_required").flag
    day = date(2026, 3, 4)
    given = [
        retest_refusal(has_backup=has, seal_ok=whole, expires_on=None, on=day, retestable=True)
        for has, whole in ((False, True), (True, False), (True, True))
    ]
    assert given == ["no_backup", "backup_seal_broken", None]


def waits_for_reserve(one: Case) -> bool:
    return one.sample.id in {sample.id for sample in reserves.wanted(one.unit, one.sample.campaign_id)}


CASES: tuple[tuple[int, str, Callable[[Made], None], tuple[str, ...]], ...] = (
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


@pytest.mark.parametrize("proof", [row[2] for row in CASES[4:]], ids=[row[1] for row in CASES[4:]])
def test_a_hard_case_of_rules_ends_as_it_must(proof: Callable[[Made], None]) -> None:
    def none(state: SampleState) -> Case:
        raise AssertionError(f"no sample is {state} here")

    proof(none)


def test_the_hard_cases_of_goods_end_as_they_must(database: Database, tmp_path: Path) -> None:
    numbers, objects = count(1), Folder(tmp_path)
    for _, happens, proof, _ in CASES[:4]:
        with database.unit() as unit:
            within = campaign(unit)
            proof(lambda state, unit=unit, within=within: case(unit, objects, state, number=next(numbers), of=within))  # type: ignore[misc]
            assert samples.of_campaign(unit, within.id), happens
