"""What a laboratory says of a result beside its number: its basis, seal and standing, and its own conclusion."""

from collections.abc import Iterator

import numpy as np

from labs.bulk import OUTCOMES, judge_rows
from labs.columns import Columns
from labs.formats.line import told
from labs.formats.numbers import kept_rows
from labs.formats.sheet import Notes, Rule, rewritten
from labs.formats.table import Expected, columns
from labs.result import Finding

_RULES = {
    "basis": ("basis-other", "hold"),
    "seal_state": ("seal-not-intact", "hold"),
    "accredited": ("accreditation-denied", "hold"),
    "subcontracted": ("test-subcontracted", "hold"),
    "dilution": ("dilution-told", "warn"),
}
"""Column to the rule that another word than a plain one breaks, and how grave that is."""


def check_said(notes: Notes) -> None:
    """Tell of results on another basis, behind a seal that was not whole, or from somebody else's bench."""
    for name in _RULES:
        notes.each((name,), _plain(name))
    notes.each(("lab_conclusion",), _known)


def check_conclusions(notes: Notes, read: Columns, expected: Expected) -> None:
    """Tell where a laboratory passes what the limits fail, or fails what they pass; each row stands alone."""
    said = [columns().conclusions.get(word.lower(), "") for word in notes.sheet.column("lab_conclusion").words]
    if expected.limits is None or not {"pass", "fail"} & set(said):
        return
    words = np.array(said)[notes.sheet.column("lab_conclusion").codes]
    asked = np.isin(words, ("pass", "fail")) & ~notes.held
    rows, places = kept_rows(read, asked), asked.nonzero()[0]
    goods = rewritten(rows.sample, lambda code: expected.categories.get(code, ""))
    bought = [expected.bought.get(code, expected.today) for code in rows.sample.words]
    days = np.array(bought, "datetime64[D]")[rows.sample.codes]
    judged = judge_rows(rows, goods, expected.limits, days, expected.today)
    for place, word, outcome in zip(places.tolist(), words[places].tolist(), judged.outcome.tolist(), strict=True):
        ours = OUTCOMES[outcome].value
        if {word, ours} == {"pass", "fail"}:
            text = notes.sheet.column("lab_conclusion").at(place) or ""
            notes.tell_at(place, told("conclusion-differs", "lab_conclusion", found=text, expected=ours))


def _plain(name: str) -> Rule:
    words, (rule, reaction) = columns().plain[name], _RULES[name]

    def check(text: str) -> Iterator[Finding]:
        if text and text.lower() not in words:
            yield told(rule, name, found=text, expected=", ".join(sorted(words)), reaction=reaction)

    return check


def _known(text: str) -> Iterator[Finding]:
    if text and text.lower() not in columns().conclusions:
        known = ", ".join(columns().conclusions)
        yield told("conclusion-unknown", "lab_conclusion", found=text, expected=known)
