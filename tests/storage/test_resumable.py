"""Photos and films that come in pieces: what is kept, what is refused, what goes, and what raises an alarm."""

import errno
import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import text

from sampling.errors import IllegalMove
from sampling.media import ALLOWED, Alarm, Likeness, Medium, Refusal
from sampling.sample import Sample, SampleEvent
from sampling.transfer import LASTS, Announced, Transfer, TransferState
from storage import alarms, events, resumable, samples
from storage.database import Database
from storage.errors import Conflict, Full
from storage.resumable import MOST_OPEN, Parts
from storage.unit import Unit
from tests import build
from tests.build import moment

FILM = Announced(SampleEvent.UNBOXED, Medium.FILM, "video/mp4", 10)
PHOTO = Announced(SampleEvent.UNBOXED, Medium.PHOTO, "image/jpeg", 10)
NOON = moment(12)


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    """Give an empty folder for what is on its way in."""
    return Parts(tmp_path / "uploads")


def target(unit: Unit, *numbers: int) -> tuple[Sample, ...]:
    """Give a sample a number, all of one campaign."""
    campaign = build.campaign(unit)
    return tuple(
        samples.target(unit, campaign.id, build.framed(number), blind_code=f"B{number}", lab="L-01", by="t", at=NOON)
        for number in numbers
    )


def begin(unit: Unit, parts: Parts, sample: UUID, announced: Announced = FILM) -> Transfer:
    return resumable.begin(unit, parts, sample, announced, owner="shopper", at=NOON)


def kept(unit: Unit, parts: Parts, sample: UUID, likeness: Likeness, announced: Announced = PHOTO) -> tuple[Alarm, ...]:
    """Keep a whole file of a sample and give the alarms it raises."""
    begun = begin(unit, parts, sample, announced)
    return resumable.complete(unit, begun.id, likeness, by="user:shopper", at=NOON)


def test_pieces_follow_each_other_and_a_lost_one_is_sent_again(database: Database, parts: Parts) -> None:
    with database.unit() as unit:
        one = begin(unit, parts, target(unit, 1)[0].id)
        assert resumable.append(unit, parts, one.id, 0, b"01234").received == 5
    for offset, data in ((0, b"x"), (4, b"x"), (6, b"x"), (5, b"567890")):
        with pytest.raises(Conflict, match="5 of 10 bytes are here"), database.unit() as unit:
            resumable.append(unit, parts, one.id, offset, data)
    with pytest.raises(ZeroDivisionError), database.unit() as unit:
        resumable.append(unit, parts, one.id, 5, b"lost!")
        raise ZeroDivisionError
    with database.unit() as unit:
        assert resumable.get(unit, parts, one.id).received == 5
        assert resumable.append(unit, parts, one.id, 5, b"56789").received == 10
    assert parts.place(one.id).read_bytes() == b"0123456789"


def test_what_the_folder_lost_is_asked_for_again(database: Database, parts: Parts) -> None:
    with database.unit() as unit:
        one = begin(unit, parts, target(unit, 1)[0].id)
        resumable.append(unit, parts, one.id, 0, b"01234")
        os.truncate(parts.place(one.id), 3)
        assert resumable.get(unit, parts, one.id).received == 3
        assert resumable.append(unit, parts, one.id, 3, b"34").received == 5
        parts.drop(one.id)
        assert resumable.get(unit, parts, one.id).received == 0


def test_a_complete_film_is_in_the_history_and_stays(database: Database, parts: Parts) -> None:
    with database.unit() as unit:
        sample = target(unit, 1)[0].id
        assert kept(unit, parts, sample, Likeness("a" * 64), FILM) == ()
        (one,) = resumable.films(unit, sample)
        assert (one.state, one.sha256, one.received) == (TransferState.COMPLETE, "a" * 64, 10)
        last = events.last(unit, sample)
        assert last is not None and (last.noun, last.type, last.data["sha256"]) == ("transfer", "completed", "a" * 64)
        with pytest.raises(IllegalMove):
            resumable.drop(unit, parts, one.id, by="user:shopper", at=NOON)
    for change in ("UPDATE transfer SET sha256 = 'b'", "DELETE FROM transfer"):
        with pytest.raises(Conflict, match="append-only"), database.unit() as unit:
            unit.execute(text(change))


def test_a_refused_or_dropped_file_leaves_no_byte(database: Database, parts: Parts) -> None:
    with database.unit() as unit:
        sample = target(unit, 1)[0].id
        bad, gone = begin(unit, parts, sample), begin(unit, parts, sample)
        for one in (bad, gone):
            resumable.append(unit, parts, one.id, 0, b"x")
        resumable.refuse(unit, parts, bad.id, Refusal.CUT, by="user:shopper", at=NOON)
        resumable.drop(unit, parts, gone.id, by="user:shopper", at=NOON)
        states = [resumable.get(unit, parts, one.id) for one in (bad, gone)]
        assert [(one.state, one.refusal) for one in states] == [
            (TransferState.REFUSED, Refusal.CUT), (TransferState.EXPIRED, None),
        ]  # fmt: skip
        with pytest.raises(Conflict):
            resumable.append(unit, parts, bad.id, 1, b"x")
        assert resumable.of_sample(unit, sample) == ()
    assert list(parts.root.iterdir()) == []


