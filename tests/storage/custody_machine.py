"""A state machine over purchases, units and seals on PostgreSQL: the memory does what the tables of moves allow."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count
from typing import ClassVar
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from sampling.custody import CARRIER, MAY_PASS, STATION, UNIT, Role, UnitEvent, UnitState
from sampling.dossier import custody_faults
from sampling.errors import SamplingError
from sampling.lifecycle import Lifecycle
from sampling.purchase import PURCHASE, PurchaseEvent, PurchaseState
from sampling.sample import Sample, SampleState
from sampling.seal import SEAL, SealEvent, SealKind, SealState
from storage import custody, dossiers, purchases, resealing, seals
from storage.custody import Circumstances, Sealing
from storage.database import Database
from storage.errors import StorageError
from storage.objects import Objects
from storage.resealing import Resealing
from storage.unit import Unit
from tests.build import campaign, case, moment

REFUSED = (SamplingError, StorageError)
PARTIES = st.sampled_from((STATION, STATION, CARRIER, "lab:L-01"))
RARELY = st.sampled_from((False, False, False, True))
ENDED = (PurchaseState.FAILED, PurchaseState.CANCELLED)
FRESH = count(1)
STANDING = text("""
SELECT 'purchase', id::text, state FROM purchase WHERE sample_id = ANY (:samples)
UNION ALL SELECT 'unit', id::text, state FROM unit WHERE sample_id = ANY (:samples)
UNION ALL SELECT 'seal', number, state FROM seal WHERE number = ANY (:numbers)
""")


class CustodyMachine(RuleBasedStateMachine):
    """Does what people may and may not do, and keeps beside it what must have come of it."""

    database: ClassVar[Database]
    objects: ClassVar[Objects]
    done: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.hour = 24.0
        self.samples: list[Sample] = []
        self.orders: dict[UUID, tuple[UUID, PurchaseState]] = {}
        self.units: dict[UUID, tuple[UUID, UnitState, str]] = {}
        self.on: dict[UUID, str] = {}
        self.roles: dict[UUID, Role] = {}
        self.seals: dict[str, SealState] = {}

    @initialize()
    def begin(self) -> None:
        """Two samples of one campaign, and a roll of seals."""
        with self.database.unit() as unit:
            within = campaign(unit)
            for _ in range(2):
                made = case(unit, self.objects, SampleState.CAPTURED, number=next(FRESH), of=within)
                self.samples.append(made.sample)
            batch = seals.issue(unit, SealKind.TAPE, 4, by="u", at=self.now())
        self.seals = {number: SealState.ISSUED for number in batch.numbers}
        self.seal(which=0, role=Role.TEST, number=0, slip=False, witness="w")

    @rule(which=st.integers(0, 1))
    def intend(self, which: int) -> None:
        """At most one purchase of a sample lives."""
        sample = self.samples[which]
        free = all(of != sample.id or state in ENDED for of, state in self.orders.values())
        made: list[UUID] = []

        def act(unit: Unit) -> None:
            made.append(purchases.intend(unit, sample, quantity=2, by="u", at=self.now()).id)

        if self.tries("intend", free, act):
            self.orders[made[0]] = (sample.id, PURCHASE.initial)

    @precondition(lambda self: self.orders)
    @rule(which=st.integers(0, 9), event=st.sampled_from(PurchaseEvent))
    def order(self, which: int, event: PurchaseEvent) -> None:
        """A purchase moves by its table."""
        id_, (sample, state) = list(self.orders.items())[which % len(self.orders)]

        def act(unit: Unit) -> None:
            if event in (PurchaseEvent.PLACED, PurchaseEvent.FOUND):
                purchases.placed(unit, id_, event, order_no=f"G{next(FRESH)}", order_url="", paid=None, by="u",
                                 at=self.now())  # fmt: skip
            else:
                purchases.record(unit, id_, event, by="u", at=self.now(), reason="because")

        if self.tries(f"order {event}", PURCHASE.allows(state, event), act):
            self.orders[id_] = (sample, PURCHASE.move(state, event))

    @rule(which=st.integers(0, 1), role=st.sampled_from(Role), number=st.integers(0, 3), slip=RARELY,
          witness=st.sampled_from(("w", "w", "u")))  # fmt: skip
    def seal(self, which: int, role: Role, number: int, slip: bool, witness: str) -> None:
        """A seal goes on once, by its own number, before a second person."""
        sample, right = self.samples[which], list(self.seals)[number]
        typed = right[:-1] + ("1" if right[-1] == "0" else "0") if slip else right
        free = not any(self.role(id_) == (sample.id, role) for id_ in self.units)
        legal = free and typed == right and self.seals[right] is SealState.ISSUED and witness != "u"
        made: list[UUID] = []

        def act(unit: Unit) -> None:
            sealing = Sealing(role, typed, witness, "A1", "station")
            made.extend(one.id for one in custody.seal(unit, sample.id, [sealing], by="u", at=self.now()))

        if self.tries("seal", legal, act):
            self.units[made[0]] = (sample.id, UnitState.SEALED, STATION)
            self.roles[made[0]] = role
            self.on[made[0]], self.seals[right] = right, SealState.APPLIED

    @precondition(lambda self: self.units)
    @rule(which=st.integers(0, 3), event=st.sampled_from(MAY_PASS[1:4]), thief=RARELY, received=PARTIES,
          whole=st.sampled_from((True, True, True, None, False)), ahead=st.sampled_from((0, 0, 0, 5)))  # fmt: skip
    def hand_over(
        self, which: int, event: UnitEvent, thief: bool, received: str, whole: bool | None, ahead: int
    ) -> None:
        """Only the holder gives a unit away, by a clock that is right, under a seal that can be looked at."""
        id_, (sample, state, holder) = self.one(which)
        released = "somebody who never had it" if thief else holder
        real = UnitEvent.SEAL_BROKEN if whole is False else event
        looked = SealEvent.VERIFIED if whole else SealEvent.BROKEN
        legal = UNIT.allows(state, real) and not thief and not ahead
        legal = legal and (whole is None or SEAL.allows(self.seals[self.on[id_]], looked))
        found = Circumstances(happened_at=self.now() + timedelta(hours=ahead))

        def act(unit: Unit) -> None:
            custody.hand_over(unit, id_, event, released_by=released, received_by=received, place="gate",
                              seal_ok=whole, by="u", at=self.now(), found=found)  # fmt: skip

        if self.tries(f"hand over {real}", legal, act):
            self.units[id_] = (sample, UNIT.move(state, real), received)
            if whole is not None:
                self.seals[self.on[id_]] = SEAL.move(self.seals[self.on[id_]], looked)

    @precondition(lambda self: self.units)
    @rule(which=st.integers(0, 3), event=st.sampled_from([one for one in UnitEvent if one not in MAY_PASS]))
    def keep(self, which: int, event: UnitEvent) -> None:
        """What the holder does to a unit; a seal is opened after somebody looked at it."""
        id_, (sample, state, holder) = self.one(which)
        opens = event is UnitEvent.OPENED
        elsewhere = (UnitEvent.DISPOSED, UnitEvent.RESEALED)  # the one is for two officers, the other has its own rule
        legal = UNIT.allows(state, event) and event not in elsewhere
        legal = legal and (not opens or SEAL.allows(self.seals[self.on[id_]], SealEvent.OPENED))

        def act(unit: Unit) -> None:
            if opens:
                custody.open_unit(unit, id_, reason="test", by="u", at=self.now())
            else:
                custody.record(unit, id_, event, by="u", at=self.now())

        if self.tries(f"keep {event}", legal, act):
            self.units[id_] = (sample, UNIT.move(state, event), holder)
            if opens:
                self.seals[self.on[id_]] = SealState.BROKEN_AUTHORISED

    @precondition(lambda self: self.units)
    @rule(which=st.integers(0, 3), number=st.integers(0, 3), witness=st.sampled_from(("w", "w", "u")))
    def reseal(self, which: int, number: int, witness: str) -> None:
        """A fresh seal takes the place of the one on a unit, which is broken with authority if it still is whole."""
        id_, (_, state, holder) = self.one(which)
        old, new = self.on[id_], list(self.seals)[number]
        ours = holder != CARRIER and not holder.startswith("lab:")
        legal = (
            ours and UNIT.allows(state, UnitEvent.RESEALED) and self.seals[new] is SealState.ISSUED and witness != "u"
        )

        def act(unit: Unit) -> None:
            resealing.reseal(unit, id_, Resealing(new, witness, "officer", "why"), by="u", at=self.now())

        if self.tries("reseal", legal, act):
            if self.seals[old] not in SEAL.final:
                self.seals[old] = SealState.BROKEN_AUTHORISED
            self.on[id_], self.seals[new] = new, SealState.APPLIED

    @precondition(lambda self: self.units)
    @rule(which=st.integers(0, 3), seq=st.integers(1, 4), thief=st.booleans())
    def correct(self, which: int, seq: int, thief: bool) -> None:
        """A correction may say where it was, but not who had it where others follow from that."""
        id_, _ = self.one(which)
        with self.database.unit() as unit:
            there = {one.seq: one for one in custody.handovers(unit, id_)}
        legal = seq in there and there[seq].corrects is None and not thief

        def act(unit: Unit) -> None:
            custody.correct(unit, id_, seq, reason="slip", by="u", at=self.now(), place="gate 2",
                            released_by="thief" if thief else None)  # fmt: skip

        # The one who released the first entry is nobody's successor, so another name may stand there.
        if not (thief and seq == 1):
            self.tries("correct", legal, act)

    @rule(number=st.integers(2, 3))
    def void(self, number: int) -> None:
        """A number is made void as long as it was not applied."""
        right = list(self.seals)[number]

        def act(unit: Unit) -> None:
            seals.void(unit, right, reason="torn", by="u", at=self.now())

        if self.tries("void", self.seals[right] is SealState.ISSUED, act):
            self.seals[right] = SealState.VOID

    @rule(which=st.integers(0, 9), data=st.data())
    def go_past_the_code(self, which: int, data: st.DataObject) -> None:
        """The database refuses by itself what the tables of moves lack."""
        tables: list[tuple[str, str, Lifecycle, dict]] = [  # type: ignore[type-arg]
            ("seal", "number", SEAL, self.seals),
            ("unit", "id", UNIT, {id_: state for id_, (_, state, _) in self.units.items()}),
            ("purchase", "id", PURCHASE, {id_: state for id_, (_, state) in self.orders.items()}),
        ]
        table, key, cycle, rows = data.draw(st.sampled_from([one for one in tables if one[3]]))
        id_, state = list(rows.items())[which % len(rows)]
        kind: type[StrEnum] = type(state)
        wanted = data.draw(st.sampled_from(sorted(kind)))
        legal = state == wanted or wanted in {new for (old, _), new in cycle.moves.items() if old == state}
        statement = text(f"UPDATE {table} SET state = :state WHERE {key} = :id")
        with self.database.unit() as unit:
            try:
                with unit.begin_nested() as point:
                    unit.execute(statement, {"state": wanted.value, "id": id_})
                    point.rollback()
            except IntegrityError:
                self.done["the database refused"] += 1
                return
        assert legal, f"{table}: {state} → {wanted} went past the database"

    @invariant()
    def the_memory_stands_where_it_must(self) -> None:
        """Every row is in the state that the moves lead to."""
        self.done["steps"] += 1
        told: dict[tuple[str, str], StrEnum] = {("seal", number): state for number, state in self.seals.items()}
        told |= {("unit", str(id_)): state for id_, (_, state, _) in self.units.items()}
        told |= {("purchase", str(id_)): state for id_, (_, state) in self.orders.items()}
        given = {"samples": [sample.id for sample in self.samples], "numbers": list(self.seals)}
        with self.database.unit() as unit:
            assert {(noun, key): state for noun, key, state in unit.execute(STANDING, given)} == told

    def teardown(self) -> None:
        """What came of all that holds before the verifier."""
        with self.database.unit() as unit:
            for sample in self.samples:
                assert custody_faults(dossiers.gather(unit, sample.code)) == ()

    def tries(self, what: str, legal: bool, act: Callable[[Unit], None]) -> bool:
        """Do it in a unit of its own; what is not legal must be refused and leave no trace."""
        self.hour += 0.25
        try:
            with self.database.unit() as unit:
                act(unit)
        except REFUSED:
            assert not legal, f"{what} was refused"
            self.done[f"refused: {what}"] += 1
            return False
        assert legal, f"{what} was let through"
        self.done[what] += 1
        return True

    def one(self, which: int) -> tuple[UUID, tuple[UUID, UnitState, str]]:
        """Give one of the units."""
        return list(self.units.items())[which % len(self.units)]

    def role(self, id_: UUID) -> tuple[UUID, Role]:
        """Give what a unit is of, and its role."""
        return self.units[id_][0], self.roles[id_]

    def now(self) -> datetime:
        """Give the hour; each try is a quarter later."""
        return moment(self.hour)
