"""The custody of a sample in the words of others: a GS1 EPCIS 2.0 document in JSON-LD."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from sampling.custody import BusinessStep, Handover, Unit, UnitEvent
from sampling.dossier import Dossier

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
PREFIX = "ms"
_E, _S = UnitEvent, BusinessStep

DISPOSITIONS: Mapping[UnitEvent, str] = {
    _E.SEALED: "container_closed",
    _E.HANDED_OVER: "in_transit",
    _E.PASSED_ON: "in_transit",
    _E.ARRIVED: "in_progress",
    _E.INSPECTED: "in_progress",
    _E.OPENED: "container_open",
    _E.RESEALED: "container_closed",
    _E.RETURNED: "returned",
    _E.TESTED: "in_progress",
    _E.RETAINED: "inactive",
    _E.MOVED: "inactive",
    _E.DISPOSED: "destroyed",
    _E.GIVEN_BACK: "returned",
    _E.LOST: "unknown",
    _E.SEAL_BROKEN: "damaged",
}
STAYS = (_S.RECEIVING, _S.STORING, _S.UNPACKING)
"""The steps after which the unit is kept where it was read."""


def document(dossier: Dossier, *, base: str, at: datetime) -> dict[str, Any]:
    """Give a sample's custody as an EPCIS document: its split into units, then every entry in the order of time.

    The names of samples, units, seals, places and parties are addresses below `base`, which need not answer.
    """
    events = [
        event
        for unit in dossier.units
        for entry in dossier.chains[unit.id]
        for event in _events(unit, entry, _corrected_by(dossier, unit, entry), base)
    ]
    return {
        "@context": [CONTEXT, {PREFIX: f"{base}/custody/terms/"}],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": _instant(at, 0),
        "epcisBody": {"eventList": [_split(dossier, base), *sorted(events, key=lambda one: str(one["recordTime"]))]},
    }


def _split(dossier: Dossier, base: str) -> dict[str, Any]:
    """The goods of one purchase become the units of one sample."""
    first = dossier.chains[dossier.units[0].id][0]
    return {
        "type": "TransformationEvent",
        "eventID": f"urn:uuid:{uuid5(NAMESPACE_URL, f'{base}/custody/split/{dossier.code}')}",
        **_times(first),
        "inputEPCList": [_name(base, "sample", dossier.code)],
        "outputEPCList": [_name(base, "unit", unit.code) for unit in dossier.units],
        "bizStep": "other",
        "readPoint": {"id": _name(base, "place", first.place)},
        "ilmd": {f"{PREFIX}:lot": dossier.units[0].lot or ""},
    }


def _events(unit: Unit, entry: Handover, corrected_by: Handover | None, base: str) -> Iterator[dict[str, Any]]:
    """An entry is one event; where a seal took another's place, that one comes off in an event before."""
    made = _event(unit, entry, corrected_by, base)
    if entry.event is UnitEvent.RESEALED:
        off = {"parentID": _name(base, "seal", entry.old_seal_no or ""), "action": "DELETE", "bizStep": "unpacking",
               "disposition": "container_open", "eventID": f"urn:uuid:{uuid5(entry.id, 'seal off')}"}  # fmt: skip
        yield {**made, **off}
    yield made


def _event(unit: Unit, entry: Handover, corrected_by: Handover | None, base: str) -> dict[str, Any]:
    made = {
        **_what(unit, entry, base),
        "eventID": f"urn:uuid:{entry.id}",
        **_times(entry),
        "bizStep": entry.step.value,
        "disposition": DISPOSITIONS[entry.event],
        "readPoint": {"id": _name(base, "place", entry.place)},
        "sourceList": [{"type": "possessing_party", "source": _name(base, "party", entry.released_by)}],
        "destinationList": [{"type": "possessing_party", "destination": _name(base, "party", entry.received_by)}],
        **_extensions(entry),
    }
    if entry.step in STAYS:
        made["bizLocation"] = {"id": _name(base, "place", entry.place)}
    if entry.temperature is not None:
        # JSON has no decimal; the shortest text of the float is the value that was written down.
        report = {"type": "Temperature", "value": float(entry.temperature), "uom": "CEL"}
        made["sensorElementList"] = [{"sensorReport": [report]}]
    if corrected_by is not None:
        made["errorDeclaration"] = {
            "declarationTime": _instant(corrected_by.recorded_at, corrected_by.offset_minutes),
            "reason": "incorrect_data",
            "correctiveEventIDs": [f"urn:uuid:{corrected_by.id}"],
        }
    return made


def _what(unit: Unit, entry: Handover, base: str) -> dict[str, Any]:
    """A seal that goes on or comes off packs or unpacks the unit; all else is seen or done to the unit itself."""
    name = _name(base, "unit", unit.code)
    match entry.event:
        case UnitEvent.SEALED | UnitEvent.RESEALED | UnitEvent.OPENED:
            action = "DELETE" if entry.event is UnitEvent.OPENED else "ADD"
            seal = _name(base, "seal", entry.seal_no or "")
            return {"type": "AggregationEvent", "action": action, "parentID": seal, "childEPCs": [name]}
        case UnitEvent.DISPOSED:
            return {"type": "ObjectEvent", "action": "DELETE", "epcList": [name]}
        case _:
            return {"type": "ObjectEvent", "action": "OBSERVE", "epcList": [name]}


def _extensions(entry: Handover) -> dict[str, Any]:
    """What EPCIS has no word for, under our own prefix; the hash is the one that `custody verify` recomputes."""
    found: dict[str, Any] = {
        "condition": entry.condition, "recordedBy": entry.by, "sequence": entry.seq, "previousHash": entry.prev_hash,
        "hash": entry.hash,
    }  # fmt: skip
    if entry.seal_ok is not None:
        found |= {"seal": entry.seal_no, "sealWhole": entry.seal_ok}
    if entry.photos:
        found["photos"] = [f"urn:sha256:{digest}" for digest in entry.photos]
    if entry.old_seal_no:
        found["replacedSeal"] = entry.old_seal_no
    if entry.reason:
        found["reason"] = entry.reason
    if entry.corrects:
        found["corrects"] = entry.corrects
    return {f"{PREFIX}:{name}": value for name, value in found.items()}


def _corrected_by(dossier: Dossier, unit: Unit, entry: Handover) -> Handover | None:
    """Give the next entry that states the same one anew."""
    about = entry.corrects or entry.seq
    later = (one for one in dossier.chains[unit.id] if one.seq > entry.seq and one.corrects == about)
    return next(later, None)


def _times(entry: Handover) -> dict[str, str]:
    return {
        "eventTime": _instant(entry.at, entry.offset_minutes),
        "eventTimeZoneOffset": _offset(entry.offset_minutes),
        "recordTime": _instant(entry.recorded_at, 0),
    }


def _instant(at: datetime, offset_minutes: int) -> str:
    zone = timezone(timedelta(minutes=offset_minutes)) if offset_minutes else UTC
    return at.astimezone(zone).isoformat(timespec="microseconds")


def _offset(minutes: int) -> str:
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02d}:{rest:02d}"


def _name(base: str, kind: str, name: str) -> str:
    return f"{base}/custody/{kind}/{quote(name, safe='')}"
