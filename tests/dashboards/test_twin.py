"""The twin on the page of its sample: an officer proposes it with a reason, another has it done, and it is shown."""

from dashboards.form import Fault
from sampling.custody import Role
from storage import accounts, custody
from storage.acts import bench
from storage.database import Database
from storage.objects import Objects
from storage.role import UserRole
from tests.dashboards.conftest import Visitor, errors, send, view
from tests.dashboards.story import Story, user


def test_two_officers_have_the_backup_unit_tested_in_place_of_a_broken_one(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        sample, consignment = story.handed_over()
        whole = story.sealed()
        bench.receive(unit, consignment, {sample.blind_code: False}, by="user:lab", at=story.tick())
        accounts.add_user(unit, user("chief", UserRole.OFFICER))
    path, place = f"/office/samples/{sample.id}", f"/office/samples/{sample.id}/twin"
    officer, chief = visitor("officer"), visitor("chief")
    assert (view(officer.get(path)).may_take_twin, place in officer.get(path).text) == (True, True)
    assert place not in visitor("coordinator").get(path).text
    assert place not in officer.get(f"/office/samples/{whole.id}").text
    assert send(visitor("coordinator"), place, {"twin_reason": "broken"}).status_code == 403
    assert errors(send(officer, place)) == {"twin_reason": Fault.MISSING}
    asked = send(officer, place, {"twin_reason": "the seal was cut"})
    assert asked.headers["location"] == f"{path}?done=twin_proposed"
    assert "the seal was cut" in chief.get(path).text and f"{place}/approval" in chief.get(path).text
    assert send(officer, f"{place}/approval").status_code == 403
    assert send(chief, f"{place}/approval").headers["location"] == f"{path}?done=twin_taken"
    shown = view(chief.get(path))
    assert (shown.may_take_twin, shown.twin.decided_by) == (False, "user:chief")
    assert "risk monitoring alone" in chief.get(path).text or "风险监测" in chief.get(path).text
    with database.unit() as unit:
        assert custody.of_role(unit, sample.id, Role.TEST).role is Role.BACKUP
