"""The office's look at what laboratories sent: what is held, the alarms it raised, its release and its refusal."""

from starlette.responses import Response

from dashboards import preview
from dashboards.ask import Ask
from dashboards.form import Done, Fault, Fields, Form
from dashboards.views.intake import FilePage, load_file, load_held, load_revision
from labs.report import UploadState
from storage import releases, upload_alarms
from storage.errors import Stale

LONGEST = 2000


def held(ask: Ask) -> Response:
    """Every file that waits for officers: why, and since when."""
    return ask.page("office/uploads.html", load_held(ask.unit))


def upload(ask: Ask) -> Response:
    """One file of a laboratory: where it stands, how it was read, every finding, and what may be decided about it."""
    return _page(ask)


def answer_alarm(ask: Ask) -> Response:
    """Write down that the alarm about a file was dealt with, and what came of it."""
    fields = Fields({"note": ask.text("note")})
    note = fields.text("note", longest=LONGEST)
    if not fields.form.ok:
        return _page(ask, fields.form)
    upload_alarms.answer(ask.unit, ask.id("upload"), note, by=ask.by, at=ask.now)
    return ask.go("intake.upload", Done.ALARM_ANSWERED, upload=ask.id("upload"))


def release(ask: Ask) -> Response:
    """Let pass what holds a file, or propose it where that takes two officers; the next sweep reads it once more."""
    fields, view = Fields({"release": ask.text("release")}), _file(ask)
    reason = fields.text("release", longest=LONGEST)
    if (fault := _fault(ask, view)) is not None:
        fields.refuse("release", fault)
    if not fields.form.ok:
        return _page(ask, fields.form)
    shown = ask.text("known")
    try:
        state = releases.release(
            ask.unit, ask.world.objects, view.upload.id, reason, known=shown, by=ask.by, at=ask.now
        )  # fmt: skip
    except Stale:
        fields.refuse("release", Fault.CHANGED_SINCE)
        return _page(ask, fields.form)
    done = Done.FILE_RELEASED if state is UploadState.RELEASED else Done.RELEASE_PROPOSED
    return ask.go("intake.held", done)


def refuse(ask: Ask) -> Response:
    """Refuse a held file for good; the laboratory reads the reason on its receipt."""
    fields = Fields({"refusal": ask.text("refusal")})
    reason = fields.text("refusal", longest=LONGEST)
    if not fields.form.ok:
        return _page(ask, fields.form)
    releases.refuse(ask.unit, ask.id("upload"), reason, by=ask.by, at=ask.now)
    return ask.go("intake.held", Done.FILE_REFUSED)


def _file(ask: Ask) -> FilePage:
    return load_file(ask.unit, ask.world.objects, ask.id("upload"), ask.now)


def _page(ask: Ask, form: Form | None = None) -> Response:
    """The page, with both versions of what was revised in silence where a look at the file is free."""
    view = _file(ask)
    if view.is_revision and preview.AT_ONCE.acquire(timeout=preview.PATIENCE):
        try:
            view = load_revision(ask.unit, ask.world.objects, view, ask.world.look, ask.now)
        finally:
            preview.AT_ONCE.release()
    return ask.page("office/upload.html", view, form=form)


def _fault(ask: Ask, view: FilePage) -> Fault | None:
    """What stands in the way of this officer's release; a file that waits for none is refused by its life cycle."""
    if view.upload.uploaded_by == ask.by:
        return Fault.OWN_FILE
    if view.proposal is not None and view.proposal.decided_by == ask.by:
        return Fault.OWN_PROPOSAL
    return Fault.NEVER_RELEASED if view.stops else None
