"""The money of a campaign as CSV files, for whoever books it elsewhere."""

import csv
import io
from collections.abc import Iterable, Mapping
from uuid import UUID

from sampling.budget import MoneyEntry, Reimbursement
from sampling.table import FORMULA

ENTRY = ("at", "step", "kind", "amount", "held", "currency", "sample", "shopper", "reference", "note", "by")
OWED = ("shopper", "paid", "refunded", "given", "owed", "currency")


def entries_csv(entries: Iterable[MoneyEntry], samples: Mapping[UUID, str]) -> bytes:
    """Give every entry as a row; `samples` names the sample of each order."""
    rows = (
        (
            one.at.isoformat(), one.step, one.kind, one.amount.amount, one.held.amount, one.amount.currency,
            samples[one.purchase_id] if one.purchase_id else "", _text(one.shopper), _text(one.reference),
            _text(one.note), _text(one.by),
        )
        for one in entries
    )  # fmt: skip
    return _csv(ENTRY, rows)


def reimbursements_csv(found: Iterable[Reimbursement]) -> bytes:
    """Give what each shopper is owed as a row."""
    rows = (
        (
            _text(one.shopper), one.paid.amount, one.refunded.amount, one.advanced.amount, one.owed.amount,
            one.paid.currency,
        )
        for one in found
    )  # fmt: skip
    return _csv(OWED, rows)


def _csv(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def _text(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
