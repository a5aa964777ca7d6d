"""One process that works for every Prefect pool: three workers would cost three times the memory."""

import asyncio
import signal

from prefect.workers.process import ProcessWorker

from shopper.pools import POOLS


async def work() -> None:
    """Poll all pools until a signal comes; a worker that fails takes the process along, to be started anew."""
    workers = [ProcessWorker(work_pool_name=pool, limit=limit) for pool, limit in POOLS.items()]
    tasks = [asyncio.create_task(worker.start()) for worker in workers]
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, _cancel, tasks)
    done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    _cancel(list(rest))
    for task in done:
        if not task.cancelled():
            task.result()


def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()


if __name__ == "__main__":
    asyncio.run(work())
