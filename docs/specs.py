"""The rules as a page: every value of the rulebooks, limits, risk and score files with its source and its status."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from labs.limits import Limit
from labs.limits import load as load_limits
from labs.procedure import procedures
from sampling.rulebook import Rule, Rulebook
from sampling.rulebook import load as load_rulebook

FOLDER = Path(__file__).resolve().parent.parent / "rulebooks"
SCORES, RISK, LABORATORIES = "score.toml", "risk.toml", "performance.toml"


def page() -> str:
    """Give all rule tables as one Markdown page."""
    lines = [
        "# Rules in force",
        "",
        "Built from `rulebooks/*.toml` by `make docs`. The status says how a value is known: `read` in the text of its",
        "source, `secondary` in a summary of it, `unconfirmed` from memory or as a proposal of this product. Only what",
        "is `read` may be relied upon as law; the others have to be confirmed first.",
    ]
    for code in _files_with("rules"):
        lines += _rulebook(code)
    lines += [*_procedures(), *_duties(), *_calendars()]
    for code in _files_with("limits"):
        lines += _limits(code)
    lines += [*_plain("Risk · 风险", RISK), *_plain("Score · 信誉评分", SCORES)]
    return "\n".join([*lines, *_plain("Laboratories · 检验机构", LABORATORIES)]) + "\n"


def _rulebook(code: str) -> Iterator[str]:
    book, facts = load_rulebook(code), _facts(f"{code}.toml")
    yield from ("", f"## {facts['title']['en']} · {facts['title']['zh']}", "")
    yield from (f"`rulebooks/{code}.toml`, version {book.version}; days are counted in {book.timezone}.", "")
    yield from ("| Rule | Value | Unit | Roll-over | Source | Status |", "|---|---|---|---|---|---|")
    yield from (_rule(rule) for rule in book.rules.values())
    yield from _rungs(book)
    yield from ("", "| Source | Text |", "|---|---|")
    yield from (f"| {key} | {text} |" for key, text in facts["sources"].items())


def _rule(rule: Rule) -> str:
    roll = "" if rule.rollover == "none" else rule.rollover.replace("_", " ")
    unit = "" if rule.unit == "none" else rule.unit.replace("_", " ")
    return f"| `{rule.key}` | {_value(rule.value)} | {unit} | {roll} | {rule.source} | {rule.status} |"


def _rungs(book: Rulebook) -> Iterator[str]:
    yield from ("", "The ladder of a demand that is not answered:", "")
    yield from ("| Step | Due | Addressee | Action | Source | Status |", "|---|---|---|---|---|---|")
    for rung in book.rungs:
        later = f" and {rung.hours_after} h" if rung.hours_after else ""
        due = f"{rung.percent} % of the limit{later}"
        yield f"| {rung.step} | {due} | {rung.addressee} | {rung.action} | {rung.source} | {rung.status} |"


def _procedures() -> Iterator[str]:
    facts = _facts("objections.toml")
    for one in procedures():
        yield from ("", f"## Objections {one.code} · 异议", "")
        yield f"`rulebooks/objections.toml`, version {facts['version']}; in force from {one.in_force}; {one.timezone}."
        yield from ("", "| Rule | Value | Unit | Roll-over | Source | Status |", "|---|---|---|---|---|---|")
        yield from (_rule(window.rule) for window in one.windows)
        yield from (_rule(rule) for rule in one.rules.values())
        yield ""
        for window in one.windows:
            who = f"{_value(window.kinds)}; by {_value(window.parties)}; from when it was {window.counts_from}"
            yield f"`{window.rule.key}`: {who}."
    yield from ("", "| Source | Text |", "|---|---|")
    yield from (f"| {key} | {text} |" for key, text in facts["sources"].items())


def _duties() -> Iterator[str]:
    facts = _facts("retention.toml")
    yield from (
        "",
        "## Duties to keep units · 样品留存义务",
        "",
        f"`rulebooks/retention.toml`, version {facts['version']}.",
    )
    yield from ("", "| Duty | Case | In force from | Kept for | Counted from | Shelf life ends it | Source | Status |")
    yield "|---|---|---|---|---|---|---|---|"
    for one in facts["duties"]:
        length = f"{one['value']} {one['unit'].replace('_', ' ')}"
        ends = _value(one["until_expiry"])
        yield (
            f"| `{one['code']}` | {one['ending']} | {one['from']} | {length} | {one['counts_from']} | {ends} "
            f"| {one['source']} | {one['status']} |"
        )


def _calendars() -> Iterator[str]:
    facts = _facts("calendars.toml")
    yield from ("", "## Calendars · 假日历", "", f"`rulebooks/calendars.toml`, version {facts['version']}.", "")
    yield from ("| Country | Package | Years | Years told here |", "|---|---|---|---|")
    for code, one in facts.items():
        if code != "version":
            told = ", ".join(f"{year['year']} ({year['status']})" for year in one.get("years", ()))
            yield f"| {code} | {one['package']} | {one['first']} to {one['last']} | {told} |"


def _limits(code: str) -> Iterator[str]:
    family = load_limits(code)
    yield from (
        "",
        f"## Limits {code.partition('-')[2].upper()} · 限量要求",
        "",
        f"`rulebooks/{code}.toml`, version {family.version}.",
        "",
    )
    yield "| Item | 项目 | Category | Requirement | Compared | Rule | Severity | In force from | Source | Status |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    yield from (_limit(limit) for limit in family.limits)


def _limit(limit: Limit) -> str:
    name, since = limit.item_name, limit.valid_from.isoformat()
    until = f" to {limit.valid_to.isoformat()}" if limit.valid_to else ""
    return (
        f"| {name.en} | {name.zh} | {limit.category} | {_requirement(limit)} | {limit.mode} | {limit.decision_rule} "
        f"| {limit.severity} | {since}{until} | {limit.source} | {limit.status} |"
    )


def _requirement(limit: Limit) -> str:
    match limit.kind:
        case "max" if limit.lenient is not None:
            return f"≤ {limit.high} {limit.unit}; > {limit.lenient} fails, between them the form decides"
        case "max":
            return f"{'<' if limit.strict else '≤'} {limit.high} {limit.unit}"
        case "min":
            return f"{'>' if limit.strict else '≥'} {limit.low} {limit.unit}"
        case "range":
            return f"{limit.low} to {limit.high} {limit.unit}"
        case "plan" if limit.plan is not None:
            n, c, m, top = limit.plan.n, limit.plan.c, limit.plan.m, limit.plan.top
            return f"n = {n}, c = {c}, m = {m}, M = {top} {limit.unit}"
        case _:
            return f"not detected at {limit.high} {limit.unit}"


def _plain(title: str, name: str) -> Iterator[str]:
    facts = _facts(name)
    yield from ("", f"## {title}", "")
    yield from (f"`rulebooks/{name}`, version {facts['version']}, status {facts['status']}.", "")
    yield from ("| Parameter | Value |", "|---|---|")
    yield from (f"| `{key}` | {_value(value)} |" for key, value in _leaves(facts))


def _leaves(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{before}{name}.")
        elif before or name not in ("version", "status"):
            yield before + name, value


def _value(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return ", ".join(map(str, value))
        case _:
            return str(value)


def _files_with(table: str) -> list[str]:
    return [path.stem for path in sorted(FOLDER.glob("*.toml")) if table in _facts(path.name)]


def _facts(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
