"""The command `shopper`: reads the words, calls one function, turns its errors into a sentence and an exit code."""

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from shopper.grammar import parser

# Each command names its function as text, so that asking for help imports none of them.
RUN = {
    "up": "shopper.up:up",
    "doctor": "shopper.doctor:doctor",
    "run-once": "shopper.run_once:run_once",
    "demo": "shopper.run_once:demo",
    "migrate": "shopper.administer:migrate",
    "evidence capture": "shopper.capture:capture",
    "evidence verify": "shopper.evidence:verify",
    "evidence compare": "shopper.evidence:compare",
    "evidence audit": "shopper.audit:audit_evidence",
    "evidence keys": "shopper.credentials:keys",
    "evidence keys rotate": "shopper.credentials:rotate",
    "listing read": "shopper.listing:read",
    "frame check": "shopper.frame:check",
    "frame import": "shopper.importing:take",
    "plan run": "shopper.campaign:run",
    "plan preview": "shopper.plan:show",
    "plan approve": "shopper.plan:approve",
    "plan findings": "shopper.plan:findings",
    "plan duplicates": "shopper.duplicates:duplicates",
    "plan reserve": "shopper.plan:reserve",
    "draw freeze": "shopper.draw:freeze",
    "draw commit": "shopper.draw:commit",
    "draw reveal": "shopper.draw:reveal",
    "draw verify": "shopper.verify:draw",
    "draw extend": "shopper.draw:extend",
    "draw show": "shopper.draw:show",
    "draw publish": "shopper.draw:publish",
    "draw abort": "shopper.draw:abort",
    "draw prove": "shopper.draw:prove",
    "custody verify": "shopper.custody:verify",
    "custody export": "shopper.custody:export",
    "seal issue": "shopper.custody:issue",
    "seal void": "shopper.custody:void",
    "document print": "shopper.document:print_document",
    "document verify": "shopper.document:verify_document",
    "verdict replay": "shopper.verdict:replay",
    "money list": "shopper.money:listed",
    "retention list": "shopper.retention:listed",
    "clock show": "shopper.administer:show_clock",
    "clock advance": "shopper.administer:advance_clock",
    "user recuse": "shopper.campaign:recuse",
    "user add": "shopper.administer:add_user",
    "lab keep": "shopper.enrol:keep_laboratory",
    "lab check": "shopper.lab:check",
    "lab submit": "shopper.lab:submit",
    "lab scope import": "shopper.accreditation:import_scope",
    "lab withdraw": "shopper.accreditation:withdraw",
    "lab performance": "shopper.performance:performance",
    "lab mappings": "shopper.lab:mappings",
    "lab reports": "shopper.lab:reports",
    "covers keep": "shopper.covers:keep",
    "covers show": "shopper.covers:show",
    "covers looks": "shopper.covers:show_looks",
    "covers rotate": "shopper.covers:rotate",
    "covers retire": "shopper.covers:retire",
    "covers erase": "shopper.covers:erase",
    "endpoint keep": "shopper.enrol:keep_endpoint",
    "token add": "shopper.enrol:add_token",
}


def main(words: Sequence[str] | None = None) -> int:
    """Give the exit code: 0 done, 1 the work failed, 2 a setting or a word is wrong."""
    chosen = parser().parse_args(words)
    try:
        return _function(RUN[chosen.command])(chosen)
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # the top of the program: known errors become a sentence, others go on
        code = _exit_code(error)
        if code is None:
            raise
        print(f"shopper: {error}", file=sys.stderr)
        return code


def _function(place: str) -> Callable[[argparse.Namespace], int]:
    module, _, name = place.partition(":")
    function: Callable[[argparse.Namespace], int] = getattr(import_module(module), name)
    return function


def _exit_code(error: Exception) -> int | None:
    """Give 2 for what the person can put right in words or settings, 1 for failed work, None for a fault of ours."""
    from labs.errors import LabError
    from platforms.errors import PlatformError
    from reputation.errors import ReputationError
    from sampling.errors import SamplingError
    from shopper.errors import CommandError, ServiceFailed
    from storage.errors import StorageError
    from storage.postmaster import PostgresError
    from storage.settings import SettingsError

    match error:
        case SettingsError() | CommandError():
            return 2
        case (
            ServiceFailed()
            | PostgresError()
            | StorageError()
            | SamplingError()
            | LabError()
            | PlatformError()
            | ReputationError()
        ):
            return 1
        case _:
            return None
