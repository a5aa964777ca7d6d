"""The history of a case by stage: every entry stands in one, whatever became of the sample."""

from uuid import UUID

from dashboards.views.history import LAST, tell
from dashboards.views.ticket import Phase
from storage.events import Entry
from tests.build import START

CASE = UUID(int=1)
TOLD = (
    ("sample", "targeted"), ("capture", "sealed"), ("sample", "captured"), ("purchase", "placed"),
    ("sample", "ordered"), ("purchase", "shipped"), ("sample", "shipped"), ("sample", "received"),
    ("alarm", "picture_again"), ("sample", "unboxed"), ("sample", "rejected"), ("alarm", "answered"),
)  # fmt: skip


def entries(*told: tuple[str, str]) -> tuple[Entry, ...]:
    """Give a history of these nouns and events."""
    return tuple(
        Entry(CASE, seq, noun, "x", type_, START, "flow:test", {}, "", "")
        for seq, (noun, type_) in enumerate(told, start=1)
    )


def test_every_entry_stands_in_the_stage_to_which_it_brought_the_case() -> None:
    history = tell(entries(*TOLD))
    assert [(one.phase, [entry.seq for entry in one.entries]) for one in history.stages] == [
        (Phase.DRAWN, [1, 2, 3, 4]), (Phase.BUYING, [5, 6, 7]), (Phase.SEALING, [8, 9, 10, 11, 12]),
    ]  # fmt: skip
    assert history.stages[0].kinds == (("sample", 2), ("capture", 1), ("purchase", 1))
    assert (history.count, [one.seq for one in history.last]) == (12, [12, 11, 10, 9, 8])


def test_a_case_that_comes_back_to_a_phase_has_a_stage_for_each_stay() -> None:
    way = ("captured", "ordered", "shipped", "received", "unboxed", "sealed", "sampling_notice_sent", "arrived_at_lab",
           "refused_by_lab", "taken_back")  # fmt: skip
    history = tell(entries(*(("sample", one) for one in way)))
    assert [one.phase for one in history.stages] == [
        Phase.DRAWN, Phase.BUYING, Phase.SEALING, Phase.TESTING, Phase.SEALING,
    ]  # fmt: skip
    assert sum(len(one.entries) for one in history.stages) == len(way)


def test_a_move_that_cannot_have_been_leaves_the_stage_and_a_short_history_is_told_whole() -> None:
    history = tell(entries(("sample", "targeted"), ("sample", "judged")))
    assert [one.phase for one in history.stages] == [Phase.DRAWN]
    assert [one.seq for one in history.last] == [2, 1] and len(history.last) < LAST
    assert history.breaks == (1, 2)
    assert tell(()).stages == ()
