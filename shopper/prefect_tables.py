"""Makes the tables of the Prefect server, also where PostgreSQL lacks an extension that its migrations ask for."""

import sys
from contextlib import nullcontext

import anyio
import anyio.to_thread
from prefect.server.database.alembic_commands import alembic_upgrade

from storage.trigrams import offers_trigrams, skip_trigrams


def make_tables(url: str) -> None:
    """Bring the database that Prefect's own setting names up to date; the address is for a look at the server."""
    with nullcontext() if offers_trigrams(url) else skip_trigrams():
        anyio.run(_upgrade)


async def _upgrade() -> None:
    await anyio.to_thread.run_sync(alembic_upgrade)  # it looks for its event loop from a worker thread


if __name__ == "__main__":
    make_tables(sys.argv[1])
