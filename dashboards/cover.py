"""The cover of a shopper's own task: under which name, address and account it is bought; each look is written down."""

from starlette.responses import Response

from dashboards.ask import Ask
from dashboards.errors import NotYours
from dashboards.views import covers, shopper
from sampling.task import TASK
from storage.errors import NotAllowed
from storage.looks import OF_TASK


def show(ask: Ask) -> Response:
    """The cover that one task is done under, while the task is the shopper's own and open."""
    found = shopper.own_task(ask.unit, ask.who.name, ask.id("task"))
    if found is None:
        raise NotYours("this task is not yours")
    task, sample = found
    if task.state in TASK.final:
        raise NotAllowed("this task is over")
    opened = ask.world.vault.open(
        ask.unit, ask.who.name, sample.platform, case_id=sample.id, by=ask.by, at=ask.now, purpose=OF_TASK
    )
    answer = ask.page("shopper/cover.html", covers.own(task, sample, opened))
    # A copy in the browser would be looked at without our knowing.
    answer.headers["cache-control"] = "no-store"
    return answer
