"""The standing of a brand or a platform: how its drawn goods did, and how it answers to notices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, localcontext

from reputation.indicators import Basis, Display, Rate
from reputation.parameters import Group, Parameters
from reputation.part import Part, beta_part, quantised
from reputation.score import EXACT, Restriction, Score, assemble

# Half of a 95 % interval, in standard deviations.
_REACH = Decimal("1.959964")


@dataclass(frozen=True, slots=True)
class Governance:
    """What became of the notices: verified facts, not claims."""

    notices: int
    """Whose time has run out or whose takedown is verified."""
    in_time: int
    verified: int
    reappeared: int


def standing(
    subject: str,
    *,
    kind: str,
    rate: Rate,
    governance: Governance,
    at: datetime,
    parameters: Parameters,
    restrictions: Sequence[Restriction] = (),
) -> Score:
    """Give the score of a brand or platform from its own Hájek rate and its conduct, not from its shops' scores.

    A targeted round does not move it: those units say nothing of the rest. Below 30 effective units it is unrated.
    """
    group = parameters.group
    with localcontext(EXACT):
        prior = (group.prior_for, group.prior_against)
        in_time = Decimal(governance.in_time), Decimal(governance.notices - governance.in_time)
        stayed = Decimal(governance.verified - governance.reappeared), Decimal(governance.reappeared)
        parts = [
            _inspection(rate, group),
            beta_part("in_time", weight=group.weight_in_time, prior=prior, counts=in_time),
            beta_part("stayed_down", weight=group.weight_stayed_down, prior=prior, counts=stayed),
        ]
        return assemble(
            subject=subject,
            kind=kind,
            parts=parts,
            restrictions=[restriction for restriction in restrictions if restriction.stands(at)],
            influences=(),
            n_effective=rate.n_effective,
            rated=rate.display is Display.RATE and rate.n_effective >= group.least_n_effective,
            at=at,
            parameters=parameters,
            rate=rate,
        )


def _inspection(rate: Rate, group: Group) -> Part:
    weight, prior = group.weight_inspection, 1 - group.prior_rate
    if rate.rate is None or rate.low is None or rate.high is None or rate.basis is Basis.RISK_TARGETED:
        mass = group.prior_for + group.prior_against + 1
        return Part("inspection", weight, prior, prior, Decimal(0), Decimal(0), weight**2 * prior * (1 - prior) / mass)
    mean = 1 - rate.rate
    deviation = weight * (rate.high - rate.low) / (2 * _REACH)
    change = quantised(weight * (mean - prior))
    return Part("inspection", weight, prior, mean, change, rate.n_effective, deviation**2)
