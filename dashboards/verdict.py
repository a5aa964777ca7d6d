"""The page of one verdict: what it rests on, and the second person's decision."""

from starlette.responses import Response

from dashboards.ask import Ask
from dashboards.form import Done, Fault, Form
from dashboards.views.verdict import load_verdict
from storage import verdicts


def show(ask: Ask) -> Response:
    """Everything that one verdict rests on."""
    return ask.page("office/verdict.html", load_verdict(ask.unit, ask.id("verdict")))


def send_back(ask: Ask) -> Response:
    """Send a verdict back to the laboratory instead of confirming it, with the reason."""
    reason = ask.text("reason")
    if not reason:
        form = Form({}, {"reason": Fault.MISSING})
        return ask.page("office/verdict.html", load_verdict(ask.unit, ask.id("verdict")), form=form)
    verdicts.send_back(ask.unit, ask.id("verdict"), reason, by=ask.by, at=ask.now)
    return ask.go("verdict.show", Done.SENT_BACK, verdict=ask.id("verdict"))
