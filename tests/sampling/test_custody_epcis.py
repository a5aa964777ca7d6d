"""EPCIS: what happened to a sample in the words of GS1, valid by its published schema."""

from typing import Any

from sampling.custody import CARRIER, STATION, Role, UnitEvent
from sampling.epcis import document
from sampling.seal import SealEvent
from tests.build import moment
from tests.epcis import published
from tests.sampling.custodies import LAB, NUMBERS, Desk, corrected, desk

BASE = "https://sampling.example"


def everything() -> Desk:
    """Give a sample to which all that can happen has happened."""
    made = desk()
    corrected(made)
    test, backup = made.units
    made.write(test, UnitEvent.LOST, LAB, LAB, 7, place="L-01")
    made.look(backup, UnitEvent.INSPECTED, STATION, STATION, 7, offset_minutes=-210)
    made.look(backup, UnitEvent.PASSED_ON, STATION, "Li", 8, offset_minutes=0)
    made.write(backup, UnitEvent.DISPOSED, "Li", "Li", 9)
    return made


def events(made: Desk) -> list[dict[str, Any]]:
    found = document(made.dossier(), base=BASE, at=moment(20))["epcisBody"]["eventList"]
    assert isinstance(found, list)
    return found


def test_each_entry_becomes_one_event_after_the_split() -> None:
    told = [(one["type"], one.get("action"), one["bizStep"], one.get("disposition")) for one in events(everything())]
    assert told[0] == ("TransformationEvent", None, "other", None)
    assert set(told[1:]) == {
        ("AggregationEvent", "ADD", "packing", "container_closed"),
        ("ObjectEvent", "OBSERVE", "storing", "inactive"),
        ("ObjectEvent", "OBSERVE", "shipping", "in_transit"),
        ("ObjectEvent", "OBSERVE", "receiving", "in_progress"),
        ("AggregationEvent", "DELETE", "unpacking", "container_open"),
        ("ObjectEvent", "OBSERVE", "other", "in_progress"),
        ("ObjectEvent", "OBSERVE", "other", "unknown"),
        ("ObjectEvent", "OBSERVE", "inspecting", "in_progress"),
        ("ObjectEvent", "OBSERVE", "transporting", "in_transit"),
        ("ObjectEvent", "DELETE", "destroying", "destroyed"),
    }
    assert len(told) == 13


def test_a_corrected_event_declares_its_error_and_names_the_correction() -> None:
    made = everything()
    [wrong] = [one for one in events(made) if "errorDeclaration" in one]
    [right] = [one for one in events(made) if one.get("ms:corrects") == 2]
    assert wrong["errorDeclaration"]["correctiveEventIDs"] == [right["eventID"]]
    assert (wrong["readPoint"]["id"], right["readPoint"]["id"]) == (
        f"{BASE}/custody/place/station", f"{BASE}/custody/place/gate%202",
    )  # fmt: skip


def test_a_handover_says_who_had_it_who_has_it_when_where_and_how_warm() -> None:
    one = next(one for one in events(desk()) if one["bizStep"] == "shipping")
    assert one["sourceList"] == [{"type": "possessing_party", "source": f"{BASE}/custody/party/sampling%20station"}]
    assert one["destinationList"] == [{"type": "possessing_party", "destination": f"{BASE}/custody/party/{CARRIER}"}]
    assert (one["eventTime"][-6:], one["eventTimeZoneOffset"], one["recordTime"][-6:]) == ("+08:00", "+08:00", "+00:00")
    assert one["sensorElementList"] == [{"sensorReport": [{"type": "Temperature", "value": 4.0, "uom": "CEL"}]}]
    assert (one["ms:seal"], one["ms:sealWhole"], one["ms:photos"]) == (NUMBERS[0], True, [f"urn:sha256:{'cd' * 32}"])


def test_a_zone_west_of_greenwich_has_its_sign() -> None:
    one = next(one for one in events(everything()) if one["bizStep"] == "inspecting")
    assert (one["eventTime"][-6:], one["eventTimeZoneOffset"]) == ("-03:30", "-03:30")


def test_the_document_is_valid_by_the_published_schema() -> None:
    validator = published()
    made = document(everything().dossier(), base=BASE, at=moment(20))
    validator.validate(made)
    made["epcisBody"]["eventList"][1]["bizStep"] = "posting"
    assert not validator.is_valid(made)


def test_a_broken_seal_is_damage() -> None:
    made = Desk()
    unit = made.seal(Role.TEST, NUMBERS[0])
    made.end(NUMBERS[0], SealEvent.BROKEN, 2, "cut open")
    made.write(unit, UnitEvent.SEAL_BROKEN, STATION, STATION, 2, seal_no=NUMBERS[0], seal_ok=False)
    assert events(made)[-1]["disposition"] == "damaged"
