"""The command `shopper`: reads the words, calls one function, turns its errors into a sentence and an exit code."""

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

# Each command names its function as text, so that asking for help imports none of them.
RUN = {
    "up": "shopper.up:up",
    "doctor": "shopper.doctor:doctor",
    "run-once": "shopper.run_once:run_once",
    "demo": "shopper.run_once:demo",
    "migrate": "shopper.administer:migrate",
    "evidence verify": "shopper.administer:verify_evidence",
    "frame check": "shopper.frame:check",
    "draw freeze": "shopper.draw:freeze",
    "draw commit": "shopper.draw:commit",
    "draw reveal": "shopper.draw:reveal",
    "draw verify": "shopper.verify:draw",
    "draw extend": "shopper.draw:extend",
    "draw show": "shopper.draw:show",
    "draw publish": "shopper.draw:publish",
    "draw abort": "shopper.draw:abort",
    "draw prove": "shopper.draw:prove",
    "clock show": "shopper.administer:show_clock",
    "clock advance": "shopper.administer:advance_clock",
    "user add": "shopper.administer:add_user",
    "lab keep": "shopper.enrol:keep_laboratory",
    "cover keep": "shopper.enrol:keep_cover",
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


def parser() -> argparse.ArgumentParser:
    """Give the grammar of the command line."""
    top = argparse.ArgumentParser(prog="shopper", description="Online sampling for market surveillance.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    up = _add(commands, "up", "start everything on this machine: database, Prefect, web pages")
    up.add_argument("--no-prefect", action="store_true", help="the database and the web pages alone")
    _add(commands, "doctor", "say what is missing or unreachable, in a sentence each")
    once = _add(commands, "run-once", "run one flow's sweep here, with no Prefect server")
    once.add_argument("flow", help="plan, capture, purchase, custody, intake, judge, notify, deliver, …")
    once.add_argument("--limit", type=_positive, default=100, help="at most so many items (100)")
    demo = _add(commands, "demo", "run the main job on the demonstration world")
    demo.add_argument("--once", action="store_true", help="stop when the job is done")
    _add(commands, "migrate", "bring the database's tables up to date")
    evidence = _group(commands, "evidence", "look at evidence")
    verify = _add(evidence, "verify", "check bundles: every file, the manifest, the chain", "evidence verify")
    verify.add_argument("bundles", nargs="+", type=Path, metavar="BUNDLE")
    frame = _group(commands, "frame", "look at files that a frame can be gathered from")
    check = _add(
        frame, "check", "say what a campaign would take from each file, and what is wrong in it", "frame check"
    )
    check.add_argument("files", nargs="+", type=Path, metavar="FILE")
    _draws(_group(commands, "draw", "draw a campaign so that a stranger can draw it again"))
    clock = _group(commands, "clock", "look at the product's clock or move it")
    _add(clock, "show", "print the time the product goes by", "clock show")
    advance = _add(clock, "advance", "move a movable clock forward", "clock advance")
    advance.add_argument("days", type=_positive, metavar="DAYS")
    _parties(commands)
    return top


def _draws(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands of a verifiable draw, in the order in which they are used."""
    texts = {
        "freeze": "promise a draw on the campaign's frozen frame: plan, parties, future beacon rounds",
        "commit": "keep a party's commitment; without --commitment its salt is made and sealed here",
        "reveal": "read the beacon, open a party's salt from standard input, draw when all are there",
        "extend": "promise a further round, with a beacon of its own",
        "show": "print every draw of a campaign, the aborted ones too",
        "publish": "write the folder that a stranger verifies, once every purchase is closed",
        "abort": "end a draw that is under way; it stays to be seen",
        "prove": "write the proof that a listing is in the frame, or that it is not",
    }
    made = {name: _add(commands, name, text, f"draw {name}") for name, text in texts.items()}
    for words in made.values():
        words.add_argument("campaign", metavar="NUMBER", help="the campaign's number, such as C2026-001")
    for name in ("freeze", "extend"):
        made[name].add_argument("--beacon", action="append", default=[], metavar="CODE", help="in the order they apply")
        made[name].add_argument("--party", action="append", default=[], metavar="NAME", help="who commits a salt")
    made["extend"].add_argument("strata", nargs="+", metavar="STRATUM=N", help="how many more of which stratum")
    made["commit"].add_argument("--party", required=True, metavar="NAME")
    made["commit"].add_argument("--commitment", metavar="HEX", help="SHA-256 of msw/salt/v1 and 32 secret bytes")
    made["reveal"].add_argument("--party", metavar="NAME")
    made["reveal"].add_argument("--ceremony", type=Path, metavar="FILE", help="the record of a public ceremony")
    made["publish"].add_argument("--to", type=Path, required=True, metavar="FOLDER")
    made["publish"].add_argument("--draw", dest="number", type=_positive, metavar="N", help="not the last one but this")
    made["abort"].add_argument("reason")
    made["prove"].add_argument("listing", metavar="ID")
    made["prove"].add_argument("--to", type=Path, required=True, metavar="FILE")
    verify = _add(commands, "verify", "check a published draw: a folder, without database or settings", "draw verify")
    verify.add_argument("folder", type=Path)
    verify.add_argument("--merchant", metavar="ID", default="")
    verify.add_argument("--proof", type=Path, metavar="FILE")


def _parties(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands that say who takes part."""
    user = _group(commands, "user", "people who log in")
    add = _add(user, "add", "add a person; the password is asked for, or read from standard input", "user add")
    add.add_argument("name")
    add.add_argument("role", help="coordinator, shopper, lab, platform, …")
    add.add_argument("--party", default="", help="the laboratory or platform the person belongs to")
    lab = _add(_group(commands, "lab", "laboratories"), "keep", "keep a laboratory and its scope", "lab keep")
    lab.add_argument("code")
    lab.add_argument("zh", help="its Chinese name")
    lab.add_argument("en", help="its English name")
    lab.add_argument("--capacity", type=_positive, required=True, help="samples a campaign")
    lab.add_argument(
        "--scope", type=Path, required=True, help="CSV: scheme, item, method, valid_from, valid_to, source"
    )
    covers = _group(commands, "cover", "shoppers' accounts at shops")
    cover = _add(covers, "keep", "seal a cover; its fields come as JSON on standard input", "cover keep")
    cover.add_argument("shopper")
    cover.add_argument("platform")
    endpoints = _group(commands, "endpoint", "where platforms take notices")
    endpoint = _add(endpoints, "keep", "keep where a platform takes signed notices", "endpoint keep")
    endpoint.add_argument("platform")
    endpoint.add_argument("url")
    token = _add(_group(commands, "token", "tokens for the API"), "add", "make a token and print it once", "token add")
    token.add_argument("name", help="the user it acts for")
    token.add_argument("--label", default="api", help="what it is for")


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, text: str, command: str = ""
) -> argparse.ArgumentParser:
    made = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    made.set_defaults(command=command or name)
    return made


def _group(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, text: str
) -> "argparse._SubParsersAction[argparse.ArgumentParser]":
    return commands.add_parser(name, help=text, description=text).add_subparsers(required=True, metavar="COMMAND")


def _positive(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


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
