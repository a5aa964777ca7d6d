"""Taking samples in: a scan turns its line, each slip has its own sentence, and a link opens one consignment alone."""

import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
import zxingcpp
from PIL import Image
from starlette.testclient import TestClient

from dashboards.form import Fault
from labs.consignment import Consignment, ConsignmentState, LineState
from labs.link import Link, token
from labs.scan import SENTENCES, ScanFault
from sampling.custody import Role, UnitState
from sampling.sample import Sample, SampleEvent, SampleState, blind_code
from sampling.seal import SealKind
from sampling.text import Text
from storage import accounts, clock, consignments, custody, receipt_links, samples, seals
from storage.acts import bench, carriage, office
from storage.consignments import Packed
from storage.database import Database
from storage.objects import Objects
from storage.role import UserRole
from tests.dashboards.conftest import Visitor, errors, send, template, view
from tests.dashboards.desk import LINK_KEY
from tests.dashboards.story import Story, picture, user

PROGRAM = {"authorization": "Bearer token-lab"}
CODES = tuple(blind_code(b"k", "c", str(number), "first") for number in range(4))


def travelling(story: Story, *codes: str, lab: str = "L-01") -> tuple[Consignment, list[Sample]]:
    """Give a consignment of as many units as there are codes, with the carrier."""
    brought = [story.sealed() for _ in codes]
    for sample in brought:
        samples.record(story.unit, sample.id, SampleEvent.SAMPLING_NOTICE_SENT, by="flow:notify", at=story.tick())
    packed = [
        Packed(custody.of_role(story.unit, sample.id, Role.TEST), code, sample.category, ("migratable_lead",))
        for sample, code in zip(brought, codes, strict=True)
    ]
    one = consignments.pack(story.unit, lab, packed, purpose="first", by="flow:dispatch", at=story.tick())
    office.hand_over(story.unit, one.id, "SF1", by="user:coordinator", at=story.tick(), courier="SF")
    return consignments.get(story.unit, one.id), brought


