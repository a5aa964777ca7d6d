"""A correction of an entry of custody on its page: stated anew with a reason, and what was wrong stays, struck."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from dashboards.form import Done, Fault
from dashboards.views.chains import Chain, lines
from sampling.custody import CARRIER, Handover, Role
from sampling.text import Text
from storage import custody
from storage.database import Database
from storage.objects import Objects
from tests.dashboards.conftest import Answer, Visitor, errors, send, template, view
from tests.dashboards.story import Story


@pytest.fixture
def unit_id(database: Database, objects: Objects) -> UUID:
    """Give a test unit that was sealed and then given to the carrier."""
    with database.unit() as unit:
        sample, _ = Story.begin(unit, objects).handed_over()
        return custody.of_role(unit, sample.id, Role.TEST).id


def place(unit_id: UUID, seq: int) -> str:
    return f"/office/units/{unit_id}/entries/{seq}"


def typed(answer: Answer) -> dict[str, str]:
    """Give what the form is filled in with, as a browser sends it."""
    page = view(answer)
    hidden = {"released_by": not page.may_release, "received_by": not page.may_receive}
    shown = {name: value for name, value in answer.context["form"].values.items() if not hidden.get(name)}
    return {**shown, "known": str(page.counts.seq)}


def chain(database: Database, unit_id: UUID) -> tuple[Handover, ...]:
    with database.unit() as unit:
        return custody.handovers(unit, unit_id)


def test_an_entry_is_stated_anew_and_what_was_wrong_is_struck(
    visitor: Visitor, database: Database, unit_id: UUID
) -> None:
    client, [_, before] = visitor("coordinator"), chain(database, unit_id)
    form = client.get(place(unit_id, 2))
    page = view(form)
    assert (template(form), page.may_release, page.may_receive) == ("office/correction.html", False, True)
    anew = {**typed(form), "place": "gate 2", "received_by": "courier Li", "temperature": "−18.5", "reason": "the van"}
    done = send(client, place(unit_id, 2), anew)
    assert (done.status_code, done.headers["location"].partition("?done=")[2]) == (303, Done.CORRECTED)
    [_, kept, made] = chain(database, unit_id)
    assert kept == before
    assert (made.corrects, made.place, made.received_by) == (2, "gate 2", "courier Li")
    assert made.temperature == Decimal("-18.5")
    assert (made.by, made.reason) == ("user:coordinator", "the van")
    assert (made.at, made.offset_minutes, made.photos) == (before.at, before.offset_minutes, before.photos)

    sample = client.get(done.headers["location"])
    [shown, _] = view(sample).chains
    assert told(shown) == [(1, None), (2, 3), (3, None)]
    assert "<del>" in sample.text and f'href="{place(unit_id, 2)}"' in sample.text
    again = client.get(place(unit_id, 2))
    assert [line.entry.seq for line in view(again).lines] == [2, 3]
    assert again.context["form"].values["place"] == "gate 2"


def test_a_time_is_corrected_in_the_zone_of_the_page(visitor: Visitor, database: Database, unit_id: UUID) -> None:
    client, [_, before] = visitor("officer"), chain(database, unit_id)
    earlier = before.at - timedelta(hours=1)
    local = (earlier + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M")
    sent = {**typed(client.get(place(unit_id, 2))), "at": local, "reason": "an hour late"}
    assert send(client, place(unit_id, 2), sent).status_code == 303
    made = chain(database, unit_id)[-1]
    assert (made.at, made.offset_minutes) == (earlier.replace(second=0, microsecond=0), 480)


WRONG: list[tuple[dict[str, str], dict[str, Any]]] = [
    ({}, {"reason": Fault.NOTHING_CHANGED}),
    ({"place": "gate 2", "reason": ""}, {"reason": Fault.MISSING}),
    ({"place": "gate 2", "reason": "x", "known": "1"}, {"reason": Fault.CORRECTED_SINCE}),
    ({"place": "", "reason": "x", "at": "soon"}, {"place": Fault.MISSING, "at": Fault.NOT_A_TIME}),
    ({"reason": "x", "at": ""}, {"at": Fault.MISSING}),
    ({"reason": "x", "condition": "eaten", "temperature": "warm"},
     {"condition": Fault.NOT_OFFERED, "temperature": Fault.NOT_A_TEMPERATURE}),
]  # fmt: skip


def test_what_is_wrong_with_the_form_is_told_at_its_field(visitor: Visitor, database: Database, unit_id: UUID) -> None:
    client = visitor("officer")
    said = typed(client.get(place(unit_id, 2)))
    for changes, faults in WRONG:
        answer = send(client, place(unit_id, 2), {**said, "reason": "it was", **changes})
        assert (answer.status_code, errors(answer)) == (400, faults), changes
    assert len(chain(database, unit_id)) == 2


def test_what_the_chain_does_not_allow_is_told_as_the_chain_tells_it(
    visitor: Visitor, database: Database, unit_id: UUID
) -> None:
    client = visitor("officer")
    sealed = client.get(place(unit_id, 1))
    assert (view(sealed).may_release, view(sealed).may_receive) == (True, False)
    late = send(client, place(unit_id, 1), {**typed(sealed), "at": "2030-01-01T00:00", "reason": "x"})
    assert isinstance(errors(late)["at"], Text) and "clock" in errors(late)["at"].en
    thief = {**typed(sealed), "received_by": "thief", "released_by": "user:other", "reason": "another sealed it"}
    assert send(client, place(unit_id, 1), thief).status_code == 303
    made = chain(database, unit_id)[-1]
    assert (made.released_by, made.received_by) == ("user:other", chain(database, unit_id)[0].received_by)


def test_an_entry_that_is_not_there_has_no_page_and_only_staff_has_the_others(visitor: Visitor, unit_id: UUID) -> None:
    officer, lab = visitor("officer"), visitor("lab")
    for seq in ("3", "0", "x", "²", "99999999"):
        assert officer.get(f"/office/units/{unit_id}/entries/{seq}").status_code == 404, seq
    assert send(lab, place(unit_id, 2), {"place": "x", "reason": "x"}).status_code == 403


def test_a_correction_of_nothing_is_shown_as_well(database: Database, unit_id: UUID) -> None:
    """A chain that somebody tampered with may hold one; no entry of it may go missing from the page."""
    sealed, given = chain(database, unit_id)
    assert given.received_by == CARRIER
    found = lines([sealed, given, replace(given, seq=3, corrects=9)])
    assert [(line.entry.seq, line.struck_by) for line in found] == [(1, None), (2, None), (3, None)]


def told(shown: Chain) -> list[tuple[int, int | None]]:
    return [(line.entry.seq, line.struck_by) for line in shown.lines]
