"""The catalogues of the pages: `check` fails on a missing, untranslated or fuzzy text, `update` adds what is new."""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from dashboards.labels import codes
from dashboards.language import CATALOGUES, LANGUAGES

HERE = Path(__file__).parent
METHODS = [("templates/**.html", "jinja2.ext:babel_extract"), ("*.py", "python")]
OPTIONS = {
    "templates/**.html": {"extensions": "jinja2.ext.i18n,jinja2.ext.do", "trim_blocks": "true", "silent": "false"}
}
USAGE = "python -m dashboards.catalogues check|update"


def template() -> Catalog:
    """Give every text the pages can show: those in templates and code, and the words of every code."""
    found = Catalog()
    for _, _, message, _, context in extract_from_dir(HERE, METHODS, OPTIONS):
        found.add(message, context=context)
    for family, code in codes():
        found.add(code, context=family)
    return found


def read(language: str) -> Catalog:
    """Give the catalogue of a language as it is kept; empty where there is none yet."""
    path = _path(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as source:
        return read_po(source, locale=language)


def faults(language: str) -> Iterator[str]:
    """Give one line for each text that is missing, untranslated, fuzzy or no longer shown."""
    kept, wanted = read(language), template()
    for message in wanted:
        found = kept.get(message.id, context=message.context) if message.id else None
        if not message.id:
            continue
        if found is None:
            yield f"{language}: missing: {_name(message.context, message.id)}"
        elif found.fuzzy:
            yield f"{language}: fuzzy: {_name(message.context, message.id)}"
        elif not all(found.string if isinstance(found.string, tuple) else (found.string,)):
            yield f"{language}: untranslated: {_name(message.context, message.id)}"
    for message in kept:
        if message.id and wanted.get(message.id, context=message.context) is None:
            yield f"{language}: no longer shown: {_name(message.context, message.id)}"


def update(language: str) -> None:
    """Add new texts, drop those no longer shown, and keep every translation; English sentences stand for themselves."""
    kept, fresh = read(language), Catalog(locale=language, project="Mystery Shopper", charset="utf-8")
    for message in template():
        if not message.id:
            continue
        old = kept.get(message.id, context=message.context)
        string = old.string if old and any(old.string or "") else ""
        if not string and language == "en" and not message.context:
            string = message.id
        fresh.add(message.id, string, context=message.context)
    out = io.BytesIO()
    write_po(out, fresh, width=120, sort_output=True, omit_header=False, no_location=True)
    lines = out.getvalue().decode().splitlines(keepends=True)
    _path(language).parent.mkdir(parents=True, exist_ok=True)
    # Dates in the header would change the file without a change of text.
    stable = [line for line in lines if not line.startswith(('"POT-Creation-Date', '"PO-Revision-Date'))]
    _path(language).write_text("".join(stable), encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Do what the command line asks and give the exit code."""
    match arguments:
        case ["check"]:
            found = [line for language in LANGUAGES for line in faults(language)]
            print("\n".join(found) or "Every text has its words in both languages.")
            return 1 if found else 0
        case ["update"]:
            for language in LANGUAGES:
                update(language)
            return 0
        case _:
            print(USAGE, file=sys.stderr)
            return 2


def _path(language: str) -> Path:
    return CATALOGUES / language / "LC_MESSAGES" / "messages.po"


def _name(context: str | None, message: object) -> str:
    return f"[{context}] {message}" if context else str(message)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
