"""What is asked, said and settled around a purchase: consents, talk, answered alarms, orders called off, refunds."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from sampling.budget import ReservationState
from sampling.calendar import Deadline, due
from sampling.consent import Consent, ConsentEvent, ConsentState
from sampling.errors import IllegalMove, WrongEntry
from sampling.lead import LeadKind
from sampling.media import Alarm, Likeness, Medium
from sampling.message import Message, Speaker
from sampling.money import Money
from sampling.purchase import PurchaseState
from sampling.rulebook import load
from sampling.sample import SampleEvent, SampleState
from sampling.transfer import Announced
from storage import (
    alarms,
    budget,
    captures,
    cashbook,
    consents,
    events,
    leads,
    looks,
    messages,
    purchases,
    reserves,
    resumable,
    samples,
)
from storage.acts import purchasing, shopping
from storage.acts.purchasing import CALLED_OFF
from storage.captures import Capture
from storage.database import Database
from storage.errors import Conflict, NotAllowed, NotFound, WrongSecret
from storage.objects import Objects
from storage.resumable import Parts
from storage.unit import Unit
from storage.vault import Vault
from tests.build import PLATFORM, SHOPPER, Case, campaign, case, moment
from tests.leaks.markers import COVER

S = SampleState
RULES = load("cn-product")
USER = f"user:{SHOPPER}"
VAULT = Vault(b"k" * 32)


def shown(made: Case, **said: object) -> Capture:
    """Keep the capture just before the payment."""
    read = {"title": made.sample.title, "price": {"amount": "49.90", "currency": "CNY"}, **said}
    bundle = {"manifest.json": f"again {made.sample.code}".encode()}
    return captures.save(made.unit, made.objects, id_=captures.fresh_id(), sample_id=made.sample.id,
                         purpose=captures.PAYMENT, kind="listing", reason=None, url=made.sample.url, status=200,
                         bundle=bundle, listing=read, by="flow:purchase", at=moment(2))  # fmt: skip


def asked(made: Case, **said: object) -> Consent:
    """Ask about an offer that changed."""
    drawn = next(one for one in captures.of_sample(made.unit, made.sample.id) if one.purpose == captures.DRAW)
    return consents.ask(made.unit, made.sample.id, "seller_changed", drawn=drawn, shown=shown(made, **said),
                        due=in_time(moment(2)), by="flow:purchase", at=moment(2))  # fmt: skip


def in_time(asked_at: datetime) -> Deadline:
    """Give by when a question of then is to be answered: two working days later."""
    return due(asked_at, RULES.rule("consent_limit"), RULES.zone)


def test_a_consent_lets_the_changed_offer_be_bought_as_it_is_now(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.CAPTURED)
        one = asked(made, seller="Ming Deng", brand="Other")
        assert consents.waiting(unit, made.sample.id) == one
        assert [(it, sample.id) for it, sample in consents.open_of(unit, made.sample.campaign_id)] == [
            (one, made.sample.id)
        ]
        given = purchasing.decide_offer(unit, one.id, go=True, note="same maker", by="user:coordinator", at=moment(3))
        assert (given.state, given.note, given.decided_by) == (ConsentState.GIVEN, "same maker", "user:coordinator")
        assert (consents.waiting(unit, made.sample.id), consents.open_of(unit)) == (None, ())
        assert [capture.id for capture in consents.accepted(unit, made.sample.id)] == [one.shown_id]
        found = events.history(unit, made.sample.id)[-1]
        assert (found.noun, found.type, found.data["reason"]) == ("consent", "given", "seller_changed")
        now = samples.get(unit, made.sample.id)
        assert (now.state, now.seller, now.brand) == (S.CAPTURED, "Ming Deng", "Other")


def test_a_refusal_ends_the_sample_and_asks_for_the_reserve(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.CAPTURED)
        one = asked(made)
        purchasing.decide_offer(unit, one.id, go=False, note="too far", by="user:coordinator", at=moment(3))
        assert made.state is S.NOT_OBTAINED
        assert [it.id for it in reserves.wanted(unit, made.sample.campaign_id)] == [made.sample.id]
        reserves.settle(unit, made.sample.id, taken=True, by="flow:plan", at=moment(4))
        assert reserves.wanted(unit, made.sample.campaign_id) == ()
        with pytest.raises(Conflict):
            purchasing.decide_offer(unit, one.id, go=True, note="or not", by="user:coordinator", at=moment(3))


def test_an_answer_that_comes_too_late_is_refused_and_the_question_runs_out(
    database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        one = asked(case(unit, objects, S.CAPTURED))
        assert one.due_at == datetime(2026, 3, 4, 16, tzinfo=UTC), "asked on a Monday, due at the end of Wednesday"
        before = one.due_at - timedelta(seconds=1)
        assert consents.overdue(unit, at=before, limit=9) == ()
        assert consents.overdue(unit, at=one.due_at, limit=9) == (one,)
        with pytest.raises(Conflict):
            purchasing.decide_offer(unit, one.id, go=True, note="late", by="user:coordinator", at=one.due_at)
    with database.unit() as unit:
        ended = consents.decide(unit, one.id, ConsentEvent.RAN_OUT, by="flow:purchase", at=one.due_at)
        assert (ended.state, ended.note) == (ConsentState.RAN_OUT, None)
        assert consents.overdue(unit, at=one.due_at, limit=9) == ()


def test_a_question_of_a_sample_that_ended_lapses(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.CAPTURED)
        one = asked(made)
        consents.lapse(unit, made.sample.id, by="flow:purchase", at=moment(3))
        consents.lapse(unit, made.sample.id, by="flow:purchase", at=moment(3))
        assert consents.get(unit, one.id).state is ConsentState.MOOT
        with pytest.raises(NotFound):
            consents.get(unit, UUID(int=0))


WRONG = (
    "UPDATE consent SET state = 'given', decided_at = now(), decided_by = 'x' WHERE state = 'asked'",
    "UPDATE consent SET decided_at = now() WHERE state = 'asked'",
    "UPDATE consent SET state = 'perhaps' WHERE state = 'asked'",
    "INSERT INTO consent SELECT gen_random_uuid(), sample_id, drawn_id, shown_id, reason, state, asked_at, due_at, "
    "due_rule, due_calendar FROM consent WHERE state = 'asked'",
    "UPDATE consent SET note = 'else' WHERE state = 'given'",
    "DELETE FROM consent WHERE state = 'given'",
    "DELETE FROM consent WHERE state = 'asked'",
    "UPDATE consent SET reason = 'else' WHERE state = 'asked'",
    "UPDATE consent SET shown_id = drawn_id WHERE state = 'asked'",
    "UPDATE message SET said_at = now()",
    "DELETE FROM message",
    "INSERT INTO message SELECT gen_random_uuid(), sample_id, speaker, said_at, NULL, NULL, NULL, 'x', now(), false "
    "FROM message",
)


def test_the_database_refuses_what_must_never_be(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        within = campaign(unit)
        first, second = (case(unit, objects, S.CAPTURED, number=number, of=within) for number in (1, 2))
        purchasing.decide_offer(unit, asked(first).id, go=True, note="fine", by="user:coordinator", at=moment(3))
        asked(second)
        write(unit, second, "hello")
        for statement in WRONG:
            with pytest.raises(IntegrityError), unit.begin_nested():
                unit.execute(text(statement))


def test_the_talk_is_sealed_word_for_word(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.ORDERED)
        VAULT.put(unit, SHOPPER, PLATFORM, asdict(COVER))
    with database.unit() as unit:
        made.unit = unit
        plain = write(unit, made, "When does it ship?")
        names = write(unit, made, f"Dear {COVER.last_name}, today", Speaker.SELLER)
        seen = messages.write(unit, VAULT, objects, made.sample, Speaker.SELLER, "", said_at=moment(4),
                              picture=b"the chat of the account", by=USER, at=moment(5))  # fmt: skip
        found = messages.of_sample(unit, made.sample.id)
        assert found == (plain, names, seen)
        assert [(one.text, one.is_sealed) for one in found] == [
            (None, True), (None, True), (None, False)
        ]  # fmt: skip
        assert [messages.unsealed(unit, VAULT, one.id) for one in found] == [
            "When does it ship?", f"Dear {COVER.last_name}, today", "",
        ]  # fmt: skip
        with pytest.raises(WrongSecret):
            messages.unsealed(unit, Vault(b"x" * 32), names.id)
        kept = str([entry.data for entry in events.history(unit, made.sample.id)])
        assert COVER.last_name not in kept and "When does" not in kept and str(seen.picture) in kept
        assert b"account" not in objects.get(str(seen.picture)), "what is stored is sealed"
        assert [messages.picture(unit, VAULT, objects, one.id) for one in found] == [
            None, None, b"the chat of the account",
        ]  # fmt: skip
        with pytest.raises(WrongSecret):
            messages.picture(unit, Vault(b"x" * 32), objects, seen.id)
        assert looks.listed(unit) == (), "nobody had to open the cover for it"
        messages.looked_at(unit, names, by="user:officer", at=moment(6))
        assert events.history(unit, made.sample.id)[-1].type == "looked_at"


def write(unit: Unit, made: Case, words: str, speaker: Speaker = Speaker.SHOPPER) -> Message:
    return messages.write(unit, VAULT, made.objects, made.sample, speaker, words, said_at=moment(4), by=USER,
                          at=moment(5))  # fmt: skip


def test_an_alarm_is_dealt_with_once_and_leaves_the_board(database: Database, objects: Objects, tmp_path: Path) -> None:
    with database.unit() as unit:
        within, parts = campaign(unit), Parts(tmp_path)
        pair = [case(unit, objects, S.SHIPPED, number=number, of=within) for number in (1, 2)]
        for made in pair:
            announced = Announced(SampleEvent.RECEIVED, Medium.PHOTO, "image/png", 5)
            begun = resumable.begin(unit, parts, made.sample.id, announced, owner=SHOPPER, at=moment(4))
            resumable.complete(unit, begun.id, Likeness("ab" * 32), by=USER, at=moment(4))
        (raised,) = alarms.open_of_campaign(unit, within.id)
        assert (raised.kind, raised.sample_id, raised.is_open) == (Alarm.SAME_FILE, pair[1].sample.id, True)
        assert alarms.sample_of(unit, raised.id) == pair[1].sample.id
        assert alarms.answer(unit, raised.id, "one parcel", by="user:officer", at=moment(5)) == pair[1].sample.id
        assert alarms.open_of_campaign(unit, within.id) == ()
        for made in pair:
            (told,) = alarms.of_sample(unit, made.sample.id)
            assert (told.note, told.answered_by, told.is_open) == ("one parcel", "user:officer", False)
    with pytest.raises(Conflict), database.unit() as unit:
        alarms.answer(unit, raised.id, "again", by="user:officer", at=moment(6))


def test_an_order_that_came_to_nothing_ends_with_its_reason_and_awaits_its_money(
    database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        within, back = campaign(unit), Money(Decimal("99.80"), "CNY")
        for number, reason in enumerate(CALLED_OFF[:2], 1):
            made = case(unit, objects, (S.ORDERED, S.SHIPPED)[number % 2], number=number, of=within)
            purchasing.call_off(unit, made.sample.id, reason, by=USER, at=moment(4))
            (order,) = purchases.of_sample(unit, made.sample.id)
            assert (made.state, order.state, order.reason) == (S.NOT_OBTAINED, PurchaseState.CANCELLED, reason)
            money = cashbook.reservation(unit, order.id)
            assert money is not None and money.state is ReservationState.COMMITTED
            entered = [
                purchasing.give_back(unit, order.id, SHOPPER, back, reference="R1", by=USER, at=moment(5))
                for _ in range(2)
            ]
            money = cashbook.reservation(unit, order.id)
            assert entered == [True, False]
            assert money is not None and (money.state, money.net.amount) == (ReservationState.RELEASED, Decimal(0))
        assert len(reserves.wanted(unit, within.id)) == 2
        with pytest.raises(Conflict):
            purchasing.call_off(unit, made.sample.id, reason, by=USER, at=moment(6))


def test_a_refund_after_delivery_is_booked_but_no_more_than_was_paid_and_to_no_other(
    database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.RECEIVED)
        (order,) = purchases.of_sample(unit, made.sample.id)
        with pytest.raises(NotAllowed):
            purchasing.give_back(unit, order.id, "another", cny("1"), reference="R1", by="user:x", at=moment(5))
        with pytest.raises(WrongEntry):
            purchasing.give_back(unit, order.id, SHOPPER, cny("99.81"), reference="R1", by=USER, at=moment(5))
        assert purchasing.give_back(unit, order.id, SHOPPER, cny("9.80"), reference="R1", by=USER, at=moment(5))
        money = cashbook.reservation(unit, order.id)
        assert money is not None and (money.state, money.net) == (ReservationState.SETTLED, cny("90.00"))
        assert cashbook.account(unit, made.sample.campaign_id).refunded == cny("9.80")
        assert [one.note for one in cashbook.of_shopper(unit, SHOPPER)][-1] == "by_shopper"


def test_a_refund_that_the_page_told_is_not_entered_once_more(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.RECEIVED)
        (order,) = purchases.of_sample(unit, made.sample.id)

        def typed(amount: str, reference: str) -> bool:
            return purchasing.give_back(
                unit, order.id, SHOPPER, cny(amount), reference=reference, by=USER, at=moment(5)
            )

        assert typed("1.00", "page:1.00"), "a receipt may have any number"
        assert budget.seen(unit, order.id, cny("78.80"), by="flow:track", at=moment(5))
        assert not typed("20.00", "R2"), "20.00 came back, and the page said so"
        assert typed("5.00", "R3") and not budget.seen(unit, order.id, cny("73.80"), by="flow:track", at=moment(6))
        assert cashbook.account(unit, made.sample.campaign_id).refunded == cny("26.00")


def test_ended_orders_are_read_again_now_and_then_until_their_time_is_over(
    database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        within = campaign(unit)
        came, off, way = (
            case(unit, objects, state, number=number, of=within)
            for number, state in enumerate((S.RECEIVED, S.ORDERED, S.SHIPPED), 1)
        )
        purchasing.call_off(unit, off.sample.id, "sold_out", by=USER, at=moment(4))

        def due(after: float = 0, before: float = 50) -> list[UUID]:
            found = purchases.refundable(unit, after=moment(after), read_before=moment(before))
            return [one.sample_id for one in found]

        assert due() == [came.sample.id, off.sample.id] and way.sample.id not in due()
        (order,) = purchases.of_sample(unit, came.sample.id)
        purchases.page_read(unit, order.id, at=moment(49))
        assert due() == [off.sample.id, came.sample.id]
        assert due(before=49 - 72) == [off.sample.id]
        assert due(after=2) == []


def test_leads_are_read_from_the_samples_that_ended(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        within = campaign(unit)
        for number in (1, 2):
            made = case(unit, objects, S.ORDERED, number=number, of=within)
            purchasing.call_off(unit, made.sample.id, "seller_cancelled", by=USER, at=moment(4))
        unit.execute(text("UPDATE sample SET seller = 'wang'"))
        assert leads.listed(unit, least=2) == ()
        unit.execute(text("UPDATE sample SET shopper = 'other' WHERE code LIKE '%2'"))
        ((kind, merchant, codes),) = [(one.kind, one.merchant, one.samples) for one in leads.listed(unit, least=2)]
        assert (kind, merchant, len(codes)) == (LeadKind.EVASION, f"{PLATFORM}/wang", 2)


def test_what_was_answered_is_not_answered_again(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        one = asked(case(unit, objects, S.CAPTURED))
        purchasing.decide_offer(unit, one.id, go=True, note="fine", by="user:coordinator", at=moment(3))
    with pytest.raises(IllegalMove), database.unit() as unit:
        purchasing.decide_offer(unit, one.id, go=False, note="no", by="user:coordinator", at=moment(3))


def cny(amount: str) -> Money:
    return Money(Decimal(amount), "CNY")


def test_goods_for_enforcement_are_no_sample_and_a_lead(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        within = campaign(unit)
        for number, finding in enumerate(shopping.DIVERSIONS, start=1):
            made = case(unit, objects, S.UNBOXED, number=number, of=within)
            shopping.divert(unit, made.sample.id, finding, by=USER, at=moment(6))
            assert (made.state, samples.get(unit, made.sample.id).reason) == (S.DIVERTED, finding)
            assert samples.live_tasks(unit) == {}
            with pytest.raises(Conflict):
                shopping.divert(unit, made.sample.id, finding, by=USER, at=moment(7))
        found = leads.listed(unit, least=2)
        assert [lead.kind for lead in found] == [LeadKind.ILLEGAL_GOODS] * len(shopping.DIVERSIONS)
