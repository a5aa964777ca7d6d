"""From lines to reports: what only shows when a file is seen as a whole, and all or nothing of each report."""

from collections.abc import Iterator, Mapping, Sequence

from labs.formats.heading import Line, lines
from labs.formats.line import Read, read_line
from labs.formats.table import Expected, Table
from labs.numeral import plain, read_number
from labs.report import Reading, Report
from labs.result import Finding, Result
from labs.units import canonical_unit

Pair = tuple[Line, Read]


def assemble(table: Table, sha256: str, expected: Expected) -> Reading:
    """Give the reports of a table and every finding; a report with something held in it is left out whole."""
    found = list(table.findings)
    if any(finding.reaction == "reject" for finding in found):
        return Reading((), tuple(found))
    data, headed = lines(table)
    found += headed
    if any(finding.reaction == "reject" for finding in headed):
        return Reading((), tuple(found))
    if not data:
        found.append(Finding("no-rows", "reject", None, None, "", ""))
    found += _whole_file(data)
    kept = _once(data, found)
    pairs = [(line, read_line(line, expected)) for line in kept]
    found += [finding for _, read in pairs for finding in read.findings]
    found += _conflicts(pairs)
    groups = _by_report(pairs)
    for group in groups.values():
        found += [*_one_report(group), *_versions(group, sha256, expected), *_missing(group, expected)]
    return Reading(_reports(groups, found), tuple(sorted(found, key=lambda finding: finding.row or 0)))


def _once(data: Sequence[Line], found: list[Finding]) -> list[Line]:
    """The lines without exact repetitions."""
    kept: dict[tuple[tuple[str, str], ...], Line] = {}
    for line in data:
        cells = tuple(line.cells.items())
        if cells in kept:
            found.append(Finding("duplicate-row", "fix", line.number, None, "", str(kept[cells].number)))
        else:
            kept[cells] = line
    return list(kept.values())


def _by_report(pairs: Sequence[Pair]) -> dict[str, list[Pair]]:
    groups: dict[str, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(pair[0]["report_no"], []).append(pair)
    return groups


def _whole_file(data: Sequence[Line]) -> Iterator[Finding]:
    swapped = sum(_swapped(line) for line in data)
    if swapped * 2 > len(data):
        yield Finding("columns-swapped", "hold", None, "result_text", str(swapped), "")
    hidden = [line.number for line in data if "hidden" in line.marks.values()]
    if hidden:
        yield Finding("hidden-cells", "hold", None, None, ", ".join(map(str, hidden[:10])), "")
    typed = dict.fromkeys(name for line in data for name, kind in line.marks.items() if kind == "number")
    for name in typed:
        yield Finding("number-not-text", "warn", None, name, "", "")


def _swapped(line: Line) -> bool:
    """A unit where the result belongs, or a number where the unit does; `1` may be either."""
    unit, result = line["unit"], line["result_text"]
    number = read_number(plain(unit)).value is not None and unit != "1"
    return number or (canonical_unit(result) is not None and result != "1")


def _conflicts(pairs: Sequence[Pair]) -> Iterator[Finding]:
    """Two lines with one key and different values: neither is believed."""
    seen: dict[tuple[object, ...], list[int]] = {}
    for _, read in pairs:
        if read.result:
            seen.setdefault(_key(read.result), []).append(read.result.row)
    for rows in seen.values():
        for row in rows if len(rows) > 1 else ():
            others = ", ".join(str(other) for other in rows if other != row)
            yield Finding("conflicting-rows", "hold", row, "result_text", others, "")


def _key(result: Result) -> tuple[object, ...]:
    return (
        result.report_no,
        result.report_version,
        result.blind_code,
        result.item,
        result.method,
        result.replicate,
    )


def _one_report(group: Sequence[Pair]) -> Iterator[Finding]:
    for column in ("report_version", "issued_on", "report_kind"):
        told = dict.fromkeys(line[column] for line, _ in group)
        if len(told) > 1:
            odd = next(line for line, _ in group if line[column] != group[0][0][column])
            yield Finding("report-differs", "hold", odd.number, column, odd[column], group[0][0][column])


def _versions(group: Sequence[Pair], sha256: str, expected: Expected) -> Iterator[Finding]:
    """The same bytes again are harmless; other bytes under a known number and version are a silent revision."""
    line = group[0][0]
    result = next((read.result for _, read in group if read.result), None)
    if result is None:
        return
    number, version = result.report_no, result.report_version
    before = max((known for name, known in expected.known if name == number), default=0)
    if (number, version) in expected.known:
        same = expected.known[number, version] == sha256
        rule, reaction = ("already-received", "warn") if same else ("silent-revision", "hold")
        yield Finding(rule, reaction, line.number, "report_version", str(version), str(before + 1))
    elif version != before + 1:
        yield Finding("version-gap", "hold", line.number, "report_version", str(version), str(before + 1))


def _missing(group: Sequence[Pair], expected: Expected) -> Iterator[Finding]:
    """An ordered item without a line leaves the verdict on hold; the report itself is still true."""
    told = {(line["sample_code"], line["item_code"]) for line, _ in group}
    for sample in dict.fromkeys(sample for sample, _ in told if sample in expected.orders):
        for item in expected.orders[sample]:
            if (sample, item) not in told:
                yield Finding("item-absent", "warn", None, "item_code", sample, item)


def _reports(groups: Mapping[str, Sequence[Pair]], found: Sequence[Finding]) -> tuple[Report, ...]:
    grave = {finding.row for finding in found if finding.reaction in {"hold", "reject"}}
    rows = {number: {line.number for line, _ in group} for number, group in groups.items()}
    if grave - set().union(*rows.values()):
        return ()  # what cannot be laid to one report holds them all
    return tuple(_report(number, group) for number, group in groups.items() if not grave & rows[number])


def _report(number: str, group: Sequence[Pair]) -> Report:
    results = tuple(read.result for _, read in group if read.result)
    line = group[0][0]
    return Report(
        lab=line["lab_code"],
        number=number,
        version=results[0].report_version,
        kind=line["report_kind"] or "final",
        issued_on=next(read.issued_on for _, read in group if read.issued_on),
        results=results,
    )
