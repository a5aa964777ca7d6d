"""The command that reads a saved page of a shop: what it says of its offer, each field with where it was read."""

import codecs
import json
import re
from argparse import Namespace
from pathlib import Path
from urllib.parse import urlsplit

from platforms.errors import UnreadablePage
from platforms.reading import Reading, read_listing
from platforms.sites import SITES
from sampling.evidence.address import refusal
from sampling.evidence.contents import flat
from shopper.errors import CommandError
from storage.offers import listing_record

_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.I)
_HEAD = 4096
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "windows-1252", "ascii": "windows-1252"}
"""Browsers take these names for the larger character sets."""


def read(chosen: Namespace) -> int:
    """Print a line for each field the page states, with its source and how sure it is."""
    reason = refusal(chosen.url)
    if reason not in (None, "address"):  # a saved page may have been anywhere
        raise CommandError(f"{chosen.url!r} is no address of a page: give the one it had, beginning with https://.")
    html = decoded(_bytes(chosen.page))
    try:
        found = _reading(html, chosen.url)
    except UnreadablePage as error:
        raise CommandError(f"{chosen.page} offers nothing that can be read: {error}.") from error
    record = listing_record(found.listing)
    if chosen.json:
        print(json.dumps({**record, "price_note": found.price_note}, ensure_ascii=False, indent=1))
        return 0
    for name, text in flat(record):
        sure = record["sureness"].get(name)
        told = [record["sources"].get(name, "address"), *([f"sure to {sure} of 100"] if sure is not None else [])]
        print(f"{name}: {text}  ({', '.join(told)})")
    if found.price_note is not None:
        print(f"price: {found.price_note.replace('_', ' ')}")
    return 0


def decoded(data: bytes) -> str:
    """Give the page's text in the character set that it names, as a browser without a header would."""
    for mark, name in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            return data.decode(name, "replace").removeprefix("\ufeff")
    named = _CHARSET.search(data[:_HEAD])
    name = named[1].decode().lower() if named else "utf-8"
    try:
        return data.decode(_WIDER.get(name, name), "replace")
    except LookupError:
        return data.decode("utf-8", "replace")


def _reading(html: str, url: str) -> Reading:
    site = next((site for site in SITES.values() if site.owns(url)), None)
    if site is not None:
        return site.listing(html, url)
    return read_listing(html, url, platform=urlsplit(url).hostname or "")


def _bytes(page: Path) -> bytes:
    try:
        return page.read_bytes()
    except OSError as error:
        raise CommandError(f"{page} cannot be read: {error.strerror}.") from error
