"""The commands of custody: verify a sample's chain, export it as EPCIS, issue seal numbers and make them void."""

import json
import os
from argparse import Namespace
from datetime import datetime
from pathlib import Path

from sampling.dossier import Dossier, custody_faults
from sampling.epcis import document
from sampling.seal import SealKind
from sampling.text import Text
from shopper.administer import opened
from shopper.errors import CommandError
from storage import campaigns, clock, dossiers, samples, seals
from storage.errors import NotFound
from storage.settings import load
from storage.unit import Unit

WHOLE = Text("{code}：保管链完整（{units} 份，{entries} 条记录）", "{code}: OK, {units} units and {entries} entries")
BROKEN = Text("{code}：保管链有 {faults} 处问题", "{code}: NOT OK, {faults} faults")
UNSEALED = Text("{code}：尚未封样，没有保管链", "{code}: never sealed, so there is no custody to verify")


def verify(chosen: Namespace) -> int:
    """Print a sentence for each thing that is wrong with each sample's custody; 0 none, 1 some, 2 no such sample."""
    with opened(load()) as database, database.unit() as unit:
        codes = dossiers.with_units(unit) if chosen.all else chosen.samples
        read = [_gathered(unit, code) for code in codes]
    found = [(one, custody_faults(one)) for one in read]
    if chosen.json:
        samples = [{"sample": one.code, "ok": not faults, "faults": [fault.to_json() for fault in faults]}
                   for one, faults in found]  # fmt: skip
        print(json.dumps({"samples": samples}, ensure_ascii=False, indent=1))
    else:
        for one, faults in found:
            told = [fault.sentence.to(chosen.language) for fault in faults]
            print("\n".join([*told, _last(one, len(faults), chosen)]))
    return 1 if any(faults for _, faults in found) else 0


def export(chosen: Namespace) -> int:
    """Write the custody of samples as GS1 EPCIS 2.0 JSON-LD, a file each; 1 if one does not hold, 2 if one is unknown.

    Of several, those that hold are written all the same.
    """
    settings, many = load(), bool(chosen.all or chosen.campaign)
    if many is bool(chosen.sample):
        raise CommandError("Name one sample, or --all, or --campaign.")
    with opened(settings) as database, database.unit() as unit:
        codes = _chosen(unit, chosen) if many else [chosen.sample]
        read, now = [_gathered(unit, code) for code in codes], clock.now(unit)
    if many:
        _make(chosen.out)
    written = [_export(one, chosen, settings.base_url, now, many=many) for one in read]
    return 0 if all(written) else 1


def _chosen(unit: Unit, chosen: Namespace) -> tuple[str, ...]:
    sealed = dossiers.with_units(unit)
    if not chosen.campaign:
        return sealed
    try:
        within = {one.code for one in samples.of_campaign(unit, campaigns.by_number(unit, chosen.campaign).id)}
    except NotFound as error:
        raise CommandError(f"There is no campaign {chosen.campaign}.") from error
    return tuple(code for code in sealed if code in within)


def _export(one: Dossier, chosen: Namespace, base: str, at: datetime, *, many: bool) -> bool:
    faults = custody_faults(one)
    if faults:
        print("\n".join(fault.sentence.to(chosen.language) for fault in faults))
        return False
    if not one.units:
        raise CommandError(UNSEALED.to(chosen.language).format(code=one.code))
    made, path = document(one, base=base, at=at), chosen.out / f"{one.code}.jsonld" if many else chosen.out
    _write(path, json.dumps(made, ensure_ascii=False, indent=1) + "\n")
    print(f"{path}: {len(made['epcisBody']['eventList'])} events")
    return True


def issue(chosen: Namespace) -> int:
    """Issue fresh seal numbers and print them, one a line."""
    with opened(load()) as database, database.unit() as unit:
        made = seals.issue(unit, SealKind(chosen.kind), chosen.count, by=_who(), at=clock.now(unit))
    print("\n".join(made.numbers))
    return 0


def void(chosen: Namespace) -> int:
    """Take a seal number out of use that was never applied."""
    with opened(load()) as database, database.unit() as unit:
        seal = seals.void(unit, chosen.number, reason=chosen.reason, by=_who(), at=clock.now(unit))
    print(f"{seal.number} is void.")
    return 0


def _gathered(unit: Unit, code: str) -> Dossier:
    try:
        return dossiers.gather(unit, code)
    except NotFound as error:
        raise CommandError(f"There is no sample {code}.") from error


def _last(one: Dossier, faults: int, chosen: Namespace) -> str:
    sentence = BROKEN if faults else WHOLE if one.units else UNSEALED
    entries = sum(map(len, one.chains.values()))
    return sentence.to(chosen.language).format(code=one.code, units=len(one.units), entries=entries, faults=faults)


def _who() -> str:
    """Whoever has the machine's command line is told apart by the account that runs it."""
    return f"command:{os.getuid()}"


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"{folder} cannot be made: {error.strerror}.") from error


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
