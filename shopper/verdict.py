"""The command of verdicts: gives each again from stored results and limits, and says what differs."""

import json
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import chain

from labs import limits
from labs.errors import LabError
from labs.replay import Difference, differences
from labs.verdict import Verdict
from sampling.text import Text
from shopper.administer import opened
from shopper.errors import CommandError
from storage import bases, samples, verdicts
from storage.errors import NotFound
from storage.settings import load
from storage.unit import Unit

SAME = Text("重算 {count} 份判定：{differing} 份不同", "{count} verdicts given again: {differing} differ")
OTHERWISE = Text(
    "判定 {id}：{item}{field} 存为 {stored}，重算为 {given}",
    "verdict {id}: {item}{field} is {stored}, again {given}",
)
GONE = Text("判定 {id}：无法重算：{reason}", "verdict {id}: cannot be given again: {reason}")


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of giving one verdict again."""

    id: str
    differences: tuple[Difference, ...] = ()
    missing: str = ""
    """What it needs and is not there any more."""

    @property
    def same(self) -> bool:
        """Whether it is what it was."""
        return not self.differences and not self.missing


def replay(chosen: Namespace) -> int:
    """Print each difference between stored verdicts and the same given again; 0 none, 1 some, 2 no such sample."""
    with opened(load()) as database, database.unit() as unit:
        stored = verdicts.every(unit) if chosen.all else _of_samples(unit, chosen.samples)
        done = [_again(unit, verdict) for verdict in list(stored)]
    differing = [one for one in done if not one.same]
    if chosen.json:
        told = [asdict(one) for one in differing]
        print(json.dumps({"verdicts": len(done), "differing": told}, ensure_ascii=False, indent=1))
    else:
        for sentence in chain.from_iterable(_sentences(one, chosen.language) for one in differing):
            print(sentence)
        print(SAME.to(chosen.language).format(count=len(done), differing=len(differing)))
    return 1 if differing else 0


def _again(unit: Unit, verdict: Verdict) -> Replayed:
    try:
        given = bases.give_again(unit, verdict, (limits.load(limits.IN_FORCE),))
    except (NotFound, LabError) as error:
        return Replayed(str(verdict.id), missing=str(error))
    return Replayed(str(verdict.id), differences(verdict, given))


def _of_samples(unit: Unit, codes: list[str]) -> Iterator[Verdict]:
    for code in codes:
        try:
            yield from verdicts.of_sample(unit, samples.by_code(unit, code).id)
        except NotFound as error:
            raise CommandError(f"There is no sample {code}.") from error


def _sentences(one: Replayed, language: str) -> Iterator[str]:
    if one.missing:
        yield GONE.to(language).format(id=one.id, reason=one.missing)
    for told in one.differences:
        item = f"{told.item} " if told.item else ""
        yield OTHERWISE.to(language).format(
            id=one.id, item=item, field=told.field, stored=told.stored, given=told.given
        )
