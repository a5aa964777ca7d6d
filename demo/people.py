"""The people of the demonstration: each does at the pages what is waiting for that person, and says how much it was."""

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw

from demo.installation import BENCHES, COORDINATOR, OFFICER, PLATFORMS, SHOPPERS
from demo.visitor import Sheet, Visitor

Values = Callable[[int], Mapping[str, str]]
Roll = Callable[[], tuple[str, str]]
"""Gives the next two seal numbers that nobody has used."""

CATEGORIES = ("toys", "electrical", "cosmetics", "kitchenware")
SEED = "5eed" * 16
PROOF = "Posted with proof of delivery EMS 1093 {number}; signed for at the seller's desk."
GROUNDS = "The factory's own test of this lot passed. We ask for a re-test on the backup unit."
_DECISION = re.compile(r"/office/objections/[^/]+$")


class Office:
    """The coordinator and the officer, who is the second person."""

    def __init__(self, coordinator: Visitor, officer: Visitor) -> None:
        self.coordinator, self.officer = coordinator, officer

    def plan(self, frame: Path, picks: Path, size: int) -> int:
        """Plan the demonstration's campaign, unless there is one."""
        if self.coordinator.links("/office/campaigns", "/office/campaigns/0"):
            return 0
        sheet = self.coordinator.sheets("/office/campaigns/new", "/campaigns/new")[0]
        values = {
            "name_zh": "网络抽检示范：儿童用品与小家电",
            "name_en": "Demonstration: children's goods and small appliances",
            "platforms": list(PLATFORMS),
            "categories": list(CATEGORIES),
            "sample_size": str(size),
            "units_each": "2",
            "budget": "8000.00",
            "seed": SEED,
        }
        tables = {"frame": frame, "picks": picks}
        self.coordinator.send(
            sheet, values, {name: (file.name, file.read_bytes(), "text/csv") for name, file in tables.items()}
        )
        return 1

    def give_the_go(self, pages: Sequence[str]) -> int:
        """Let each of these plans be drawn as its preview shows it."""
        return sum(_all(self.coordinator, page, "/plan", lambda _: {}) for page in pages)

    def hand_over(self) -> int:
        """Give every packed consignment to the carrier."""
        return _all(
            self.coordinator, "/office/consignments", "/handover", lambda number: {"waybill": f"SF{number:010d}"}
        )

    def confirm(self) -> int:
        """Confirm every verdict that waits, and say so where a limit had to be read at its source."""
        return _all(self.officer, "/office/decisions", "/confirmation", lambda _: {"limits_read": "yes"})

    def prove_service(self, pages: Sequence[str]) -> int:
        """Write down how the seller of each of these samples was reached."""
        return sum(
            _all(self.coordinator, page, "/service", lambda number: {"proof": PROOF.format(number=number)})
            for page in pages
        )

    def object(self, sample: str, party: str) -> int:
        """Record a seller's objection to a result."""
        for sheet in self.coordinator.sheets(sample, "/objections"):
            self.coordinator.send(sheet, {"party": party, "kind": "result", "grounds": GROUNDS})
            return 1
        return 0

    def decide(self) -> int:
        """Order a re-test for every objection that waits."""
        reason = {"decision": "reinspect", "reason": "The objection is in time and the backup unit is sealed."}
        page = self.officer.see("/office/decisions")
        if not page.xpath("//form[contains(@action, '/office/objections/')]"):
            return 0
        sheets = [one for one in self.officer.sheets("/office/decisions", "") if _DECISION.search(one.action)]
        for sheet in sheets:
            self.officer.send(sheet, reason)
        return len(sheets)

    def approve_demands(self) -> int:
        """Approve every drafted demand to remove a listing."""
        return _all(self.officer, "/office/notices", "/approval", lambda _: {})

    def propose(self, pages: Sequence[str]) -> int:
        """Propose the results on these pages for publication."""
        return sum(_all(self.coordinator, page, "/publication", lambda _: {}) for page in pages)

    def approve_publications(self) -> int:
        """Approve every proposed publication."""
        return _all(self.officer, "/office/publications", "/approval", lambda _: {})


class Station:
    """A shopper at the sampling station: receives, opens, splits and seals."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor

    def work(self, roll: Roll) -> int:
        """Do the next step of every task that waits for this person, with seals from the roll."""
        return sum(self._step(page, roll) for page in self.visitor.links("/shopper", "/shopper/tasks/"))

    def _step(self, page: str, roll: Roll) -> int:
        code = page.rpartition("-")[2][-6:].upper()
        test, backup = roll()
        steps: tuple[tuple[str, Mapping[str, str]], ...] = (
            ("/parcel", {"weight_g": "640", "condition": "intact"}),
            ("/unpacking", {"matches_listing": "yes", "lot": f"L{code}", "quantity": "2"}),
            ("/seals", {"test_seal": test, "backup_seal": backup, "witness": OFFICER,
                        "place": "Sampling station Hangzhou, shelf 3"}),
        )  # fmt: skip
        for ending, values in steps:
            for sheet in self.visitor.sheets(page, ending):
                self.visitor.send(
                    sheet, values, {"photo": ("photo.png", picture(ending.strip("/"), code), "image/png")}
                )
                return 1
        return 0


def picture(what: str, code: str) -> bytes:
    """Give a photo as the station's camera would make it: a box with its code on a table of many woods.

    No two tables are alike, because one picture sent for two samples is an alarm.
    """
    woods, image = Random(f"{what} {code}"), Image.new("RGB", (480, 360))
    pen = ImageDraw.Draw(image)
    for left in range(0, 480, 40):
        for top in range(0, 360, 40):
            shade = woods.randrange(40, 255)
            pen.rectangle((left, top, left + 40, top + 40), fill=(shade, shade * 9 // 10, shade * 7 // 10))
    pen.rectangle((190, 140, 350, 220), fill="#a9815a", outline="#5d4326", width=4)
    pen.text((200, 172), f"{what} {code}", fill="#222222")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@contextmanager
def everybody(base: str) -> Iterator[tuple[Office, tuple[Station, ...]]]:
    """Give all who work at pages; they leave when the block ends."""
    visitors = {name: Visitor(base, name) for name in (COORDINATOR, OFFICER, *SHOPPERS, *BENCHES.values())}
    try:
        yield Office(visitors[COORDINATOR], visitors[OFFICER]), tuple(Station(visitors[name]) for name in SHOPPERS)
    finally:
        for visitor in visitors.values():
            visitor.close()


def _all(visitor: Visitor, page: str, ending: str, values: Values) -> int:
    sheets: list[Sheet] = visitor.sheets(page, ending)
    for number, sheet in enumerate(sheets, start=1):
        visitor.send(sheet, values(number))
    return len(sheets)
