"""The tick: one thing that cannot be done leaves the others their turn."""

import logging

import pytest

from flows.tick import guarded
from storage.errors import Conflict, NotFound


@pytest.mark.parametrize(
    ("wrong", "said", "level"),
    [
        (Conflict("another was first"), "left to another", None),
        (NotFound("there is none"), "left: NotFound", logging.WARNING),
        (ValueError("a fault of ours"), "left: ValueError", logging.ERROR),
    ],
)
def test_whatever_goes_wrong_with_one_thing_is_left_and_logged(
    wrong: Exception, said: str, level: int | None, caplog: pytest.LogCaptureFixture
) -> None:
    def work() -> str:
        raise wrong

    assert guarded("intake", "upload 7", work) == said
    assert [record.levelno for record in caplog.records] == ([level] if level else [])
    assert all("upload 7" in record.getMessage() for record in caplog.records)
