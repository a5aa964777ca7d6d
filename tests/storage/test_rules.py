"""Rules that must never break are constraints: each is broken here, by rows, on the real server."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text, update

from labs.verdict import VerdictEvent
from platforms.delivery import Announcement, Answer, DeliveryEvent
from platforms.notice import NoticeKind
from sampling.calendar import Deadline
from sampling.custody import Role
from sampling.errors import IllegalMove
from sampling.purchase import PurchaseEvent, PurchaseState
from sampling.sample import SampleEvent, SampleState
from storage import (
    assignments,
    campaigns,
    captures,
    clock,
    custody,
    deadlines,
    deliveries,
    events,
    moves,
    notices,
    publications,
    purchases,
    samples,
)
from storage import verdicts as kept_verdicts
from storage.custody import Sealing
from storage.database import Database
from storage.errors import Conflict, NotAllowed, NotFound
from storage.notices import Checked
from storage.objects import Objects
from storage.schema.base import new_id
from storage.schema.lab import VerdictRow
from storage.schema.notice import NoticeVersionRow
from storage.schema.plan import CampaignRow
from storage.schema.public import PublicationRow
from storage.unit import Unit
from tests.build import Case, case, framed, freeze, moment, notice, verdict

S = SampleState


def second_task(made: Case) -> None:
    samples.assign(made.unit, made.sample.id, "somebody", due_at=moment(9), by="u", at=moment(1))


def second_purchase(made: Case) -> None:
    purchases.intend(made.unit, made.sample, quantity=1, by="u", at=moment(3))


def same_order_number(made: Case) -> None:
    other = case(made.unit, made.objects, S.CAPTURED, number=2)
    order = purchases.intend(made.unit, other.sample, quantity=1, by="u", at=moment(3))
    purchases.placed(made.unit, order.id, PurchaseEvent.PLACED, order_no="G000001", order_url="", paid=None, by="u",
                     at=moment(3))  # fmt: skip


def same_listing(made: Case) -> None:
    samples.target(made.unit, made.sample.campaign_id, framed(1), blind_code="B9", lab="", by="u", at=moment())


def same_seal(made: Case) -> None:
    made.unit.execute(
        text("INSERT INTO seal (number, kind, state, issued_by, issued_at) VALUES ('F1A', 'bag', 'issued', 'u', now())")
    )


def witness_is_sealer(made: Case) -> None:
    custody.seal(made.unit, made.sample.id, [Sealing(Role.TEST, "F9", "u", "A", "p")], by="u", at=moment(6))


def second_verdict(made: Case) -> None:
    kept_verdicts.save(made.unit, verdict(made.sample), uploaded_by="u", by="u", at=moment(10))


def verdict_of_one_person(made: Case) -> None:
    rows = update(VerdictRow).where(VerdictRow.sample_id == made.sample.id)
    made.unit.execute(rows.values(state="confirmed", confirmed_by="user:lab"))


def notice_of_one_person(made: Case) -> None:
    made.unit.execute(update(NoticeVersionRow).values(approved_by="flow:notify"))


def publication_of_one_person(made: Case) -> None:
    publications.propose(made.unit, made.sample.id, {}, number="P1", disputed=False, by="u", at=moment(11))
    made.unit.execute(update(PublicationRow).values(approved_by="u"))


def publication_without_a_date(made: Case) -> None:
    publications.propose(made.unit, made.sample.id, {}, number="P1", disputed=False, by="u", at=moment(11))
    made.unit.execute(update(PublicationRow).values(state="published"))


def second_publication(made: Case) -> None:
    for number in ("P1", "P2"):
        publications.propose(made.unit, made.sample.id, {}, number=number, disputed=False, by="u", at=moment(11))


def unknown_state(made: Case) -> None:
    made.unit.execute(text("UPDATE sample SET state = 'elsewhere'"))


def order_without_number(made: Case) -> None:
    made.unit.execute(text("UPDATE purchase SET order_no = NULL"))


def campaign_of_nothing(made: Case) -> None:
    made.unit.execute(update(CampaignRow).values(sample_size=0))


def listing_without_a_chance(made: Case) -> None:
    freeze(made.unit, made.sample.campaign_id, [replace(framed(), size=0)])


def second_clock_row(made: Case) -> None:
    clock.advance(made.unit, timedelta(days=1), movable=True)
    made.unit.execute(text("INSERT INTO clock (single, ahead) VALUES (false, '1 day')"))


# rule: (where the sample stands, how it is broken, the constraint's own name)
BROKEN: dict[str, tuple[SampleState, Callable[[Case], None], str]] = {
    "one live task a listing": (S.CAPTURED, second_task, "one_live_task_a_listing"),
    "one live purchase a sample": (S.ORDERED, second_purchase, "one_live_purchase_a_sample"),
    "one purchase an order number": (S.ORDERED, same_order_number, "uq_purchase_platform_order_no"),
    "an order has its number": (S.ORDERED, order_without_number, "ck_purchase_order_with_number"),
    "one case a listing of a campaign": (S.TARGETED, same_listing, "uq_sample_campaign_id_listing_id"),
    "a seal number is used once": (S.SEALED, same_seal, "pk_seal"),
    "two persons at the seal": (S.UNBOXED, witness_is_sealer, "ck_seal_two_persons"),
    "one live verdict": (S.VERDICT, second_verdict, "one_live_verdict"),
    "four eyes on a verdict": (S.VERDICT, verdict_of_one_person, "ck_verdict_four_eyes"),
    "four eyes on a notice": (S.NOTICE_SENT, notice_of_one_person, "ck_notice_version_four_eyes"),
    "four eyes on a publication": (S.VERDICT, publication_of_one_person, "ck_publication_four_eyes"),
    "one publication a sample": (S.VERDICT, second_publication, "one_publication_a_sample"),
    "what is public has its date": (S.VERDICT, publication_without_a_date, "ck_publication_published_with_at"),
    "a state is of its list": (S.TARGETED, unknown_state, "ck_sample_samplestate"),
    "a campaign asks for samples": (S.TARGETED, campaign_of_nothing, "ck_campaign_asks_for_samples"),
    "every listing has a chance": (S.TARGETED, listing_without_a_chance, "ck_frame_listing_every_listing_has_a_chance"),
    "there is one clock": (S.TARGETED, second_clock_row, "ck_clock_one_row"),
}  # fmt: skip


@pytest.mark.parametrize("rule", BROKEN)
def test_the_database_refuses_what_must_never_be(rule: str, database: Database, objects: Objects) -> None:
    stands, break_it, constraint = BROKEN[rule]
    with pytest.raises(Conflict, match=f'"{constraint}"'), database.unit() as unit:
        break_it(case(unit, objects, stands))
    with database.unit() as unit:
        assert campaigns.listed(unit) == ()


HISTORY = (
    "event",
    "handover",
    "capture",
    "report",
    "result",
    "answer",
    "takedown_check",
    "delivery_attempt",
    "assignment",
    "sampler",
)


def test_history_is_append_only(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        fill(case(unit, objects, S.NOTIFIED))
        first = {table: next(iter(unit.execute(text(f"SELECT * FROM {table} LIMIT 1")).keys())) for table in HISTORY}
    for table, name in first.items():
        for order in (f"DELETE FROM {table}", f"UPDATE {table} SET {name} = {name}"):
            refused(database, order, table)


def refused(database: Database, order: str, table: str) -> None:
    with pytest.raises(Conflict, match=f"{table} is append-only"), database.unit() as unit:
        assert unit.execute(text(order)).rowcount == 0, f"{order} met no row"  # type: ignore[attr-defined]


def fill(made: Case) -> None:
    """Put one row into the tables of history that the straight path leaves empty."""
    one = notice(made.unit, made.sample, NoticeKind.DELISTING)
    notices.checked(made.unit, one.id, Checked(moment(20), "live", 200, None, 0))
    deliveries.announce(made.unit, one, "portal", Announcement.NOTICE_ISSUED.value, at=moment(20))
    [held] = deliveries.claim(made.unit, moment(20), 5)
    deliveries.finish(made.unit, held, DeliveryEvent.DELIVERED, Answer(None, None, None, "", None), next_at=None,
                      at=moment(20))  # fmt: skip
    assignments.keep(made.unit, made.sample.campaign_id, "1" * 64, "lab", {}, at=moment(20))
    assignments.take(made.unit, made.sample.id, ["li"])


def test_the_signed_part_of_a_notice_never_changes(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        case(unit, objects, S.NOTICE_SENT)
    for column in ("document", "sha256", "jws", "created_by", "created_at"):
        refused(database, f"UPDATE notice_version SET {column} = {column}", "notice_version")


def test_a_move_that_the_lifecycle_lacks_is_refused_and_writes_no_event(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.ORDERED)
        before = events.history(unit, made.sample.id)
    with pytest.raises(IllegalMove, match="sample: unboxed"), database.unit() as unit:
        samples.record(unit, made.sample.id, SampleEvent.UNBOXED, by="u", at=moment(3))
    with database.unit() as unit:
        assert events.history(unit, made.sample.id) == before
        assert samples.get(unit, made.sample.id).state is S.ORDERED


def test_a_row_that_is_not_there_is_not_found(database: Database) -> None:
    with database.unit() as unit:
        asked: Sequence[Callable[[Unit, UUID], object]] = (
            samples.get, campaigns.get, purchases.get, captures.get, publications.get,
        )  # fmt: skip
        for ask in asked:
            with pytest.raises(NotFound):
                ask(unit, new_id())
        with pytest.raises(NotFound, match="there is no campaign"):
            moves.load(unit, CampaignRow, new_id())


def test_a_released_listing_may_be_bought_again(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.CAPTURED)
        first = purchases.intend(unit, made.sample, quantity=2, by="u", at=moment(2))
        purchases.record(unit, first.id, PurchaseEvent.REFUSED, by="u", at=moment(2), reason="sold_out")
        second = purchases.intend(unit, made.sample, quantity=2, by="u", at=moment(3))
        assert [item.state for item in purchases.of_sample(unit, made.sample.id)] == [
            PurchaseState.FAILED,
            PurchaseState.INTENDED,
        ]
        assert purchases.live(unit, made.sample.id) == second


def test_a_verdict_is_voided_but_stays_readable(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.VERDICT)
        first = kept_verdicts.effective(unit, made.sample.id)
        assert first is not None
        kept_verdicts.end(unit, first.id, VerdictEvent.VOIDED, by="u", at=moment(11))
        assert kept_verdicts.effective(unit, made.sample.id) is None
        assert [item.id for item in kept_verdicts.of_sample(unit, made.sample.id)] == [first.id]


def test_a_clock_keeps_the_rule_it_started_with(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.TARGETED)
        first = Deadline("objection_window", "cn-product@1", "CN-2026", moment(), moment(24))
        later = replace(first, rulebook="cn-product@2", starts_at=moment(1), due_at=moment(48))
        deadlines.start(unit, made.sample.id, "seller:x", first, {"law": "a"})
        deadlines.start(unit, made.sample.id, "seller:x", later, {"law": "b"})
        [kept] = deadlines.of_sample(unit, made.sample.id)
        assert (kept.rulebook_version, kept.calendar_version, kept.due_at) == ("cn-product@1", "CN-2026", moment(24))
        assert deadlines.find(unit, made.sample.id, "seller:x", "other") is None


def test_the_clock_moves_only_forward_and_only_where_it_may(database: Database) -> None:
    with database.unit() as unit:
        for by, movable in ((timedelta(days=1), False), (timedelta(days=-1), True)):
            with pytest.raises(NotAllowed):
                clock.advance(unit, by, movable=movable)
        assert clock.ahead(unit) == timedelta(0)
        for _ in range(2):
            clock.advance(unit, timedelta(days=3), movable=True)
        assert clock.ahead(unit) == timedelta(days=6)
        assert timedelta(days=6) <= clock.now(unit) - clock.real(unit) + timedelta(seconds=1)
