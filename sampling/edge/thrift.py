"""Thrift: keeps the C library from holding on to the megabytes of a page that is long sealed."""

import contextlib
import ctypes
import gc
import os

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
    # The driver takes what it is told from the environment alone.
    os.environ.setdefault("MALLOC_MMAP_THRESHOLD_", str(_LARGE))
    os.environ.setdefault("MALLOC_ARENA_MAX", str(_ARENAS))


def let_go() -> None:
    """Free what a finished capture left behind.

    The driver's objects hold each other and some 60 MB of messages about a large page. The collector counts objects,
    not bytes, so it would come pages later: measured with two pages at a time, 190 MB for 0.05 CPU s a page.
    """
    gc.collect()
