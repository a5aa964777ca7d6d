"""The office's look at what a laboratory sent, and at the alarms that it raised."""

from starlette.responses import Response

from dashboards.ask import Ask
from dashboards.form import Done, Fields
from dashboards.views.intake import load_file
from storage import upload_alarms

LONGEST = 2000


def upload(ask: Ask) -> Response:
    """One file of a laboratory: where it stands, how it was read, every finding, and the alarm about it."""
    return ask.page("office/upload.html", load_file(ask.unit, ask.id("upload")))


def answer_alarm(ask: Ask) -> Response:
    """Write down that the alarm about a file was dealt with, and what came of it."""
    fields = Fields({"note": ask.text("note")})
    note = fields.text("note", longest=LONGEST)
    if not fields.form.ok:
        return ask.page("office/upload.html", load_file(ask.unit, ask.id("upload")), form=fields.form)
    upload_alarms.answer(ask.unit, ask.id("upload"), note, by=ask.by, at=ask.now)
    return ask.go("intake.upload", Done.ALARM_ANSWERED, upload=ask.id("upload"))
