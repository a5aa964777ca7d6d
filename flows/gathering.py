"""Gathering: the frame of a campaign, from the catalogues of its platforms and the files it names."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import pandas as pd

from flows.wiring import World, crawl
from platforms.errors import PlatformError
from sampling.campaign import Campaign
from sampling.frame import FINDING, Gathered, join
from sampling.risk import stratify
from sampling.source import read_file, read_listings
from storage.campaigns import FrameFinding


def gather(world: World, campaign: Campaign) -> tuple[pd.DataFrame, tuple[FrameFinding, ...]]:
    """Give the frame, with stratum and size, and what was wrong in its sources; a file counts as much as a site."""
    parts = list(_sources(world, campaign))
    wanted = join([part for _, part in parts])
    frame = stratify(wanted[wanted["category"].isin(campaign.categories)].reset_index(drop=True))
    return frame, tuple(finding for source, part in parts for finding in _findings(source, part.findings))


def read_bytes(data: bytes) -> Gathered:
    """Give the listings and findings of a CSV file, plain or compressed; bytes that are no CSV are one finding."""
    packed: Literal["gzip"] | None = "gzip" if data.startswith(b"\x1f\x8b") else None
    try:
        table = pd.read_csv(
            io.BytesIO(data), dtype=str, keep_default_na=False, compression=packed, encoding="utf-8-sig"
        )
    except (ValueError, UnicodeDecodeError, EOFError, OSError) as error:
        return unread(str(error).splitlines()[0][:200])
    return read_file(table)


def unread(reason: str) -> Gathered:
    """Give the one finding of a source that could not be read."""
    return Gathered(pd.DataFrame(), pd.DataFrame([(0, "", "source_unreadable", reason)], columns=list(FINDING)))


def _sources(world: World, campaign: Campaign) -> Iterator[tuple[str, Gathered]]:
    # Each site is crawled at its own pace, so several may be at once.
    with ThreadPoolExecutor(max_workers=world.threads) as pool:
        crawled = pool.map(lambda code: _crawled(world, code), campaign.platforms)
        yield from zip(campaign.platforms, crawled, strict=True)
    for digest in campaign.files:
        yield f"file {digest[:12]}", read_bytes(world.objects.get(digest))


def _crawled(world: World, code: str) -> Gathered:
    site = world.sites.get(code)
    if site is None:
        return unread(f"no site {code} is known")
    try:
        with world.browser.stay() as stay:
            return read_listings([item for page in crawl(stay, site) for item in page.listings])
    except PlatformError as error:
        return unread(str(error))


def _findings(source: str, table: pd.DataFrame) -> Iterator[FrameFinding]:
    for row, column, reason, found in table.itertuples(index=False):
        yield FrameFinding(source, int(row), str(column), str(reason), str(found))
