"""What only the driver saw is answered by the driver, or is a gap that says whose it was."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from sampling.edge.crosscheck import CrossCheck
from sampling.edge.draft import Draft
from sampling.evidence.exchange import Exchange

URL = "http://shop.test/part.js"
NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)


@dataclass(eq=False)
class Listened:
    """A page or a context of the driver that can be listened to."""

    context: "Listened | None" = None
    hears: dict[str, Any] = field(default_factory=dict)

    def on(self, event: str, hear: Any) -> None:
        """Keep the ear."""
        self.hears[event] = hear


@dataclass
class Answer:
    """The driver's answer to a request."""

    body_: bytes = b"part"
    status: int = 200
    status_text: str = "OK"
    headers_: tuple[tuple[str, str], ...] = (
        ("Content-Type", "text/javascript; charset=utf-8"),
        ("Content-Length", "4"),
    )

    async def headers_array(self) -> list[dict[str, str]]:
        """Give the headers."""
        return [{"name": name, "value": value} for name, value in self.headers_]

    async def body(self) -> bytes:
        """Give the body, if there is one."""
        if self.status == 500:
            raise PlaywrightError("No data found")
        return self.body_


@dataclass
class Asked:
    """A request as the driver knows it."""

    page: Listened | None
    answer: Answer | None = None
    url: str = URL
    method: str = "GET"
    failure: str | None = None
    resource_type: str = "script"

    @property
    def frame(self) -> "Asked":
        """The frame that asked, which has the page."""
        if self.page is None:
            raise PlaywrightError("Frame is not available")
        return self

    async def response(self) -> Answer | None:
        """Give the answer."""
        return self.answer


def checked(drafts: list[Draft], *asked: Asked, popup: Listened | None = None) -> tuple[Exchange, ...]:
    check = CrossCheck(cast(Page, PAGE))
    if popup is not None:
        PAGE.hears["popup"](popup)
    for request in asked:
        cast(Listened, PAGE.context).hears["request"](request)
    before = check.gaps(drafts)
    asyncio.run(check.close(drafts, 1))
    assert len(check.gaps(drafts)) == len(before)
    return check.gaps(drafts)


PAGE = Listened(Listened())
POPUP, OTHER = Listened(), Listened()


def heard(method: str | None = "GET") -> Draft:
    return Draft(key="1", url=URL, method=method, resource="Script", sent_at=NOON, mark=0.0, context="worker")


@pytest.mark.parametrize(
    ("asked", "gap", "failure", "body", "truncated"),
    [
        (Asked(PAGE, Answer()), None, None, b"part", None),
        (Asked(None, Answer()), None, None, b"part", None),
        (Asked(PAGE, Answer(b"re-coded")), None, None, None, "unspecified"),
        (
            Asked(PAGE, Answer(b"unpacked", headers_=(("Content-Encoding", "gzip"), ("Content-Length", "9")))),
            None,
            None,
            b"unpacked",
            None,
        ),
        (Asked(PAGE, failure="net::ERR_FAILED"), None, "net::ERR_FAILED", None, None),
        (Asked(PAGE), "other_process", None, None, None),
        (Asked(PAGE, Answer(status=500)), "other_process", None, None, None),
        (Asked(POPUP, Answer()), "popup", None, None, None),
    ],
)
def test_what_was_not_heard_is_told_by_the_driver(
    asked: Asked, gap: str | None, failure: str | None, body: bytes | None, truncated: str | None
) -> None:
    (exchange,) = checked([], asked, popup=POPUP)
    assert (exchange.gap, exchange.failure, exchange.body, exchange.truncated) == (gap, failure, body, truncated)
    assert exchange.headers_source == ("rebuilt" if exchange.headers else None)


def test_what_was_heard_or_belongs_to_another_visit_is_no_gap() -> None:
    assert checked([heard()], Asked(PAGE, url=f"{URL}#top"), Asked(OTHER), Asked(PAGE, url="data:,x")) == ()
    assert len(checked([heard()], Asked(PAGE), Asked(PAGE, Answer()))) == 1


def test_a_draft_without_its_beginning_takes_its_method_from_the_driver() -> None:
    draft = heard(None)
    assert checked([draft], Asked(PAGE, method="POST")) == ()
    assert draft.method == "POST"
