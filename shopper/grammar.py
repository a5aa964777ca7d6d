"""The grammar of the command line: every command with its words and options; `shopper.main` says what each does."""

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

_VERIFY_ENDS = """\
exit codes, the worst of all bundles:
  0  everything holds, and a time-stamping authority proves since when it exists
  1  something is wrong; each thing is told in a sentence
  2  it cannot be opened as a bundle, or the words or keys given are wrong
  3  everything holds, but no time-stamp was added yet
"""
_CAPTURE_ENDS = """\
exit codes:
  0  every page was met and sealed, whatever it showed: an obstacle is an outcome
  1  an address was refused, and then nothing was visited; or a page could not be reached, which its bundle says
  2  the words or settings given are wrong
"""
DOCUMENTS = (
    "sample-label", "seal-label", "sampling-sheet", "sampling-notice", "platform-copy", "manifest", "handover-receipt",
    "task-mandate", "retention-list",
)  # fmt: skip


def parser() -> argparse.ArgumentParser:
    """Give the grammar of the command line."""
    top = argparse.ArgumentParser(prog="shopper", description="Online sampling for market surveillance.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    up = _add(commands, "up", "start everything on this machine: database, Prefect, web pages")
    up.add_argument("--no-prefect", action="store_true", help="the database and the web pages alone")
    _add(commands, "doctor", "say what is missing or unreachable, in a sentence each")
    once = _add(commands, "run-once", "run one flow's sweep here, with no Prefect server")
    once.add_argument("flow", help="plan, capture, purchase, track, dispatch, intake, judge, notify, deliver, …")
    once.add_argument("--limit", type=_positive, default=100, help="at most so many items (100)")
    demo = _add(commands, "demo", "run the main job on the demonstration world")
    demo.add_argument("--once", action="store_true", help="stop when the job is done")
    _add(commands, "migrate", "bring the database's tables up to date")
    _evidence(_group(commands, "evidence", "capture pages as evidence, check it, compare it"))
    listing = _group(commands, "listing", "read offers")
    read = _add(listing, "read", "print what a saved page of a shop says of its offer", "listing read")
    read.add_argument("page", type=Path, metavar="PAGE", help="an HTML file")
    read.add_argument("--url", required=True, metavar="U", help="the address that the page had")
    read.add_argument("--json", action="store_true", help="every field with its source and how sure it is")
    _frames(_group(commands, "frame", "look at files that a frame can be gathered from, and take them"))
    _plans(_group(commands, "plan", "try out a plan on its gathered frame, and give the go"))
    _draws(_group(commands, "draw", "draw a campaign so that a stranger can draw it again"))
    _custody(commands)
    _verdicts(_group(commands, "verdict", "give stored verdicts again"))
    _money(_group(commands, "money", "what campaigns spend"))
    clock = _group(commands, "clock", "look at the product's clock or move it")
    _add(clock, "show", "print the time the product goes by", "clock show")
    advance = _add(clock, "advance", "move a movable clock forward", "clock advance")
    advance.add_argument("days", type=_positive, metavar="DAYS")
    _documents(_group(commands, "document", "print papers and labels, and tell whether a file is one of them"))
    _parties(commands)
    return top


def _evidence(commands: "Commands") -> None:
    """Add the commands of evidence; none of them but `audit` and `keys rotate` needs the database."""
    text = "visit pages and keep what they show as sealed bundles, each a folder that names the one before it"
    capture = _add(commands, "capture", text, "evidence capture")
    capture.add_argument("urls", nargs="+", metavar="URL", help="http or https, without user and password")
    capture.add_argument("--out", type=Path, default=Path(), metavar="DIR", help="where the folders go (here)")
    capture.add_argument("--concurrency", type=_positive, default=2, metavar="N", help="pages at a time (2)")
    capture.add_argument("--profile", default="full", metavar="P", help="full, desktop or light (full)")
    capture.add_argument("--region", default="CN", metavar="CODE", help="whose shopper: CN, HK, DE, US, … (CN)")
    capture.add_argument("--replay", action="store_true", help="open each again without network, and say what differs")
    verify = _add(commands, "verify", "check bundles: every file, signature, time-stamp and place", "evidence verify")
    verify.add_argument("bundles", nargs="+", type=Path, metavar="BUNDLE", help="a folder or .zip")
    verify.add_argument("--keys", type=Path, metavar="FILE", help="believe the keys of this statement alone")
    verify.add_argument("--language", choices=("en", "zh"), default="en", help="of the sentences (en)")
    compare = _add(commands, "compare", "print how two captures differ; 1 where they do", "evidence compare")
    compare.add_argument("before", type=Path, metavar="A", help="the earlier bundle")
    compare.add_argument("after", type=Path, metavar="B", help="the later one")
    compare.add_argument("--pictures", type=Path, metavar="DIR", help="write both pages with their differences framed")
    audit = _add(commands, "audit", "read kept evidence again and report what is lost or has rotted", "evidence audit")
    audit.add_argument("--share", type=_share, default=1.0, metavar="S", help="how much of it, chosen at random (1.0)")
    keys = _add(commands, "keys", "print every signed statement of the keys that seal evidence here", "evidence keys")
    inner = keys.add_subparsers(metavar="rotate")
    rotate = _add(inner, "rotate", "take new keys into use; the old ones sign for them", "evidence keys rotate")
    rotate.epilog = "What the old keys sealed stays good. Machines that only capture need key-statements.jsonl copied."
    for made in (verify, compare, audit):
        made.add_argument("--json", action="store_true", help="print one JSON document for programs")
    for made, ends in ((verify, _VERIFY_ENDS), (capture, _CAPTURE_ENDS)):
        made.epilog, made.formatter_class = ends, argparse.RawDescriptionHelpFormatter
    keys.epilog = "Give it to whoever verifies: shopper evidence verify --keys FILE."


def _custody(commands: "Commands") -> None:
    """Add the commands of custody, of kept units and of seal numbers."""
    _retention(_group(commands, "retention", "what is kept of samples, and until when"))
    custody = _group(commands, "custody", "check a sample's chain of custody, or write it as EPCIS 2.0")
    verify = _add(custody, "verify", "check hashes, holders, times and seals against log and ledger", "custody verify")
    verify.add_argument("samples", nargs="*", metavar="SAMPLE", help="a code such as S26-000001")
    verify.add_argument("--all", action="store_true", help="every sample that was sealed")
    verify.add_argument("--json", action="store_true", help="print one JSON document for programs")
    verify.epilog = "exit codes: 0 it holds, 1 something is wrong (a sentence each), 2 there is no such sample"
    export = _add(custody, "export", "write what happened to a sample as GS1 EPCIS 2.0 JSON-LD", "custody export")
    export.add_argument("sample", nargs="?", metavar="SAMPLE", help="a code such as S26-000001")
    export.add_argument("--all", action="store_true", help="every sample that was sealed, a file each")
    export.add_argument("--campaign", metavar="NUMBER", help="every sealed sample of this campaign, a file each")
    export.add_argument("--out", type=Path, required=True, metavar="FILE", help="where it goes: a file, or a folder")
    export.epilog = "exit codes: 0 written, 1 a chain does not hold (a sentence each), 2 there is no such sample"
    for made in (verify, export):
        made.add_argument("--language", choices=("en", "zh"), default="en", help="of the sentences (en)")
    seal = _group(commands, "seal", "issue seal numbers and take them out of use")
    issue = _add(seal, "issue", "issue numbers with a check character, and print them", "seal issue")
    issue.add_argument("kind", choices=("tape", "bag", "bolt"), help="a bolt is one of ISO 17712")
    issue.add_argument("count", type=_positive, metavar="COUNT", help="10,000 at most")
    void = _add(seal, "void", "make a number void that was never applied", "seal void")
    void.add_argument("number", metavar="NUMBER", help="such as MST00000010")
    void.add_argument("--reason", required=True, metavar="WHY", help="torn, lost, misprinted, …")


def _frames(commands: "Commands") -> None:
    """Add the commands of frame files."""
    text = "say what a campaign would take from each file, and what is wrong in it"
    check = _add(commands, "check", text, "frame check")
    check.add_argument("--csv", type=Path, metavar="TO", help="write every finding: source, row, column, reason, found")
    take = _add(commands, "import", "give files to a campaign that is planned and not yet gathered", "frame import")
    take.add_argument("--campaign", required=True, metavar="NUMBER", help="such as C2026-001")
    for made in (check, take):
        made.add_argument("files", nargs="+", type=Path, metavar="FILE", help="CSV or Parquet, .gz or not")
        made.add_argument("--mapping", type=Path, metavar="TOML", help="how the columns of the files become ours")


def _plans(commands: "Commands") -> None:
    """Add the commands of a plan; a number that is not given is the campaign's own."""
    _runs(_add(commands, "run", "plan a campaign on files and print its preview; with --go draw it", "plan run"))
    text = "print what each stratum would get, what that costs and shows, and who would have the work"
    show = _add(commands, "preview", text, "plan preview")
    show.add_argument("--csv", type=Path, metavar="FILE", help="write the whole table")
    approve = _add(commands, "approve", "let the gathered frame be drawn", "plan approve")
    approve.add_argument("--beacon", action="append", metavar="CODE", help="in the order they apply")
    approve.add_argument("--party", action="append", metavar="NAME", help="who commits a salt")
    findings = _add(commands, "findings", "print what was wrong with the sources of a frame", "plan findings")
    findings.add_argument("--csv", type=Path, metavar="FILE", help="write every row of it")
    reserve = _add(commands, "reserve", "give up a drawn listing that is gone, for the next one", "plan reserve")
    reserve.add_argument("sample", metavar="CODE", help="the sample's code, such as S26-000001")
    reserve.add_argument("reason", help="not_found, sold_out, goods_changed or on_request")
    text = "plan blind duplicates: by lot, or of the samples that are named; without either print those there are"
    twice = _add(commands, "duplicates", text, "plan duplicates")
    which = twice.add_mutually_exclusive_group()
    which.add_argument("--share", type=_share, metavar="S", help="how much of the unsealed samples, such as 0.1")
    which.add_argument("--sample", action="append", metavar="CODE", help="such as S26-000001; may be given again")
    twice.add_argument("--json", action="store_true", help="print one JSON document for programs")
    for made in (show, approve, findings, twice):
        made.add_argument("number", metavar="NUMBER", help="the campaign's number, such as C2026-001")
    for made in (show, approve):
        made.add_argument("--size", type=_positive, metavar="N", help="how many samples")
        made.add_argument("--least", type=_positive, metavar="M", help="the fewest of each stratum")
        made.add_argument("--budget", metavar="B", help="in the campaign's currency")
        made.add_argument("--by", choices=("size", "money"), help="what the allocation is given")
        made.add_argument("--test-cost", metavar="C", help="what one test costs")


def _draws(commands: "Commands") -> None:
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


def _runs(run: argparse.ArgumentParser) -> None:
    """Add the options of a campaign that is planned from the command line."""
    run.add_argument("files", nargs="*", type=Path, metavar="FILE", help="frame files and marks, CSV or Parquet")
    run.add_argument("--size", type=_positive, required=True, metavar="N", help="how many samples")
    run.add_argument("--budget", required=True, metavar="B")
    run.add_argument("--currency", default="CNY")
    run.add_argument("--units", type=_positive, default=2, metavar="U", help="units of each sample (2)")
    run.add_argument("--name", default="Campaign")
    run.add_argument("--platform", action="append", default=[], metavar="CODE", help="crawl this platform as well")
    run.add_argument("--category", action="append", default=[], metavar="CODE", help="these alone, else all there are")
    run.add_argument("--mapping", type=Path, metavar="TOML", help="how the columns of the files become ours")
    run.add_argument("--least", type=_positive, default=1, metavar="M", help="the fewest of each stratum (1)")
    run.add_argument("--by", choices=("size", "money"), default="size", help="what the allocation is given (size)")
    run.add_argument("--test-cost", metavar="C", help="what one test costs")
    run.add_argument("--reserve", type=_positive, default=10, metavar="R", help="listings standing by a stratum (10)")
    run.add_argument("--cap", type=_positive, default=0, metavar="K", help="most listings of a merchant in a stratum")
    run.add_argument("--each", type=_positive, default=0, metavar="K", help="two stages: at most so many a merchant")
    run.add_argument("--pick", action="append", default=[], metavar="LISTING=LABEL", help="taken without a draw")
    run.add_argument("--beacon", action="append", default=[], metavar="CODE", help="in the order they apply")
    run.add_argument("--party", action="append", default=[], metavar="NAME", help="who commits a salt")
    run.add_argument("--go", action="store_true", help="draw it, or promise the draw where there is a beacon")


def _documents(commands: "Commands") -> None:
    """Add the commands of documents; the kinds stand in `sampling.documents.kind`, which help alone need not load."""
    text = "release a document, or take its last version where nothing changed, and write it as PDF/A"
    made = _add(commands, "print", text, "document print")
    made.add_argument("kind", metavar="KIND", choices=DOCUMENTS, help=", ".join(DOCUMENTS))
    made.add_argument("subject", metavar="ID", help="the code or number of a sample, unit (S26-000001-A), seal, "
                      "consignment or campaign; for a receipt a unit and its entry (S26-000001-A/2)")  # fmt: skip
    made.add_argument("--out", type=Path, required=True, metavar="FILE")
    verify = _add(commands, "verify", "say which released version a file is; 1 where it is none", "document verify")
    verify.add_argument("file", type=Path, metavar="FILE")


def _verdicts(commands: "Commands") -> None:
    """Add the command that gives verdicts again."""
    text = "give verdicts again from what is stored, and print what differs"
    replay = _add(commands, "replay", text, "verdict replay")
    replay.add_argument("samples", nargs="*", metavar="SAMPLE", help="a code such as S26-000001")
    replay.add_argument("--all", action="store_true", help="every verdict that was ever given")
    replay.add_argument("--json", action="store_true", help="print one JSON document for programs")
    replay.add_argument("--language", choices=("en", "zh"), default="en", help="of the sentences (en)")
    replay.epilog = "exit codes: 0 nothing differs, 1 something does or is no longer there, 2 there is no such sample"


def _money(commands: "Commands") -> None:
    """Add the command of a campaign's money."""
    owed = _add(commands, "list", "print what is left of a budget, and what each shopper is owed", "money list")
    owed.add_argument("campaign", metavar="CAMPAIGN", help="the campaign's number, such as C2026-001")
    owed.add_argument("--csv", type=Path, metavar="FILE", help="write what each shopper is owed")


def _retention(commands: "Commands") -> None:
    """Add the command of kept units."""
    text = "print every kept unit: where it lies, from when it may be disposed of, and what forbids that now"
    kept = _add(commands, "list", text, "retention list")
    kept.add_argument("--due", action="store_true", help="those alone that may be disposed of now")
    kept.add_argument("--held", action="store_true", help="those alone that an officer put on hold")
    kept.add_argument("--json", action="store_true", help="print one JSON document for programs")
    kept.add_argument("--language", choices=("en", "zh"), default="en", help="of the sentences (en)")


def _parties(commands: "Commands") -> None:
    """Add the commands that say who takes part."""
    users = _group(commands, "user", "people who log in")
    add = _add(users, "add", "add a person; the password is asked for, or read from standard input", "user add")
    add.add_argument("name")
    add.add_argument("role", help="coordinator, shopper, lab, platform, …")
    add.add_argument("--party", default="", help="the laboratory or platform the person belongs to")
    recuse = _add(users, "recuse", "keep that an officer takes no samples of a merchant", "user recuse")
    recuse.add_argument("user", metavar="NAME")
    recuse.add_argument("merchant", metavar="PLATFORM/SELLER")
    recuse.add_argument("reason")
    labs = _group(commands, "lab", "laboratories and their files")
    _lab_files(labs)
    _accreditation(labs)
    lab = _add(labs, "keep", "keep a laboratory and its scope", "lab keep")
    lab.add_argument("code")
    lab.add_argument("zh", help="its Chinese name")
    lab.add_argument("en", help="its English name")
    lab.add_argument("--capacity", type=_positive, required=True, help="samples a campaign")
    lab.add_argument(
        "--scope", type=Path, required=True, help="CSV: scheme, item, method, valid_from, valid_to, source, …"
    )
    _covers(_group(commands, "covers", "the identities under which shoppers order"))
    endpoints = _group(commands, "endpoint", "where platforms take notices")
    endpoint = _add(endpoints, "keep", "keep where a platform takes signed notices", "endpoint keep")
    endpoint.add_argument("platform")
    endpoint.add_argument("url")
    token = _add(_group(commands, "token", "tokens for the API"), "add", "make a token and print it once", "token add")
    token.add_argument("name", help="the user it acts for")
    token.add_argument("--label", default="api", help="what it is for")


def _lab_files(commands: "Commands") -> None:
    """Add the commands of a laboratory's file of results."""
    check = _add(commands, "check", "print every finding of a file of results and store nothing", "lab check")
    submit = _add(commands, "submit", "keep a file of results, read it and print its receipt", "lab submit")
    for made in (check, submit):
        made.add_argument("file", type=Path, metavar="FILE", help="CSV, XLSX, JSON or XML")
        made.add_argument("--lab", required=True, metavar="L", help="the laboratory's code")
        made.add_argument(
            "--mapping", metavar="M", help="not the laboratory's own but this shipped one, or a TOML file"
        )
        made.add_argument("--report", type=Path, metavar="PDF", help="the signed report beside it")
        made.add_argument("--sha256", default="", metavar="HEX", help="what the file must have, so that none is cut")
    check.add_argument("--json", action="store_true", help="one finding a line, in both languages")
    _add(commands, "mappings", "print the mappings that are shipped, with version and SHA-256", "lab mappings")
    rule = _add(commands, "reports", "keep whether tables need a signed report, and who may sign it", "lab reports")
    rule.add_argument("lab", metavar="L", help="the laboratory's code")
    rule.add_argument("certificates", nargs="*", type=Path, metavar="PEM", help="of the signers, or of their issuers")
    rule.add_argument("--asked", action="store_true", help="hold a table without a signed report")


def _accreditation(labs: "Commands") -> None:
    """Add the commands of what laboratories may test, and of how they do it."""
    scope = _group(labs, "scope", "what laboratories are accredited for")
    text = "take the lines of a scope file, or none of them and print every finding"
    take = _add(scope, "import", text, "lab scope import")
    take.add_argument("file", type=Path, metavar="FILE", help="CSV: lab, scheme, item, valid_from, valid_to, source; "
                      "and site, matrix, method, edition, low, high, unit where it has them")  # fmt: skip
    text = "print each verdict that falls when accreditation is taken away; with --propose, propose that"
    gone = _add(labs, "withdraw", text, "lab withdraw")
    gone.add_argument("lab", metavar="L", help="the laboratory's code")
    gone.add_argument("--from", type=_day, required=True, dest="since", metavar="DAY", help="the first day, 2026-11-22")
    gone.add_argument("--to", type=_day, metavar="DAY", help="the last day, where it is known")
    for name in ("scheme", "item", "method"):
        gone.add_argument(f"--{name}", default="*", metavar=name[0].upper(), help=f"one {name} alone")
    gone.add_argument("--kind", choices=("withdrawn", "suspended"), default="withdrawn")
    gone.add_argument("--reason", default="", metavar="WHY")
    gone.add_argument("--propose", action="store_true", help="keep it; a second person carries it out on the pages")
    done = _add(labs, "performance", "print how fast laboratories are, and whether others agree", "lab performance")
    done.add_argument("--lab", default="", metavar="L", help="one laboratory alone")
    for made in (take, gone, done):
        made.add_argument("--json", action="store_true", help="print JSON for programs")


def _covers(commands: "Commands") -> None:
    """Add the commands of covers; none of them prints what is sealed."""
    keep = _add(commands, "keep", "seal a cover; its fields come as JSON on standard input", "covers keep")
    _add(commands, "show", "print which covers there are and under which key", "covers show")
    seen = _add(commands, "looks", "print who opened which cover, for which case and what", "covers looks")
    seen.add_argument("--limit", type=_positive, default=100, metavar="N", help="the newest so many (100)")
    _add(commands, "rotate", "seal every cover with a fresh key; go on with a rotation broken off", "covers rotate")
    retire = _add(commands, "retire", "place no order under a cover any more", "covers retire")
    _add(commands, "erase", "empty retired covers under which no order is open any more", "covers erase")
    for made in (keep, retire):
        made.add_argument("shopper")
        made.add_argument("platform")


def _add(commands: "Commands", name: str, text: str, command: str = "") -> argparse.ArgumentParser:
    made = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    made.set_defaults(command=command or name)
    return made


def _group(commands: "Commands", name: str, text: str) -> "Commands":
    return commands.add_parser(name, help=text, description=text).add_subparsers(required=True, metavar="COMMAND")


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share above 0 and up to 1")
    return share


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day such as 2026-11-22") from None


def _positive(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)
