"""Processes that a test started: which there are, and that they are gone."""

import time
from collections.abc import Sequence

import psutil


def children() -> set[psutil.Process]:
    """Give our child processes but those of the browser that other tests share: it starts and ends its own at will."""
    return {child for child in psutil.Process().children(recursive=True) if "chrom" not in _name(child)}


def left(family: Sequence[psutil.Process]) -> list[psutil.Process]:
    """Give which processes still are there after a minute; one that has ended, and that nobody asked after, is gone."""
    for _ in range(600):
        if not (alive := [process for process in family if _is_alive(process)]):
            break
        time.sleep(0.1)
    return alive


def _name(process: psutil.Process) -> str:
    try:
        return str(process.name())
    except psutil.NoSuchProcess:
        return "chrom"  # ended meanwhile


def _is_alive(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
