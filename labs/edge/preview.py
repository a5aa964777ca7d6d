"""The preview: how a laboratory's file will be read, with every finding, before anything of it is stored."""

import json
import sys
from datetime import datetime

from labs.edge.child import NOT_ANSWERS, ChildFailed, asked, questioned
from labs.edge.door import Scan, take_in
from labs.formats import Expected
from labs.formats.shown import Preview, Shown, may_be_shown, record, restored, show
from labs.signed import ReportRule, Sent

_SECONDS, _MEGABYTES = 30, 1024


def preview(
    sent: Sent, expected: Expected, rule: ReportRule, at: datetime, *, scan: Scan | None = None
) -> Preview:  # fmt: skip
    """Give how a table and its report are read, with the start of the table where it could be opened."""
    reading, report = take_in(sent, expected, rule, at=at, scan=scan)
    return Preview(reading, report, _shown(sent.table, expected) if may_be_shown(reading) else None)


def main() -> None:
    """Write the start of the file that stands on standard input as JSON."""
    mapping, data = questioned()
    json.dump(record(show(data, mapping)), sys.stdout)


def _shown(data: bytes, expected: Expected) -> Shown | None:
    try:
        answer = asked("labs.edge.preview", expected.mapping, data, seconds=_SECONDS, megabytes=_MEGABYTES)
        return restored(json.loads(answer))
    except (ChildFailed, *NOT_ANSWERS):
        return None


if __name__ == "__main__":
    main()
