"""The twin: an officer proposes to test the backup unit in place of a lost or broken test unit, another has it done."""

from starlette.responses import Response

from dashboards.ask import Ask
from dashboards.form import Done, Fields
from dashboards.views.sample import load_sample
from storage import twins

LONGEST = 300


def propose(ask: Ask) -> Response:
    """Propose it with its reason; where the rulebook asks for one person alone it is done at once."""
    fields = Fields({"twin_reason": ask.text("twin_reason")})
    reason = fields.text("twin_reason", longest=LONGEST)
    if not fields.form.ok:
        return ask.page("office/sample.html", load_sample(ask.unit, ask.id("sample")), form=fields.form)
    made = twins.propose(ask.unit, ask.id("sample"), reason, by=ask.by, at=ask.now)
    done = Done.TWIN_TAKEN if made.decided_at else Done.TWIN_PROPOSED
    return ask.go("coordinator.sample", done, sample=ask.id("sample"))


def take(ask: Ask) -> Response:
    """Have it done, as the second person."""
    twins.take(ask.unit, ask.id("sample"), by=ask.by, at=ask.now)
    return ask.go("coordinator.sample", Done.TWIN_TAKEN, sample=ask.id("sample"))
