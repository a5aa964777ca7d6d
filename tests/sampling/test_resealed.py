"""What is read of a seal that another took the place of: in the chain, in EPCIS, and on a receipt for a laboratory."""

from dataclasses import replace
from urllib.parse import quote

import pytest

from sampling.chain import bound, chain_faults, record
from sampling.custody import CARRIER, STATION, UnitEvent
from sampling.digest import ORIGIN
from sampling.documents.kind import DocumentKind
from sampling.documents.manifest import Sent, manifest
from sampling.documents.receipt import Passed, handover_receipt, party
from sampling.epcis import document
from sampling.text import Text
from tests.build import moment
from tests.sampling.custodies import NUMBERS, SHOPPER, desk, entry
from tests.sampling.papers import AT, HANDOVER, stamped

E = UnitEvent


def test_both_numbers_are_in_the_hash_and_an_entry_without_them_keeps_its_own() -> None:
    sealed = entry(1, E.SEALED, SHOPPER, STATION, 1, seal_no="F1")
    resealed = entry(2, E.RESEALED, STATION, STATION, 2, seal_no="F2", old_seal_no="F1", reason="customs")
    first = bound(sealed, ORIGIN)
    second = bound(resealed, first.hash)
    assert ("old_seal" in record(first), record(second)["old_seal"]) == (False, "F1")
    assert chain_faults("U", [first, second]) == ()
    [fault] = chain_faults("U", [first, replace(second, old_seal_no="F3")])
    assert (fault.code, fault.seq) == ("altered", 2)


def test_in_epcis_the_old_seal_comes_off_before_the_other_goes_on() -> None:
    made = desk()
    backup = made.units[1]
    made.write(
        backup, E.RESEALED, STATION, STATION, 9, seal_no=NUMBERS[2], old_seal_no=backup.seal_no, reason="customs"
    )
    told = document(made.dossier(), base="https://x", at=moment(20))["epcisBody"]["eventList"][-2:]
    ends = [(one["action"], one["bizStep"], one["disposition"], one["parentID"].rpartition("/")[2]) for one in told]
    assert ends == [
        ("DELETE", "unpacking", "container_open", quote(backup.seal_no or "", safe="")),
        ("ADD", "packing", "container_closed", NUMBERS[2]),
    ]
    assert told[0]["eventID"] != told[1]["eventID"]
    assert told[1]["ms:replacedSeal"] == backup.seal_no


@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        (STATION, "抽样站", "the sampling station"),
        (CARRIER, "承运人", "the carrier"),
        ("lab:L-01", "检验机构 L-01", "laboratory L-01"),
        ("user:shopper", "抽样人员", "a sampler"),
        ("shopper:Wang", "抽样人员", "a sampler"),
    ],
)
def test_a_receipt_names_parties_in_both_languages_and_no_person(name: str, zh: str, en: str) -> None:
    assert party(name) == Text(zh, en)


def test_the_receipt_of_the_sealing_does_not_name_the_sealer() -> None:
    sealing = replace(HANDOVER, released_by="user:wangfang", received_by=STATION, place="gate 2", condition="odd")
    said = str(handover_receipt(Passed("B1", 1, sealing), stamped(DocumentKind.HANDOVER_RECEIPT, "B1-1")).record())
    assert ("wangfang" in said, "抽样人员" in said, "gate 2" in said, "odd" in said) == (False, True, True, True)


def test_goods_that_ask_for_no_temperature_travel_as_any_parcel() -> None:
    sent = Sent("K26-00007", "L-01", AT, "ab" * 32)
    said = str(manifest(sent, (), stamped(DocumentKind.MANIFEST, sent.number)).record())
    assert ("as any parcel" in said, "re-test" in said) == (True, False)
