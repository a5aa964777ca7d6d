"""Memory: a process that makes frames keeps what it frees, for the next column is as large as the last."""

import ctypes
import sys

import pyarrow as pa

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3
"""The names of two settings in malloc.h."""
NEVER = -1
LARGE = 1 << 30
"""Only larger blocks go back to the system one by one."""


def keep() -> bool:
    """Let Arrow and NumPy take memory from one place that gives none back until the process ends; tell whether it does.

    To get a page from the system costs more than to fill it: a frame takes three quarters of the CPU time that it
    takes otherwise, and up to 2 KB a listing more at its peak. It is for processes that end when the work is done; no
    other C library than that of GNU can do it.
    """
    settings = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if settings is None:
        return False
    pa.set_memory_pool(pa.system_memory_pool())
    return bool(settings(MMAP_THRESHOLD, LARGE) and settings(TRIM_THRESHOLD, NEVER))
