"""The officer's page of covers, which shows nothing of what is sealed, and the shopper's page of an own cover."""

import html
from dataclasses import asdict

from storage import looks
from storage.database import Database
from storage.objects import Objects
from storage.vault import Vault, retire
from tests.dashboards.conftest import Visitor, view
from tests.dashboards.desk import desk
from tests.dashboards.story import Story
from tests.dashboards.test_shopping import task_of
from tests.leaks.markers import COVER


def test_an_officer_sees_who_opened_which_cover(visitor: Visitor, database: Database, objects: Objects) -> None:
    keeper = Vault(b"k" * 32)
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        sample = story.captured()
        keeper.put(unit, "shopper", sample.platform, asdict(COVER))
        keeper.open(unit, "shopper", sample.platform, case_id=sample.id, by="flow:purchase", at=story.tick())
    page = visitor("officer").get("/office/covers")
    assert [(one.actor, one.code, one.purpose) for one in view(page).looks] == [("flow:purchase", sample.code, "order")]
    assert [(one.shopper, one.version, one.erased) for one in view(page).kept] == [("shopper", 1, False)]
    assert sample.code in page.text and not [value for value in asdict(COVER).values() if value in page.text]
    assert visitor("coordinator").get("/office/covers").status_code == 403


def test_a_shopper_sees_the_cover_of_an_own_task_while_it_is_open_and_each_look_is_kept(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    keeper: Vault = desk()["vault"]
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        sample, ended, bare = story.ordered(), story.rejected(), story.captured()
        keeper.put(unit, "shopper", sample.platform, asdict(COVER))
    path = f"{task_of(database, sample)}/cover"
    page = visitor("shopper").get(path)
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    shown = dict(view(page).fields)
    assert shown["payment"] == f"•••• {COVER.payment_digits}" and shown["line1"] == COVER.line1
    assert all(text in html.unescape(page.text) for text in shown.values())
    hidden = (COVER.password, COVER.payment_label)
    assert not any(text in html.unescape(page.text) for text in hidden)
    assert path in visitor("shopper").get(path.removesuffix("/cover")).text
    over = task_of(database, ended)
    assert visitor("shopper").get(f"{over}/cover").status_code == 403
    assert f"{over}/cover" not in visitor("shopper").get(over).text
    for other in ("othershopper", "officer", "coordinator"):
        assert visitor(other).get(path).status_code == 403
    with database.unit() as unit:
        assert [(one.actor, one.purpose, one.code, one.refused) for one in looks.listed(unit)] == [
            ("user:shopper", looks.OF_TASK, sample.code, None)
        ]
        retire(unit, "shopper", sample.platform, at=story.tick())
    assert visitor("shopper").get(f"{task_of(database, bare)}/cover").status_code == 404, "none is kept for it"
