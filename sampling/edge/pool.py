"""The pool: several warm browsers, jobs spread among them, each replaced when it is worn, hung or gone."""

import asyncio
import contextlib
from collections import deque
from dataclasses import dataclass, field

from sampling.edge.launch import BrowserSettings
from sampling.edge.warm import Warm, warm_up
from sampling.evidence.exchange import Passage

# Measured with the full set of artefacts: two contexts a core hide the waiting, the third gains nothing. One browser
# makes its pictures one page after the other, which is what more than four wait for.
_CONTEXTS_A_CORE = 2
_MOST_CONTEXTS = 4
_BROWSER_BYTES = 450 << 20
_CONTEXT_BYTES = 150 << 20

_PATIENCE = 2.5
"""Seconds that a new browser waits for the last pages of the one it replaces."""


def sized(cores: int, memory_bytes: int) -> tuple[int, int]:
    """Give how many browsers, and how many contexts in each, a machine carries with half of its memory; at least one.

    The other half is the database's, the parent's, and that of the page that is larger than most.
    """
    budget = memory_bytes // 2
    wanted = max(1, cores * _CONTEXTS_A_CORE)
    browsers = -(-wanted // _MOST_CONTEXTS)
    while browsers > 1 and browsers * (_BROWSER_BYTES + _CONTEXT_BYTES) > budget:
        browsers -= 1
    room = (budget // browsers - _BROWSER_BYTES) // _CONTEXT_BYTES
    return browsers, max(1, min(-(-wanted // browsers), room, _MOST_CONTEXTS))


@dataclass(slots=True)
class _Slot:
    warm: Warm | None = None
    waiting: int = 0
    door: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def load(self) -> int:
        return self.waiting + (self.warm.contexts if self.warm else 0)


class Pool:
    """Used from one event loop alone."""

    def __init__(self, settings: BrowserSettings) -> None:
        self.settings = settings
        self.running: list[Warm] = []
        self._slots = [_Slot() for _ in range(settings.browsers)]
        self._own: deque[Passage] = deque(maxlen=1000)

    @property
    def own_passages(self) -> tuple[Passage, ...]:
        """What the browsers asked for by themselves, outside every page; all of it was refused."""
        live = [passage for warm in self.running if warm.guard for passage in warm.guard.passages()]
        return (*self._own, *live)

    async def take(self, *, alone: bool = False) -> Warm:
        """Give the browser with the fewest pages, or one of its own; raises NoBrowser. `leave` gives it back."""
        if alone:
            return self._entered(await self._new())
        slot = min(self._slots, key=lambda slot: slot.load)
        slot.waiting += 1
        try:
            async with slot.door:
                if slot.warm is None or slot.warm.worn:
                    old, slot.warm = slot.warm, None
                    if old is not None:
                        await self._part(old)
                    slot.warm = await self._new()
                return self._entered(slot.warm)
        finally:
            slot.waiting -= 1

    async def leave(self, warm: Warm) -> None:
        """Take back a browser after its context was closed; one that is out of use ends with its last page."""
        warm.contexts -= 1
        if not warm.contexts:
            warm.idle.set()
        if not warm.contexts and all(slot.warm is not warm for slot in self._slots):
            await self._end(warm)

    async def end(self) -> None:
        """End every browser."""
        for warm in list(self.running):
            await self._end(warm)
        for slot in self._slots:
            slot.warm = None

    async def _part(self, worn: Warm) -> None:
        """Two browsers take twice the memory, so the last pages of the old one are awaited, if they end soon."""
        if worn.contexts and not worn.hung and worn.chromium.is_connected():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(worn.idle.wait(), _PATIENCE)
        if worn.hung or not worn.contexts:
            await self._end(worn)

    def _entered(self, warm: Warm) -> Warm:
        warm.idle.clear()
        warm.contexts += 1
        warm.jobs += 1
        return warm

    async def _new(self) -> Warm:
        warm = await warm_up(self.settings)
        self.running.append(warm)
        return warm

    async def _end(self, warm: Warm) -> None:
        if warm in self.running:
            self.running.remove(warm)
            if warm.guard is not None:
                self._own.extend(warm.guard.passages())
            await warm.end()
