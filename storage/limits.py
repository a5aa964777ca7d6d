"""Limits: each version of a family kept for ever, so that a verdict is given again by what it was given by."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from labs.errors import UnknownLimits
from labs.limits import Limit, Limits, Plan, Repeatability, load
from labs.verdict import Outcome, Verdict
from sampling.digest import canonical, sha256
from sampling.text import Text
from storage.errors import Conflict, NotFound
from storage.schema.judgement import LimitFamilyRow, LimitRow, LimitTakenRow

Kind = TypeVar("Kind")

UNCONFIRMED = "unconfirmed"
"""The status of a limit that was remembered and not read at its source."""
_INDEXED = ("standard", "edition", "item", "category", "valid_from", "valid_to")


def keep(unit: Session, limits: Limits, *, at: datetime) -> None:
    """Keep a version of a family, once, and that it is in force from now on.

    The same version with another content raises Conflict; one that was in force before may be taken again.
    """
    rows = [_plain(limit) for limit in limits.limits]
    apart = [_plain(one) for one in limits.repeatabilities]
    digest = sha256(canonical({"limits": rows, "repeatabilities": apart}))
    known = unit.get(LimitFamilyRow, (limits.code, limits.version))
    if known is not None and known.sha256 != digest:
        raise Conflict(f"{limits.rule_version} was kept with other limits: a change needs a version of its own")
    if known is None:
        unit.add(LimitFamilyRow(code=limits.code, version=limits.version, sha256=digest, repeatabilities=apart,
                                recorded_at=at))  # fmt: skip
        unit.flush()
        for place, limit in enumerate(limits.limits):
            same = {name: getattr(limit, name) for name in _INDEXED}
            unit.add(LimitRow(family=limits.code, version=limits.version, limit_id=limit.id, place=place,
                              facts=rows[place], **same))  # fmt: skip
    if _taken(unit, limits.code) != limits.version:
        unit.add(LimitTakenRow(family=limits.code, version=limits.version, taken_at=at))
    unit.flush()


def _taken(unit: Session, code: str) -> str | None:
    """The version of a family that was taken into force last."""
    wanted = select(LimitTakenRow.version).filter_by(family=code)
    return unit.scalar(wanted.order_by(LimitTakenRow.taken_at.desc(), LimitTakenRow.id.desc()).limit(1))


def family(unit: Session, rule_version: str) -> Limits:
    """Give the version of a family that a verdict names, or raise NotFound."""
    code, _, version = rule_version.partition("@")
    kept = unit.get(LimitFamilyRow, (code, version))
    if kept is None:
        raise NotFound(f"{rule_version} was not kept")
    rows = unit.scalars(select(LimitRow).filter_by(family=code, version=version).order_by(LimitRow.place))
    apart = tuple(_record(Repeatability, row) for row in kept.repeatabilities)
    return Limits(code, version, tuple(_record(Limit, row.facts) for row in rows), apart)


def of_rules(unit: Session, rule_version: str) -> Mapping[str, Limit]:
    """Give the limits by their ids that a verdict by this rule version was given by.

    Where the version was never kept they are those shipped under the family's code; none where nothing is.
    """
    try:
        given = family(unit, rule_version)
    except NotFound:
        try:
            given = load(rule_version.partition("@")[0])
        except UnknownLimits:
            return {}
    return {limit.id: limit for limit in given.limits}


def unread(verdict: Verdict, known: Mapping[str, Limit]) -> tuple[Limit, ...]:
    """Give those of the known limits under a failure that nobody read at their source; none where nothing fails."""
    if verdict.outcome is not Outcome.FAIL:
        return ()
    failed = (known.get(item.limit_id or "") for item in verdict.items if item.outcome is Outcome.FAIL)
    return tuple(limit for limit in failed if limit is not None and limit.status == UNCONFIRMED)


def in_force(unit: Session, item: str, category: str, on: date, *, known_at: datetime, **more: str) -> list[Limit]:
    """Give the limits of an item in a category on a day, as they were known at a moment, of every family.

    `more` narrows them by `standard` or `edition`.
    """
    taken = (
        select(LimitTakenRow.family, LimitTakenRow.version)
        .where(LimitTakenRow.taken_at <= known_at)
        .distinct(LimitTakenRow.family)
        .order_by(LimitTakenRow.family, LimitTakenRow.taken_at.desc(), LimitTakenRow.id.desc())
        .subquery()
    )
    wanted = (
        select(LimitRow)
        .join(taken, (taken.c.family == LimitRow.family) & (taken.c.version == LimitRow.version))
        .filter(LimitRow.item == item, LimitRow.category.in_((category, "*")), LimitRow.valid_from <= on)
        .filter((LimitRow.valid_to >= on) | LimitRow.valid_to.is_(None))
        .filter(*(getattr(LimitRow, name) == value for name, value in more.items()))
        .order_by(LimitRow.family, LimitRow.place)
    )
    found = (_record(Limit, row.facts) for row in unit.scalars(wanted))
    return [limit for limit in found if limit.holds(on, known_at.date())]


def _plain(record: Limit | Repeatability) -> dict[str, Any]:
    """The record in words of JSON; numbers and days are texts."""
    return {name: _word(value) for name, value in asdict(record).items()}


def _word(value: Any) -> Any:
    match value:
        case Decimal() | date():
            return str(value)
        case dict():
            return {name: _word(one) for name, one in value.items()}
        case tuple():
            return list(value)
        case _:
            return value


def _record(kind: type[Kind], plain: Mapping[str, Any]) -> Kind:
    types = {field.name: str(field.type) for field in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: _read(types[name], value) for name, value in plain.items()})


def _read(kind: str, value: Any) -> Any:
    if value is None:
        return None
    return next((make(value) for name, make in _MADE.items() if name in kind), value)


def _text(value: Mapping[str, str]) -> Text:
    return Text(**value)


def _plan(value: Mapping[str, Any]) -> Plan:
    return Plan(value["n"], value["c"], Decimal(value["m"]), Decimal(value["top"]))


_MADE: Mapping[str, Callable[[Any], Any]] = {
    "Decimal": Decimal,
    "date": date.fromisoformat,
    "Text": _text,
    "Plan": _plan,
    "tuple": tuple,
}
"""How a field of a type that its annotation names is made of its word."""
