"""The laboratory's pages: own consignments by blind code, the start of a test, result files and their receipts."""

from starlette.responses import Response

from dashboards.ask import Ask
from dashboards.errors import NotYours
from dashboards.form import Done, Fault, Form
from dashboards.views import lab as views
from dashboards.views.receiving import load, of_account
from storage import uploads as inbox
from storage.acts import bench

ENDINGS = (".csv", ".xlsx", ".json", ".xml")


def consignments(ask: Ask) -> Response:
    """What is on its way to us, and what we have."""
    return ask.page("lab/consignments.html", views.load_consignments(ask.unit, lab_of(ask)))


def consignment(ask: Ask) -> Response:
    """One consignment with its units, and the form that takes them in one by one."""
    own_consignment(ask)
    return ask.page("lab/consignment.html", load(ask.unit, of_account(ask.id("consignment"), ask.by)))


def start_test(ask: Ask) -> Response:
    """Open a unit's seal and start its test."""
    code = str(ask.request.path_params["blind_code"])
    bench.start(ask.unit, code, lab_of(ask), by=ask.by, at=ask.now)
    return ask.go("lab.consignment", Done.TEST_STARTED, consignment=ask.id("consignment"))


def uploads(ask: Ask) -> Response:
    """The form for a result file, and what became of the files before."""
    return ask.page("lab/uploads.html", inbox.of_lab(ask.unit, lab_of(ask)))


def send_file(ask: Ask) -> Response:
    """Take a result file in; it is read by the next sweep, and its receipt shows what was found."""
    sent = ask.file("file")
    fault = Fault.MISSING if sent is None else check_name(sent[0])
    if fault or sent is None:
        form = Form({}, {"file": fault or Fault.MISSING})
        return ask.page("lab/uploads.html", inbox.of_lab(ask.unit, lab_of(ask)), form=form)
    upload = inbox.receive(ask.unit, ask.world.objects, lab_of(ask), sent[0], sent[1], by=ask.by, at=ask.now)
    return ask.go("lab.receipt", Done.FILE_TAKEN, upload=upload.id)


def receipt(ask: Ask) -> Response:
    """One uploaded file: its hash, where it stands, and every finding by row and column."""
    return ask.page("lab/receipt.html", own_upload(ask))


def lab_of(ask: Ask) -> str:
    """Give the laboratory the user belongs to."""
    return ask.who.lab or ""


def own_consignment(ask: Ask) -> views.ConsignmentPage:
    """Give the consignment of the path, or refuse another laboratory's."""
    view = views.load_consignment(ask.unit, lab_of(ask), ask.id("consignment"))
    if view is None:
        raise NotYours("this consignment is not yours")
    return view


def own_upload(ask: Ask) -> views.UploadPage:
    """Give the upload of the path, or refuse another laboratory's."""
    view = views.load_upload(ask.unit, lab_of(ask), ask.id("upload"))
    if view is None:
        raise NotYours("this file is not yours")
    return view


def check_name(name: str) -> Fault | None:
    """Give what is wrong with a result file's name; its content is read later, by a child process."""
    return None if name.lower().endswith(ENDINGS) else Fault.NOT_A_RESULT_FILE
