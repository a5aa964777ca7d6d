"""The laboratory's pages: own consignments by blind code, the start of a test, result files and their receipts."""

from starlette.responses import Response

from dashboards.answer import file_response
from dashboards.ask import Ask
from dashboards.errors import NotYours
from dashboards.form import Done, Fault, Form
from dashboards.views import lab as views
from dashboards.views.receiving import load, of_account
from labs.finding_list import to_csv, to_json
from labs.signed import Sent
from sampling.digest import sha256
from storage import uploads as inbox
from storage.acts import bench

ENDINGS = (".csv", ".xlsx", ".json", ".xml")
LARGEST = 20 * 1024 * 1024
"""How many bytes a table and its report may have together on this way; larger ones go by the command."""
CSV, JSON = "text/csv; charset=utf-8", "application/jsonl"


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
    return ask.page("lab/uploads.html", views.load_uploads(ask.unit, lab_of(ask)))


def send_file(ask: Ask) -> Response:
    """Take a result file in, and its report; they are read by the next sweep, and the receipt shows what was found."""
    sent = sent_files(ask)
    fault = fault_of(ask, sent)
    if fault or sent is None:
        form = Form({}, {"file": fault or Fault.MISSING})
        return ask.page("lab/uploads.html", views.load_uploads(ask.unit, lab_of(ask)), form=form)
    upload = inbox.receive(
        ask.unit, ask.world.objects, lab_of(ask), sent.name, sent.table, by=ask.by, at=ask.now, report=sent.report
    )
    return ask.go("lab.receipt", Done.FILE_TAKEN, upload=upload.id)


def receipt(ask: Ask) -> Response:
    """One uploaded file: its hash, where it stands, how it was read, and the findings by row and column."""
    return ask.page("lab/receipt.html", own_upload(ask))


def findings_csv(ask: Ask) -> Response:
    """Every finding of an uploaded file as a table."""
    upload = own_upload(ask).upload
    return file_response(to_csv(upload.findings), f"{upload.name}-findings.csv", CSV)


def findings_json(ask: Ask) -> Response:
    """Every finding of an uploaded file, one a line."""
    upload = own_upload(ask).upload
    return file_response("".join(to_json(upload.findings)).encode(), f"{upload.name}-findings.jsonl", JSON)


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


def sent_files(ask: Ask) -> Sent | None:
    """Give the table of a form with the report beside it; None where no table was chosen."""
    table, report = ask.file("file"), ask.file("report")
    return Sent(table[0], table[1], report[1] if report else None) if table else None


def fault_of(ask: Ask, sent: Sent | None) -> Fault | None:
    """Give what is wrong with a form of files; one that names a file that was looked at must bring that one."""
    if sent is None:
        return Fault.MISSING
    seen = ask.text("sha256")
    return Fault.OTHER_FILE if seen and seen != sha256(sent.table) else check_name(sent.name)


def check_name(name: str) -> Fault | None:
    """Give what is wrong with a result file's name; its content is read later, by a child process."""
    return None if name.lower().endswith(ENDINGS) else Fault.NOT_A_RESULT_FILE
