"""The rulebook for product spot checks in China: values, and how well each is known."""

import tomllib
from importlib.resources import files

import pytest

from sampling.rulebook import load

VALUES = [  # key, value, unit, status, source
    ("result_notice_limit", 5, "working_days", "secondary", "SAIC15"),
    ("platform_takedown_limit_safety", 24, "hours", "unconfirmed", "product"),
    ("platform_takedown_limit", 3, "working_days", "unconfirmed", "product"),
    ("backup_required", True, "none", "unconfirmed", "O18"),
    ("consent_limit", 2, "working_days", "unconfirmed", "product"),
    ("no_backup_categories", (), "none", "unconfirmed", "product"),
    ("twin_persons", 2, "none", "unconfirmed", "product"),
    ("samplers_min_at_unboxing", 2, "none", "unconfirmed", "product"),
    ("samplers_per_case", 2, "none", "unconfirmed", "O18"),
    ("correction_limit", 3, "working_days", "unconfirmed", "O45 11"),
    ("shopper_merchant_gap", 90, "calendar_days", "unconfirmed", "product"),
    ("evidence_retention", 24, "months", "unconfirmed", "O18"),
    ("takedown.revisits", (0, 7, 30, 90), "calendar_days", "unconfirmed", "product"),
    ("takedown.min_gap", 30, "minutes", "unconfirmed", "product"),
    ("takedown.agreeing_checks", 2, "none", "unconfirmed", "product"),
    ("notice_addressees", ("seller", "platform", "nominal_producer"), "none", "unconfirmed", "O18"),
]

RUNGS = [  # step, share of the limit, hours after that, addressee
    (1, 50, 0, "platform"),
    (2, 100, 0, "platform_compliance_head"),
    (3, 100, 24, "platform_home_authority"),
    (4, 100, 72, "enforcement"),
]


@pytest.mark.parametrize(("key", "value", "unit", "status", "source"), VALUES)
def test_a_rule_has_its_value_and_says_how_well_it_is_known(
    key: str, value: object, unit: str, status: str, source: str
) -> None:
    rule = load("cn-product").rule(key)
    assert (rule.value, rule.unit, rule.status, rule.source) == (value, unit, status, source)


def test_the_ladder_climbs_from_a_reminder_to_an_order() -> None:
    rungs = load("cn-product").rungs
    assert [(rung.step, rung.percent, rung.hours_after, rung.addressee) for rung in rungs] == RUNGS


def test_every_source_is_named_and_nothing_proposed_here_claims_to_have_been_read() -> None:
    sources = tomllib.loads((files("rulebooks") / "cn-product.toml").read_text(encoding="utf-8"))["sources"]
    for rule in load("cn-product").rules.values():
        named = {word for part in rule.source.split(";") for word in part.split()[:1]}
        assert named <= set(sources), rule
        assert rule.source != "product" or rule.status == "unconfirmed", rule
