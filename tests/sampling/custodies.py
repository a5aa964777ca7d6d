"""A sample in custody, as pure records: two units with their chains, their seals and the log that tells of both."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from sampling import chain
from sampling.custody import CARRIER, STATION, STEPS, UNIT, BusinessStep, Handover, Role, Unit, UnitEvent
from sampling.digest import Digest
from sampling.dossier import Dossier, Logged, SealBatch
from sampling.seal import SEAL, Seal, SealEvent, SealKind, numbered
from tests.build import moment

SAMPLE = UUID(int=1)
BATCH = UUID(int=2)
CODE = "S26-000001"
LAB = "lab:L-01"
NUMBERS = tuple(number for serial in (1, 2, 3) if (number := numbered(SealKind.TAPE, serial)))
SHOPPER = "user:shopper"


def entry(seq: int, event: UnitEvent, released: str, received: str, hour: float, **changes: Any) -> Handover:
    """Give an entry of a chain that is not bound yet."""
    given: dict[str, Any] = {
        "id": UUID(int=1000 + seq), "unit_id": UUID(int=10), "seq": seq, "event": event, "at": moment(hour),
        "offset_minutes": 480, "recorded_at": moment(hour), "by": SHOPPER, "released_by": released,
        "received_by": received, "place": "station", "step": STEPS[event], "seal_no": None, "seal_ok": None,
        "condition": "intact",
    }  # fmt: skip
    return Handover(**{**given, **changes})


def bound(*entries: Handover) -> tuple[Handover, ...]:
    """Give the entries bound to each other, whether they follow from each other or not."""
    made: tuple[Handover, ...] = ()
    for one in entries:
        made = (*made, chain.bound(one, chain.head(made)))
    return made


@dataclass
class Desk:
    """Writes custody as the memory does: rows, and a log beside them."""

    units: list[Unit] = field(default_factory=list)
    chains: dict[UUID, tuple[Handover, ...]] = field(default_factory=dict)
    seals: list[Seal] = field(default_factory=list)
    log: list[Logged] = field(default_factory=list)

    def seal(self, role: Role, number: str, hour: float = 1, batch: UUID | None = BATCH) -> Unit:
        """Seal one more unit."""
        id_ = UUID(int=10 + len(self.units))
        code = f"{CODE}-{role.value}"
        kind, photo = SealKind.TAPE, "ab" * 32
        self.seals.append(
            Seal(number, kind, SEAL.move(SEAL.initial, SealEvent.APPLIED), batch, "office", moment(0), id_, SHOPPER,
                 "Zhao", moment(hour), photo)
        )  # fmt: skip
        applied = {"unit": str(id_), "kind": kind.value, "batch": str(batch) if batch else None,
                   "issued_by": "office", "issued_at": moment(0).isoformat(), "witness": "Zhao",
                   "photo": photo}  # fmt: skip
        self.tell("seal", number, SealEvent.APPLIED, hour, applied)
        self.units.append(Unit(id_, SAMPLE, code, role, UNIT.initial, number, "A7", "station"))
        self.chains[id_] = ()
        self.write(self.units[-1], UnitEvent.SEALED, SHOPPER, STATION, hour, seal_no=number,
                   told={"code": code, "role": role.value, "lot": "A7"})  # fmt: skip
        return self.units[-1]

    def write(
        self, unit: Unit, event: UnitEvent, released: str, received: str, hour: float, *,
        told: Mapping[str, Any] | None = None, **changes: Any,
    ) -> Handover:  # fmt: skip
        """Write the next entry of a unit, and move it."""
        before = self.chains[unit.id]
        fresh = entry(
            len(before) + 1,
            event,
            released,
            received,
            hour,
            **{"id": UUID(int=1000 * unit.id.int + len(before)), "unit_id": unit.id, **changes},
        )
        made = chain.extend(unit.code, before, fresh)
        self.chains[unit.id] = (*before, made)
        self.tell("unit", str(unit.id), event, hour, {"seq": made.seq, "hash": made.hash, **(told or {})})
        self._stand(unit)
        return made

    def look(self, unit: Unit, event: UnitEvent, released: str, received: str, hour: float, **changes: Any) -> Handover:
        """Write an entry at which the seal was found whole."""
        self.end(str(unit.seal_no), SealEvent.VERIFIED, hour)
        return self.write(unit, event, released, received, hour, seal_no=unit.seal_no, seal_ok=True, **changes)

    def end(self, number: str, event: SealEvent, hour: float, reason: str | None = None) -> None:
        """Move a seal."""
        place = next(i for i, one in enumerate(self.seals) if one.number == number)
        seal = self.seals[place]
        ended = {"ended_by": SHOPPER, "ended_at": moment(hour), "reason": reason} if reason else {}
        self.seals[place] = with_changes(seal, state=SEAL.move(seal.state, event), **ended)
        self.tell("seal", number, event, hour, {"reason": reason} if reason else {})

    def tell(self, noun: str, subject: str, type_: str, hour: float, data: Mapping[str, Any]) -> None:
        """Write into the log."""
        self.log.append(Logged(noun, subject, str(type_), moment(hour), SHOPPER, data))

    def dossier(self, *, entered: Mapping[UUID, Digest] | None = None) -> Dossier:
        """Give all of it."""
        batch = SealBatch(BATCH, SealKind.TAPE, NUMBERS, "office", moment(0))
        return Dossier(
            SAMPLE, CODE, tuple(self.units), dict(self.chains), tuple(self.seals), tuple(self.log), (),
            {BATCH: batch}, {one.number: 1 for one in self.seals}, entered or {},
        )  # fmt: skip

    def _stand(self, unit: Unit) -> None:
        place = next(i for i, one in enumerate(self.units) if one.id == unit.id)
        known = self.chains[unit.id]
        self.units[place] = with_changes(
            self.units[place], state=chain.state(known), place=chain.effective(known)[-1].place
        )


def desk() -> Desk:
    """Give a sample whose test unit was tested and whose backup lies in store."""
    made = Desk()
    test, backup = made.seal(Role.TEST, NUMBERS[0]), made.seal(Role.BACKUP, "BOLT/77-A", batch=None)
    made.write(backup, UnitEvent.RETAINED, STATION, STATION, 1)
    made.look(test, UnitEvent.HANDED_OVER, STATION, CARRIER, 2, temperature=Decimal("4.0"), photos=("cd" * 32,))
    made.look(test, UnitEvent.ARRIVED, CARRIER, LAB, 3, place="L-01")
    made.end(NUMBERS[0], SealEvent.OPENED, 4, "test ordered")
    made.write(test, UnitEvent.OPENED, LAB, LAB, 4, place="L-01", seal_no=NUMBERS[0], reason="test ordered")
    made.write(test, UnitEvent.TESTED, LAB, LAB, 5, place="L-01")
    return made


def corrected(made: Desk, hour: float = 6) -> Handover:
    """State the handover of the test unit anew: the place was another."""
    test = made.units[0]
    wrong = made.chains[test.id][1]
    return made.write(
        test, wrong.event, wrong.released_by, wrong.received_by, 2, seal_no=wrong.seal_no, seal_ok=True,
        step=BusinessStep.SHIPPING, recorded_at=moment(hour), place="gate 2", corrects=2, reason="wrong gate",
        temperature=wrong.temperature,
    )  # fmt: skip


def with_changes(record: Any, **changes: Any) -> Any:
    """Give the record with other values."""
    return replace(record, **changes)
