"""The table of a preview as a CSV file, a row a stratum, for whoever wants to sort and sum it."""

import csv
import io
from decimal import Decimal

from sampling.preview import Preview, StratumPreview

COLUMNS = (
    "stratum", "targeted", "listings", "share", "expected_failure_rate", "price_anomalies", "samples", "reserve",
    "fewer_than_asked", "standard_error", "smallest_rate_seen", "cost_each", "price_guessed", "cost", "currency",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would work out instead of showing it."""


def to_csv(preview: Preview) -> bytes:
    """Give UTF-8 with its mark, so that spreadsheets read Chinese, and formulas disarmed."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(map(_cells, preview.rows))
    return out.getvalue().encode("utf-8-sig")


def _cells(row: StratumPreview) -> tuple[str, ...]:
    return (
        f"'{row.name}" if row.name.startswith(FORMULA) else row.name, _flag(row.targeted), str(row.listings),
        f"{row.share:.6f}", f"{row.mean_rate:.6f}", str(row.anomalies), str(row.n), str(row.reserve), _flag(row.short),
        "" if row.error is None else f"{row.error:.6f}", str(row.smallest_rate), _amount(row.cost_each),
        _flag(row.guessed), _amount(row.cost.amount), row.cost.currency,
    )  # fmt: skip


def _amount(amount: Decimal) -> str:
    return str(amount.quantize(Decimal("0.01")))


def _flag(yes: bool) -> str:
    return "yes" if yes else "no"
