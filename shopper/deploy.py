"""Tells a running Prefect server about our pools and flows; telling it again changes nothing."""

import asyncio
import subprocess
import sys
from datetime import timedelta

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.exceptions import ObjectAlreadyExists
from prefect.workers.process import ProcessWorker

from shopper.pools import POOLS

HEARTBEAT = "prefect.flow-run.heartbeat"
ENDS = {f"prefect.flow-run.{state}" for state in ("Completed", "Failed", "Cancelled", "Crashed")}

# Only the picture in Prefect's pages depends on this: without it a run whose process and worker were killed
# is shown as running for ever.
SILENT_RUNS = AutomationCore(
    name="A run without heartbeats has crashed",
    trigger=EventTrigger(
        after={HEARTBEAT},
        expect={HEARTBEAT, *ENDS},
        match=ResourceSpecification.model_validate({"prefect.resource.id": ["prefect.flow-run.*"]}),
        for_each={"prefect.resource.id"},
        posture=Posture.Proactive,
        threshold=1,
        within=timedelta(seconds=90),
    ),
    actions=[
        ChangeFlowRunState(name=None, state=StateType.CRASHED, message="No heartbeat for 90 seconds.", force=False)
    ],
)


async def prepare() -> None:
    """Create the pools and the automation that are missing, on the server that the environment names."""
    template = ProcessWorker.get_default_base_job_template()
    async with get_client() as client:
        for name in POOLS:
            await _create_pool(client, WorkPoolCreate(name=name, type="process", base_job_template=template))
        if not await client.read_automations_by_name(SILENT_RUNS.name):
            await client.create_automation(SILENT_RUNS)


async def _create_pool(client: PrefectClient, pool: WorkPoolCreate) -> None:
    try:
        await client.create_work_pool(pool)
    except ObjectAlreadyExists:
        return


def deploy() -> int:
    """Deploy every flow of the working folder's `prefect.yaml` and give Prefect's exit code."""
    return subprocess.run([sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all"], check=False).returncode


if __name__ == "__main__":
    asyncio.run(prepare())
    sys.exit(deploy())
