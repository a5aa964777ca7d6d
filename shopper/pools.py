"""The Prefect work pools and how much runs at once in each."""

import os

POOLS = {
    "io": 4,  # short sweeps that wait for the database or a network answer
    "browser": max(1, os.cpu_count() or 1),  # a Chromium fills a core
    "batch": 1,  # scores and publications: heavy, in no hurry
}
