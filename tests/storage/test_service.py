"""Service: a window runs from the proven moment and ends at midnight where the party is."""

from datetime import datetime
from zoneinfo import ZoneInfo

from platforms.notice import NoticeKind
from sampling.sample import SampleState
from storage import deadlines
from storage.acts import office
from storage.database import Database
from storage.objects import Objects
from storage.service import OBJECTION_WINDOW
from tests.build import case, moment, notice

TOKYO, SHANGHAI = ZoneInfo("Asia/Tokyo"), ZoneInfo("Asia/Shanghai")
ZONES = ((TOKYO, TOKYO), (None, SHANGHAI))


def test_each_party_has_its_own_last_day(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, SampleState.VERDICT)
        for number, (zone, counted) in enumerate(ZONES):
            told = notice(unit, made.sample, NoticeKind.RESULT, f"seller:{number}")
            office.prove_service(unit, told.id, "letter", by="user:officer", at=moment(14.5), zone=zone)
            clock = deadlines.find(unit, made.sample.id, f"seller:{number}", OBJECTION_WINDOW)
            assert clock is not None
            # served at 23:30 in China, which is the next day in Japan
            assert clock.due_at == datetime(2026, 3, 19 if zone else 18, tzinfo=counted)
            assert clock.calendar_version == "CN: chinese_calendar 1.11.0"