def test_a_scan_turns_its_line_and_the_last_one_ends_the_receipt(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        one, brought = travelling(Story.begin(unit, objects), *CODES[:2])
    client, path = visitor("lab"), f"/lab/consignments/{one.id}"
    first, second = one.lines
    asked = send(client, f"{path}/scan", {"code": first.blind_code.lower()})
    assert (asked.status_code, errors(asked)) == (200, {})  # the seal is scanned after the label
    more = {"seal": first.seal_no, "temperature": "4.5", "condition": "wet"}
    taken = send(client, f"{path}/scan", {"code": first.blind_code, **more}, photo=("p.png", picture("on arrival")))
    assert (taken.status_code, taken.headers["location"]) == (303, f"{path}?done=line_received")
    with database.unit() as unit:
        now = consignments.get(unit, one.id)
        line = now.lines[0]
        assert (now.state, line.state, line.temperature) == (
            ConsignmentState.PARTLY_RECEIVED, LineState.RECEIVED, Decimal("4.5"),
        )  # fmt: skip
        assert (line.condition, line.seal_ok, line.settled_by) == ("wet", True, "user:lab")
        assert line.photo is not None
        assert samples.get(unit, brought[0].id).state is SampleState.AT_LAB
    assert send(client, f"{path}/scan", {"code": second.blind_code, "seal": second.seal_no}).status_code == 303
    with database.unit() as unit:
        assert consignments.get(unit, one.id).state is ConsignmentState.RECEIVED
    shown = view(client.get(path))
    assert (shown.may_scan, shown.awaited, [unit.may_start for unit in shown.page.units]) == (False, 0, [True, True])


def test_each_slip_has_a_sentence_of_its_own(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        [tape] = seals.issue(unit, SealKind.TAPE, 1, by="u", at=story.tick()).numbers
        one, [sample, _] = travelling(story, *CODES[:2])
        travelling(story, CODES[2])
        travelling(story, CODES[3], lab="L-02")
        bench.take_in(unit, one.id, CODES[1], bench.Arrival(True), by="user:lab", at=story.tick())
        backup = custody.of_role(unit, sample.id, Role.BACKUP).seal_no
    client, path = visitor("lab"), f"/lab/consignments/{one.id}/scan"
    slip = CODES[0][:-1] + ("2" if CODES[0][-1] != "2" else "3")
    tries: dict[ScanFault, tuple[dict[str, object], str]] = {
        ScanFault.FOREIGN_LABEL: ({"code": "6901234567892"}, "code"),
        ScanFault.SEAL_SCANNED: ({"code": tape}, "code"),
        ScanFault.WRONG_CHECK: ({"code": slip}, "code"),
        ScanFault.UNKNOWN_CODE: ({"code": blind_code(b"k", "c", "99", "first")}, "code"),
        ScanFault.OTHER_LABORATORY: ({"code": CODES[3]}, "code"),
        ScanFault.OTHER_CONSIGNMENT: ({"code": CODES[2]}, "code"),
        ScanFault.ALREADY_RECEIVED: ({"code": CODES[1]}, "code"),
        ScanFault.WRONG_SEAL: ({"code": CODES[0], "seal": "F999"}, "seal"),
        ScanFault.WRONG_ROLE: ({"code": CODES[0], "seal": backup}, "seal"),
    }
    said = {fault: errors(send(client, path, fields)).get(name) for fault, (fields, name) in tries.items()}
    told = [(fault, text) for fault, text in said.items() if isinstance(text, Text)]
    assert [fault for fault, text in told if SENTENCES[fault].en.partition("}")[2][:20] in text.en] == list(tries)
    assert len({text.zh for _, text in told}) == len(tries)
    plain: dict[str, tuple[dict[str, object], Fault]] = {
        "code": ({}, Fault.MISSING),
        "temperature": ({"code": CODES[0], "temperature": "warm"}, Fault.NOT_A_TEMPERATURE),
        "reason": ({"made": "damaged"}, Fault.MISSING),
        "condition": ({"condition": "?"}, Fault.NOT_OFFERED),
    }
    found = {name: errors(send(client, path, fields)).get(name) for name, (fields, _) in plain.items()}
    assert found == {name: fault for name, (_, fault) in plain.items()}
    with database.unit() as unit:
        assert [line.state for line in consignments.get(unit, one.id).lines] == [LineState.EXPECTED, LineState.RECEIVED]


def test_a_picture_that_came_with_the_label_is_kept_until_the_seal_is_scanned(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        one, _ = travelling(Story.begin(unit, objects), *CODES[:2])
    client, path = visitor("lab"), f"/lab/consignments/{one.id}/scan"
    first, second = one.lines
    asked = send(client, path, {"code": first.blind_code}, photo=("p.png", picture("crushed corner")))
    carried = asked.context["form"].values["kept_photo"]
    assert carried in asked.text
    scanned = {"code": first.blind_code, "seal": first.seal_no, "kept_photo": carried}
    assert send(client, path, scanned).status_code == 303
    forged = {"code": second.blind_code, "seal": second.seal_no, "kept_photo": f"{'ab' * 32}.{carried[65:]}"}
    assert send(client, path, forged).status_code == 303
    with database.unit() as unit:
        assert [line.photo for line in consignments.get(unit, one.id).lines] == [carried[:64], None]


def test_a_reason_is_for_what_is_not_taken_and_a_seal_is_shown_once_it_was_read(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        one, _ = travelling(Story.begin(unit, objects), CODES[0])
    [line] = one.lines
    client, path = visitor("lab"), f"/lab/consignments/{one.id}"
    fields = {"code": line.blind_code, "seal": line.seal_no}
    assert list(errors(send(client, f"{path}/scan", {**fields, "reason": "too_warm"}))) == ["reason"]

    def shown() -> tuple[str | None, bool, str | None]:
        [unit_] = view(client.get(path)).page.units
        [told] = client.get("/v1/consignments", headers=PROGRAM).json()["consignments"]
        return unit_.seal_no, line.seal_no in client.get(path).text, told["units"][0]["seal_no"]

    assert shown() == (None, False, None)
    assert send(client, f"{path}/scan", fields).status_code == 303
    assert shown() == (line.seal_no, True, line.seal_no)


def test_a_list_has_all_that_is_to_be_taken_in_and_the_last_of_the_others(
    visitor: Visitor, database: Database, objects: Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboards.views.lab.SEEN", 1)
    monkeypatch.setattr("dashboards.views.carriage.SHOWN", 1)
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        made = [travelling(story, code)[0] for code in CODES]
        for one in made[1:3]:
            carriage.lose(unit, one.id, "courier_lost_it", by="u", at=story.tick())
            carriage.reconcile(unit, one.id, by="u", at=story.tick())
    assert [one.id for one in view(visitor("lab").get("/lab"))] == [made[at].id for at in (3, 2, 0)]
    page = view(visitor("coordinator").get("/office/consignments"))
    assert [row.consignment.id for row in page.ended] == [made[2].id]


def test_a_laboratory_keeps_its_page_whatever_a_stranger_does_from_its_address(
    visitor: Visitor, linked: tuple[Consignment, Link, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboards.receiving.TRIES", 2)
    client: TestClient = visitor(None)
    assert [client.get("/receipt/nonsense").status_code for _ in range(3)] == [403, 403, 429]
    assert client.get(linked[2]).status_code == 200


def test_a_link_lasts_as_the_rulebook_of_the_goods_says(
    visitor: Visitor, database: Database, linked: tuple[Consignment, Link, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rulebook of the installation is for what has no campaign."""
    monkeypatch.setattr("dashboards.carriage.receipt_links.ends", lambda unit, id_, at: at + timedelta(days=7))
    assert send(visitor("coordinator"), f"/office/consignments/{linked[0].id}/link").status_code == 303
    with database.unit() as unit:
        [live] = receipt_links.live(unit, linked[0].id, clock.now(unit))
        assert live.expires_at - live.made_at > timedelta(days=6, hours=23)


@pytest.mark.parametrize(("old", "state"), [("whole", UnitState.RETAINED), ("broken", UnitState.COMPROMISED)])
def test_who_puts_another_seal_on_says_what_the_old_one_looked_like(
    visitor: Visitor, database: Database, objects: Objects, old: str, state: UnitState
) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        [tape] = seals.issue(unit, SealKind.TAPE, 1, by="u", at=story.tick()).numbers
        sample = story.sealed()
        twin = custody.of_role(unit, sample.id, Role.BACKUP)
    client, path = visitor("coordinator"), f"/office/units/{twin.id}/seal"
    fields = {"seal": tape, "witness": "officer", "authority": "officer Li", "reason": "torn"}
    assert client.get(path).status_code == 200
    assert errors(send(client, path, fields)) == {"old": Fault.MISSING}
    assert send(client, path, {**fields, "old": old}).status_code == 303
    with database.unit() as unit:
        found = custody.get(unit, twin.id)
        assert (found.state, found.seal_no) == (state, tape if old == "whole" else twin.seal_no)


def test_the_station_puts_no_seal_on_what_travels(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        _, [sample] = travelling(Story.begin(unit, objects), CODES[0])
        part = custody.of_role(unit, sample.id, Role.TEST)
    assert send(visitor("coordinator"), f"/office/units/{part.id}/seal", {"seal": "F1"}).status_code == 409


def test_a_label_is_read_from_a_picture(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        one, _ = travelling(Story.begin(unit, objects), CODES[0])
    code = zxingcpp.create_barcode(CODES[0], zxingcpp.BarcodeFormat.DataMatrix)
    out = io.BytesIO()
    Image.fromarray(zxingcpp.write_barcode_to_image(code, scale=8)).save(out, "PNG")
    client, path = visitor("lab"), f"/lab/consignments/{one.id}/scan"
    assert errors(send(client, path, label=("blank.png", picture("nothing")))) == {"label": Fault.NO_CODE_SEEN}
    read = send(client, path, {"seal": one.lines[0].seal_no}, label=("label.png", out.getvalue()))
    assert read.status_code == 303


def test_what_is_broken_damaged_or_refused_is_written_down_and_the_rest_is_missing(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        one, brought = travelling(Story.begin(unit, objects), *CODES)
    client, path = visitor("lab"), f"/lab/consignments/{one.id}"
    fields: list[dict[str, str]] = [
        {"seal_state": "broken"},
        {"seal": one.lines[1].seal_no, "made": "damaged", "reason": "crushed"},
        {"seal": one.lines[2].seal_no, "made": "refuse", "reason": "too_warm"},
    ]
    for line, said in zip(one.lines, fields, strict=False):
        assert send(client, f"{path}/scan", {"code": line.blind_code, **said}).status_code == 303
    assert send(client, f"{path}/end").status_code == 303
    with database.unit() as unit:
        now = consignments.get(unit, one.id)
        assert [(line.state, line.reason) for line in now.lines] == [
            (LineState.DAMAGED, "broken_seal"), (LineState.DAMAGED, "crushed"), (LineState.REFUSED, "too_warm"),
            (LineState.MISSING, None),
        ]  # fmt: skip
        assert now.state is ConsignmentState.PARTLY_RECEIVED
        assert {samples.get(unit, each.id).state for each in brought[:3]} == {SampleState.LAB_REFUSED}
    office_ = visitor("coordinator")
    row = f"/office/consignments/{one.id}"
    assert send(office_, f"{row}/reconciliation").status_code == 409  # a refused unit is on its way back
    back = {"code": one.lines[2].blind_code, "seal": "whole"}
    assert send(office_, f"{row}/returns", back).status_code == 303
    assert send(office_, f"{row}/reconciliation").status_code == 303
    with database.unit() as unit:
        assert [samples.get(unit, each.id).state for each in brought] == [
            SampleState.VOID, SampleState.VOID, SampleState.SEALED, SampleState.VOID,
        ]  # fmt: skip


def test_a_whole_consignment_goes_back_or_is_lost_or_never_leaves(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        refused, [sample] = travelling(story, CODES[0])
        lost, _ = travelling(story, CODES[1])
        _, packed = story.packed()
    lab, desk = visitor("lab"), visitor("coordinator")
    path = f"/lab/consignments/{refused.id}"
    assert errors(send(lab, f"{path}/refusal")) == {"refusal": Fault.MISSING}
    assert send(lab, f"{path}/refusal", {"refusal": "no_capacity"}).status_code == 303
    assert errors(send(desk, f"/office/consignments/{lost.id}/loss")) == {f"reason-lose-{lost.id}": Fault.MISSING}
    assert send(desk, f"/office/consignments/{lost.id}/loss", {"reason": "courier_lost_it"}).status_code == 303
    assert send(desk, f"/office/consignments/{packed}/cancellation", {"reason": "packed_wrongly"}).status_code == 303
    with database.unit() as unit:
        states = [consignments.get(unit, id_).state for id_ in (refused.id, lost.id, packed)]
        assert states == [ConsignmentState.REFUSED, ConsignmentState.LOST, ConsignmentState.CANCELLED]
        assert samples.get(unit, sample.id).state is not SampleState.AT_LAB
        carriage.take_back(unit, refused.id, CODES[0], True, by="user:coordinator", at=story.tick())
        assert consignments.of_sample(unit, sample.id) == ()


@pytest.fixture
def linked(database: Database, objects: Objects) -> tuple[Consignment, Link, str]:
    """Give a consignment, the link to it and the link's address."""
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        one, _ = travelling(story, *CODES[:2], lab="L-03")
        at = story.tick()
        kept = receipt_links.make(unit, one.id, expires_at=at + timedelta(days=3650), by="user:coordinator", at=at)
    return one, kept.link, f"/receipt/{token(LINK_KEY, kept.link)}"


def test_a_laboratory_without_an_account_takes_one_consignment_in_under_a_typed_name(
    visitor: Visitor, database: Database, linked: tuple[Consignment, Link, str]
) -> None:
    one, _, path = linked
    client = visitor(None)
    first = client.get(path)
    assert (first.status_code, template(first), view(first).desk.receiver) == (200, "lab/by_link.html", None)
    assert send(client, f"{path}/scan", {"code": CODES[0]}).headers["location"] == path  # nobody to record yet
    assert errors(send(client, f"{path}/name")) == {"receiver": Fault.MISSING}
    assert send(client, f"{path}/name", {"receiver": "李敏"}).status_code == 303
    assert send(client, f"{path}/scan", {"code": CODES[0], "seal": one.lines[0].seal_no}).status_code == 303
    assert send(client, f"{path}/end").status_code == 303
    with database.unit() as unit:
        now = consignments.get(unit, one.id)
        assert [(line.state, line.settled_by) for line in now.lines] == [
            (LineState.RECEIVED, "person:李敏"), (LineState.MISSING, "person:李敏"),
        ]  # fmt: skip
    page = client.get(path).text
    told = ("oscar-mart", "Xinghe", "/office", "/lab/", "/login", "/results", *(line.category for line in one.lines))
    assert [word for word in told if word in page] == []
    assert (client.get(f"/lab/consignments/{one.id}").status_code, client.get("/lab").status_code) == (303, 303)


def changed(link: Link) -> str:
    return token(b"another key" * 3, link)


CLOSED: dict[str, tuple[Callable[[Link], str], str]] = {
    "another key": (changed, "forged"),
    "cut": (lambda link: token(LINK_KEY, link)[:-4], "forged"),
    "no token": (lambda link: "nonsense", "forged"),
    "over": (lambda link: token(LINK_KEY, Link(link.id, link.consignment_id, link.expires_at - timedelta(days=3650))),
             "expired"),
    "not on file": (lambda link: token(LINK_KEY, Link(link.consignment_id, link.consignment_id, link.expires_at)),
                    "revoked"),
    "of another": (lambda link: token(LINK_KEY, Link(link.id, link.id, link.expires_at)), "revoked"),
}  # fmt: skip


def test_a_link_that_is_changed_over_or_revoked_opens_nothing(
    visitor: Visitor, database: Database, linked: tuple[Consignment, Link, str]
) -> None:
    one, link, path = linked
    client = visitor(None)
    found = {name: client.get(f"/receipt/{made(link)}") for name, (made, _) in CLOSED.items()}
    assert {name: (answer.status_code, view(answer)) for name, answer in found.items()} == {
        name: (403, cause) for name, (_, cause) in CLOSED.items()
    }
    assert send(visitor("coordinator"), f"/office/consignments/{one.id}/link/revocation").status_code == 303
    assert view(client.get(path)) == "revoked"
    assert send(client, f"{path}/scan", {"code": CODES[0]}).status_code == 403
    assert send(visitor("coordinator"), f"/office/consignments/{one.id}/link").status_code == 303


def test_whoever_tries_links_is_slowed_down(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboards.receiving.TRIES", 2)
    client: TestClient = visitor(None)
    answers = [client.get("/receipt/nonsense").status_code for _ in range(4)]
    assert answers == [403, 403, 429, 429]


def test_nobody_signs_for_a_laboratory_who_is_known_as_somebody_else(
    visitor: Visitor, database: Database, linked: tuple[Consignment, Link, str]
) -> None:
    one, _, path = linked
    scan = {"code": CODES[0], "seal": one.lines[0].seal_no}
    for who in ("coordinator", "officer", "shopper", "lab", "platform"):
        client = visitor(who)
        assert (client.get(path).status_code, view(client.get(path))) == (403, "other_party")
        for act, fields in (("name", {"receiver": "李敏"}), ("scan", scan), ("end", {}), ("refusal", {})):
            assert send(client, f"{path}/{act}", fields).status_code == 403
    with database.unit() as unit:
        assert {line.state for line in consignments.get(unit, one.id).lines} == {LineState.EXPECTED}
    stranger = visitor(None)
    for name in ("Coordinator", " coordinator", "ＯＦＦＩＣＥＲ", "other shopper"):
        refused = errors(send(stranger, f"{path}/name", {"receiver": name}))["receiver"]
        assert "is of the laboratory" in refused.en
    assert send(stranger, f"{path}/name", {"receiver": "Coordinator, L-03"}).status_code == 303
    with database.unit() as unit:
        accounts.add_user(unit, user("thirdlab", UserRole.LAB, lab="L-03"))
        accounts.add_user(unit, user("liwei", UserRole.LAB, lab="L-09"))
    assert send(stranger, f"{path}/name", {"receiver": "Liwei"}).status_code == 303, "of another laboratory"
    assert visitor("thirdlab").get(path).status_code == 200, "the laboratory itself may be logged in"
