"""Thrift: keeps the memory of a page from outliving the page, here and in the driver."""

import asyncio
import contextlib
import ctypes
import gc
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Self

_LARGE = 512 << 10
_ARENAS = 2

# The numbers of mallopt(3).
_MMAP_THRESHOLD, _ARENA_MAX = -3, -8


def be_thrifty() -> None:
    """Let large blocks of this process and of those it starts go back to the system when they are freed.

    By default glibc raises the limit for that with the first large block, and has eight arenas a core: measured with
    two pages at a time, this process then holds 120 MB more and the driver 60. Other C libraries know no such words.
    """
    with contextlib.suppress(AttributeError):
        for word, value in ((_MMAP_THRESHOLD, _LARGE), (_ARENA_MAX, _ARENAS)):
            ctypes.CDLL(None).mallopt(word, value)
    if not gc.get_freeze_count():  # what is here before the first page is walked over no more when a page is let go
        gc.collect()
        gc.freeze()
    # The driver takes what it is told from the environment alone.
    os.environ.setdefault("MALLOC_MMAP_THRESHOLD_", str(_LARGE))
    os.environ.setdefault("MALLOC_ARENA_MAX", str(_ARENAS))
    tidy = f"--max-semi-space-size=1 --require={_quoted(Path(__file__).with_name('driver.cjs'))}"
    if tidy not in (told := os.environ.get("NODE_OPTIONS", "")):
        os.environ["NODE_OPTIONS"] = f"{told} {tidy}".strip()


def let_go() -> None:
    """Free what a finished view or capture left behind.

    The driver's objects hold each other and some 60 MB of messages about a large page. The collector counts objects,
    not bytes, so it would come pages later: measured with two pages at a time, 190 MB for 0.01 CPU s a page.
    """
    gc.collect()


class Turn:
    """Lets the pages of one browser make their pictures and documents one after the other.

    Each page's take some 100 MB in the browser and the driver while they are made, and two at once are no sooner done.
    """

    def __init__(self, patience: float = 6.0) -> None:
        self._free = asyncio.Lock()
        self._patience = patience

    @contextlib.asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Wait for the turn, but not for a page that hangs in its own: after a while go on beside it."""
        try:
            await asyncio.wait_for(self._free.acquire(), self._patience)
        except TimeoutError:
            yield
            return
        try:
            yield
        finally:
            self._free.release()


class Seat:
    """One page's part in the memory of its browser, from its first request until its last picture.

    Only so many pages sit at a time. What follows the pictures is soon done and takes little; a page that came sooner
    would only wait for its turn, and hold 80 MB meanwhile.
    """

    def __init__(self, patience: float = 10.0) -> None:
        self._among: asyncio.Semaphore | None = None
        self._patience = patience

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    async def take(self, seats: asyncio.Semaphore) -> None:
        """Wait for one of the seats, but not for pages that hang in theirs: after a while go on without one."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(seats.acquire(), self._patience)
            self._among = seats

    def leave(self) -> None:
        """Give it to the next page; a page that has none, or has left it, goes on."""
        if self._among is not None:
            self._among.release()
            self._among = None


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
