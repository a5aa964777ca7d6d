"""Tests one consignment: python -m demo.laboratory < job.json > results.csv."""

import json
import sys
from datetime import date

from demo.laboratory import Report, results_for


def main() -> None:
    """Reads {"units", "models", "report"} from standard input and writes the result file."""
    job = json.load(sys.stdin)
    head = job["report"]
    for day in ("received_on", "issued_on"):
        head[day] = date.fromisoformat(head[day])
    sys.stdout.buffer.write(results_for(job["units"], job["models"], Report(**head)))


if __name__ == "__main__":
    main()
