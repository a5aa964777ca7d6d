"""The weights, priors, half-lives and caps a score is computed with, read from the file of the rulebooks."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from typing import Any

from reputation.errors import BadParameters


@dataclass(frozen=True, slots=True)
class Beta:
    """A component whose evidence adds up: the prior as counts for and against, and how evidence fades."""

    weight: Decimal
    prior_for: Decimal
    prior_against: Decimal
    half_life_days: int
    most: int | None
    actor_pause_days: int | None
    targeted_weight: Decimal | None = None
    """Where drawn units are told from picked ones: what a picked one weighs."""


@dataclass(frozen=True, slots=True)
class Step:
    """A component that is a state: the newest row of each source counts, whole and undecayed."""

    weight: Decimal
    prior: Decimal


@dataclass(frozen=True, slots=True)
class Cap:
    """The most a subject may score while a restriction stands, and the component it silences."""

    most: Decimal
    mutes: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """How a brand or a platform is scored."""

    weight_inspection: Decimal
    weight_in_time: Decimal
    weight_stayed_down: Decimal
    prior_rate: Decimal
    prior_for: Decimal
    prior_against: Decimal
    least_n_effective: Decimal


@dataclass(frozen=True, slots=True)
class Parameters:
    """One version of the score file."""

    version: str
    status: str
    rated_from: Decimal
    confidence: Decimal
    severity: Mapping[str, Decimal]
    components: Mapping[str, Beta | Step]
    caps: Mapping[str, Cap]
    group: Group


def load() -> Parameters:
    """Give the score parameters that ship with the code."""
    return read(files("rulebooks").joinpath("score.toml").read_text(encoding="utf-8"))


def read(text: str) -> Parameters:
    """Give the parameters a file holds; a part that is missing or wrong, or weights not 100, raise BadParameters."""
    try:
        found = _parameters(tomllib.loads(text))
    except (KeyError, TypeError, ArithmeticError, tomllib.TOMLDecodeError) as wrong:
        raise BadParameters(f"the score file cannot be read: {wrong}") from wrong
    group = found.group
    for name, weights in (
        ("component", [part.weight for part in found.components.values()]),
        ("group", [group.weight_inspection, group.weight_in_time, group.weight_stayed_down]),
    ):
        if sum(weights) != 100:
            raise BadParameters(f"the weights of {name} do not add up to 100")
    return found


def _parameters(table: Mapping[str, Any]) -> Parameters:
    return Parameters(
        version=table["version"],
        status=table["status"],
        rated_from=Decimal(table["rated_from"]),
        confidence=Decimal(table["confidence"]),
        severity={name: Decimal(value) for name, value in table["severity"].items()},
        components={name: _component(part) for name, part in table["component"].items()},
        caps={name: Cap(Decimal(cap["most"]), cap.get("mutes")) for name, cap in table["cap"].items()},
        group=Group(**{name: Decimal(value) for name, value in table["group"].items()}),
    )


def _component(part: Mapping[str, Any]) -> Beta | Step:
    if "prior" in part:
        return Step(Decimal(part["weight"]), Decimal(part["prior"]))
    return Beta(
        weight=Decimal(part["weight"]),
        prior_for=Decimal(part["prior_for"]),
        prior_against=Decimal(part["prior_against"]),
        half_life_days=part["half_life_days"],
        most=part.get("most"),
        actor_pause_days=part.get("actor_pause_days"),
        targeted_weight=Decimal(part["targeted_weight"]) if "targeted_weight" in part else None,
    )