def test_what_was_left_goes_when_the_next_one_comes(database: Database, parts: Parts) -> None:
    with database.unit() as unit:
        sample = target(unit, 1)[0].id
        many = [begin(unit, parts, sample) for _ in range(MOST_OPEN + 1)]
        resumable.append(unit, parts, many[1].id, 0, b"x")
        late = NOON + LASTS + timedelta(seconds=1)
        states = [resumable.get(unit, parts, one.id).state for one in many]
        assert states == [TransferState.EXPIRED] + [TransferState.OPEN] * MOST_OPEN
        resumable.begin(unit, parts, sample, FILM, owner="another", at=late)
        assert {resumable.get(unit, parts, one.id).state for one in many} == {TransferState.EXPIRED}
    assert list(parts.root.iterdir()) == []


LIGHT = 2**64 - 1


@pytest.mark.parametrize(
    ("first", "second", "alarm"),
    [
        (Likeness("a"), Likeness("a"), Alarm.SAME_FILE),
        (Likeness("a", LIGHT), Likeness("b", LIGHT - 2**63), Alarm.SAME_PICTURE),
        (Likeness("a", 0b111111), Likeness("b", 0), Alarm.SAME_PICTURE),
        (Likeness("a", 0b1111111), Likeness("b", 0), None),
        (Likeness("a", LIGHT), Likeness("b", 0), None),
        (Likeness("a"), Likeness("b", 0), None),
    ],
)
def test_one_photo_for_two_samples_is_kept_and_raises_an_alarm(
    database: Database, parts: Parts, first: Likeness, second: Likeness, alarm: Alarm | None
) -> None:
    with database.unit() as unit:
        one, other = target(unit, 1, 2)
        assert kept(unit, parts, one.id, first) == kept(unit, parts, one.id, first) == ()
        raised = kept(unit, parts, other.id, second)
        assert raised == ((alarm,) if alarm else ())
        assert len(resumable.of_sample(unit, other.id)) == 1
        told = [entry.type for entry in events.history(unit, other.id) if entry.noun == "alarm"]
        assert told == list(raised)
        found = alarms.open_of_campaign(unit, other.campaign_id)
        assert [(it.kind, it.sample_code, it.other_code) for it in found] == [
            (kind, other.code, one.code) for kind in raised
        ]


def test_a_second_film_of_a_sample_raises_an_alarm(database: Database, parts: Parts) -> None:
    with database.unit() as unit:
        (sample,) = target(unit, 1)
        made = [kept(unit, parts, sample.id, Likeness(name), FILM) for name in ("a", "b", "a")]
        assert made == [(), (Alarm.SECOND_FILM,), (Alarm.SECOND_FILM,)]


def test_an_act_takes_so_many_files_and_no_more(database: Database, parts: Parts) -> None:
    with database.unit() as unit:
        one, other = target(unit, 1, 2)
        for number in range(ALLOWED[Medium.FILM].files):
            assert not resumable.is_enough(unit, one.id, FILM)
            raised = kept(unit, parts, one.id, Likeness(f"{number}"), FILM)
            assert len(raised) == (number > 0), "it is compared with the film before it alone"
        begin(unit, parts, one.id)
        found = [resumable.is_enough(unit, sample.id, it) for sample, it in ((one, FILM), (one, PHOTO), (other, FILM))]
        assert found == [True, False, False]


def test_of_two_equal_files_completed_at_once_one_raises_the_alarm(database: Database, parts: Parts) -> None:
    with database.unit() as unit:
        begun = [begin(unit, parts, sample.id, PHOTO).id for sample in target(unit, 1, 2)]
    ready = Barrier(2)

    def complete(id_: UUID) -> tuple[Alarm, ...]:
        with database.unit() as unit:
            ready.wait(20)
            raised = resumable.complete(unit, id_, Likeness("a"), by="user:shopper", at=NOON)
            time.sleep(0.2)  # so that the other looks before this one is there to be seen
            return raised

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(complete, begun)) == [(), (Alarm.SAME_FILE,)]


def test_a_full_disk_is_told(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC if handle else errno.EIO, "no")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Full):
        parts.write(UUID(int=1), 0, b"x")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE transfer SET received = size + 1",
        "UPDATE transfer SET state = 'complete', sha256 = 'a', ended_at = now()",
        "UPDATE transfer SET state = 'refused', ended_at = now()",
        "UPDATE transfer SET state = 'expired'",
        "UPDATE transfer SET state = 'lost'",
    ],
)
def test_the_database_refuses_what_must_not_be(database: Database, parts: Parts, change: str) -> None:
    with database.unit() as unit:
        begin(unit, parts, target(unit, 1)[0].id)
    with pytest.raises(Conflict), database.unit() as unit:
        unit.execute(text(change))
