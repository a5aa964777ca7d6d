"""The preview: a laboratory sees how its own file will be read before it sends it; nothing of it is stored."""

from threading import BoundedSemaphore

from starlette.responses import Response

from dashboards.answer import file_response
from dashboards.ask import Ask
from dashboards.form import Fault, Form
from dashboards.lab import CSV, JSON, fault_of, lab_of, sent_files
from dashboards.views import preview as views
from labs.finding_list import to_csv, to_json
from labs.signed import Sent
from storage import report_rules

AT_ONCE = BoundedSemaphore(2)
"""Each look takes a child process or three, so it must not take the whole machine."""
PATIENCE = 5.0


def show(ask: Ask) -> Response:
    """The form for a file to look at."""
    return ask.page("lab/preview.html", views.PreviewPage(report_rules.of_lab(ask.unit, lab_of(ask)).asked))


def look(ask: Ask) -> Response:
    """How the file is read: each heading, the first rows, every finding; as a page, or the findings as a file."""
    sent = sent_files(ask)
    fault = fault_of(ask, sent)
    if fault or sent is None:
        return _refused(ask, fault or Fault.MISSING)
    if not AT_ONCE.acquire(timeout=PATIENCE):
        return _refused(ask, Fault.BUSY)
    try:
        view = views.load_preview(ask.unit, lab_of(ask), sent, ask.world.look, ask.now)
    finally:
        AT_ONCE.release()
    return _as_file(sent, view, ask.text("as")) or ask.page("lab/preview.html", view)


def _as_file(sent: Sent, view: views.PreviewPage, kind: str) -> Response | None:
    if view.seen is None or kind not in {"csv", "json"}:
        return None
    found = view.seen.findings
    if kind == "csv":
        return file_response(to_csv(found), f"{sent.name}-findings.csv", CSV)
    return file_response("".join(to_json(found)).encode(), f"{sent.name}-findings.jsonl", JSON)


def _refused(ask: Ask, fault: Fault) -> Response:
    asked = report_rules.of_lab(ask.unit, lab_of(ask)).asked
    return ask.page("lab/preview.html", views.PreviewPage(asked), form=Form({}, {"file": fault}))
