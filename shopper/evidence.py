"""The commands that look at bundles: verify them, and compare two; they need neither database nor settings."""

import json
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

from sampling.edge.bundle import load
from sampling.errors import UnreadableBundle, WrongKeys
from sampling.evidence.comparison import Comparison, Side, compared
from sampling.evidence.contents import opened as contents
from sampling.evidence.credentials import read as read_credentials
from sampling.evidence.difference import framed
from sampling.evidence.sentences import FIRST_FORM
from sampling.evidence.trust import Trust
from sampling.evidence.verification import Verdict, Verified, exit_code, tally
from sampling.text import Text
from shopper.errors import CommandError

VERDICTS = {
    Verdict.TIMESTAMPED: Text("通过，时间已由 {by} 证明", "OK, its time proved by {by}"),
    Verdict.SEALED: Text("通过，尚无时间戳", "OK, not time-stamped yet"),
    Verdict.FAULTY: Text("未通过", "NOT OK"),
}
UNPROVED = Text("未核对签署者身份：请用 --keys", "whose key it is was not checked: use --keys")


def verify(chosen: Namespace) -> int:
    """Print a sentence for each thing that is wrong, then OK or NOT OK, for every bundle; the code is the worst."""
    trust = _trust(chosen.keys)
    found = [(path, _tallied(path, trust)) for path in chosen.bundles]
    if chosen.json:
        print(json.dumps({"bundles": [_document(*pair) for pair in found]}, ensure_ascii=False, indent=1))
    else:
        for path, one in found:
            print("\n".join(f"{path}: {line}" for line in _lines(one, chosen.language)))
    return exit_code(Verdict.UNREADABLE if isinstance(one, UnreadableBundle) else one.verdict for _, one in found)


def compare(chosen: Namespace) -> int:
    """Print how the later capture differs from the earlier; 0 where nothing does, 1 where something does."""
    before, after = (contents(load(path)).side() for path in (chosen.before, chosen.after))
    found = compared(before, after)
    if chosen.pictures is not None:
        _frame(chosen.pictures, before, after, found)
    print(json.dumps(found.to_json(), ensure_ascii=False, indent=1) if chosen.json else "\n".join(_told(found)))
    return 0 if found.same else 1


def _trust(keys: Path | None) -> Trust | None:
    """Without a file a bundle is measured by the keys it brings along."""
    if keys is None:
        return None
    try:
        return read_credentials(keys.read_bytes()).trust()
    except OSError as error:
        raise CommandError(f"{keys} cannot be read: {error.strerror}.") from error
    except WrongKeys as error:
        raise CommandError(f"{keys} holds no credentials to believe: {error}.") from error


def _tallied(path: Path, trust: Trust | None) -> Verified | UnreadableBundle:
    try:
        return tally(load(path), trust=trust)
    except UnreadableBundle as error:
        return error


def _lines(one: Verified | UnreadableBundle, language: str) -> list[str]:
    if isinstance(one, UnreadableBundle):
        return [str(one)]
    by = ", ".join(dict.fromkeys(stamp.code for stamp in one.stamps))
    last = VERDICTS[one.verdict].to(language).format(by=by)
    form = f" {FIRST_FORM.to(language)}" if one.first_form else ""
    asked = "" if one.trusted or one.faults else f" ({UNPROVED.to(language)})"
    return [*(fault.sentence.to(language) for fault in one.faults), last + asked + form]


def _document(path: Path, one: Verified | UnreadableBundle) -> Mapping[str, object]:
    if isinstance(one, UnreadableBundle):
        return {"bundle": str(path), "verdict": "unreadable", "error": str(one)}
    return {"bundle": str(path), **one.to_json()}


def _frame(folder: Path, before: Side, after: Side, found: Comparison) -> None:
    if found.picture is None:
        raise CommandError("One of the captures has no picture, so none can be framed.")
    folder.mkdir(parents=True, exist_ok=True)
    for name, side, regions in (
        ("before", before, found.picture.before),
        ("after", after, found.picture.after),
    ):
        for number, tile in enumerate(framed(side.tiles, regions), 1):
            (folder / f"{name}-{number}.png").write_bytes(tile)


def _told(found: Comparison) -> list[str]:
    if found.same:
        return ["Nothing differs."]
    lines = [f"{change.name}: {change.before or '–'} → {change.after or '–'}" for change in found.fields]
    if found.kinds[0] is not found.kinds[1]:
        lines.insert(0, f"the page was {found.kinds[0].value}, then {found.kinds[1].value}")
    lines += [f"- {line}" for line in found.removed] + [f"+ {line}" for line in found.added]
    lines += [f"and {found.untold} lines more"] if found.untold else []
    if found.picture is None:
        return [*lines, "The pictures cannot be compared."]
    alike = found.picture.similarity
    return [*lines, f"The pictures are alike in {alike // 10}.{alike % 10} % of their pixels."]
