"""The officer's page of covers: every look with its actor, case and purpose, and nothing of what is sealed."""

from dataclasses import asdict

from storage.database import Database
from storage.objects import Objects
from storage.vault import Vault
from tests.dashboards.conftest import Visitor, view
from tests.dashboards.story import Story
from tests.storage.test_vault import COVER


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
