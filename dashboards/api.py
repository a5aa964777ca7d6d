"""The JSON API: public results and scores, a platform's notices and answers, a laboratory's consignments and files."""

import json
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from starlette.responses import Response

from dashboards.answer import json_response
from dashboards.ask import Ask
from dashboards.errors import BadRequest, Unknown
from dashboards.form import Fault
from dashboards.lab import fault_of, lab_of, own_consignment, own_upload, sent_files
from dashboards.platform import own_notice
from dashboards.views import lab as lab_views
from dashboards.views import platform as platform_views
from dashboards.views import public as public_views
from labs.consignment import LineEvent
from labs.report import Upload
from reputation import release
from reputation.publication import Publication
from storage import scores as ledger
from storage import uploads
from storage.acts import bench, desk

MOST = 100
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class Body(BaseModel):
    """What a program may send: named fields, nothing else."""

    model_config = ConfigDict(extra="forbid")


class Receipt(Body):
    """That a notice arrived."""

    kind: Literal["acknowledged"]


class Action(Body):
    """What was done about one listing of a notice."""

    ref: Words
    claimed: Literal["removed", "refused"]
    reason: Words | None = None


class Contest(Body):
    """That a demand is contested, and why."""

    reason: Words


class Seal(StrEnum):
    """How a unit arrived: with its seal whole or broken, not at all, or whole and sent back."""

    OK = "ok"
    BROKEN = "broken"
    MISSING = "missing"
    REFUSED = "refused"


class Arrival(Body):
    """How every unit of a consignment arrived, by blind code, and why each that is refused is."""

    seals: dict[Words, Seal] = Field(min_length=1)
    reasons: dict[Words, Literal["papers_differ", "too_warm", "not_in_scope", "no_capacity"]] = {}


Model = TypeVar("Model", bound=Body)


def results(ask: Ask) -> Response:
    """Published results by number; `cursor` of one answer asks for the next."""
    limit = ask.query("limit") or str(MOST)
    if not (limit.isascii() and limit.isdigit() and len(limit) < 5 and 0 < int(limit) <= MOST):
        raise BadRequest(f"limit is a whole number from 1 to {MOST}")
    found = public_views.load_slice(ask.unit, ask.query("cursor"), int(limit))
    body = {"results": _entries(found.entries), "cursor": found.cursor}
    return json_response(ask.request, body, public=True)


def result(ask: Ask) -> Response:
    """One published result."""
    found = public_views.load_result(ask.unit, str(ask.request.path_params["number"]))
    if found is None:
        raise Unknown("there is no such result")
    return json_response(ask.request, _entries((found.publication,))[0], public=True)


def scores(ask: Ask) -> Response:
    """The newest scores of a kind: seller, brand or platform."""
    kind = ask.query("kind") or "seller"
    if kind not in public_views.KINDS:
        raise BadRequest("kind is seller, brand or platform")
    body = {"kind": kind, "scores": [one.score for one in ledger.listed(ask.unit, kind)]}
    return json_response(ask.request, body, public=True)


def notices(ask: Ask) -> Response:
    """The notices issued to the caller's platform, newest first."""
    found = platform_views.load_inbox(ask.unit, platform_views.recipient_of(ask.who))
    keys = ("id", "number", "kind", "state", "version", "sha256")
    return json_response(ask.request, {"notices": [{key: str(getattr(one, key)) for key in keys} for one in found]})


def notice(ask: Ask) -> Response:
    """One notice with its document, its signature and what was answered."""
    return json_response(ask.request, own_notice(ask).record)


def acknowledge(ask: Ask) -> Response:
    """Take a platform's receipt of a notice."""
    read_body(ask, Receipt)
    desk.acknowledge(ask.unit, ask.id("notice"), platform_views.recipient_of(ask.who), by=ask.by, at=ask.now)
    return json_response(ask.request, own_notice(ask).record, status=201)


def claim(ask: Ask) -> Response:
    """Take a platform's word that a listing was removed, or that it refuses."""
    body, view = read_body(ask, Action), own_notice(ask)
    if body.ref != view.notice.ref:
        raise BadRequest(f"ref is {view.notice.ref}")
    if body.claimed == "refused" and body.reason is None:
        raise BadRequest("a refusal needs a reason")
    to = platform_views.recipient_of(ask.who)
    desk.claim(ask.unit, view.notice.id, to, body.claimed, body.reason, by=ask.by, at=ask.now)
    return json_response(ask.request, own_notice(ask).record, status=201)


def contest(ask: Ask) -> Response:
    """Take a platform's contest of a demand."""
    body, to = read_body(ask, Contest), platform_views.recipient_of(ask.who)
    desk.contest(ask.unit, ask.id("notice"), to, body.reason, by=ask.by, at=ask.now)
    return json_response(ask.request, own_notice(ask).record, status=201)


def consignments(ask: Ask) -> Response:
    """The consignments that have left for the caller's laboratory, by blind codes alone."""
    found = lab_views.load_consignments(ask.unit, lab_of(ask))
    return json_response(ask.request, {"consignments": [_consignment(one) for one in found]})


def receive_consignment(ask: Ask) -> Response:
    """Take a laboratory's receipt of a consignment: how each unit arrived, and why one is refused."""
    body, view = read_body(ask, Arrival), own_consignment(ask)
    if set(body.seals) != {one.blind_code for one in view.units}:
        raise BadRequest("every unit of the consignment needs its seal check, and no other")
    if set(body.reasons) != {code for code, seal in body.seals.items() if seal is Seal.REFUSED}:
        raise BadRequest("every unit that is refused needs its reason, and no other")
    for code, seal in body.seals.items():
        if seal is not Seal.MISSING:
            bench.take_in(ask.unit, view.id, code, _arrived(seal, body.reasons.get(code)), by=ask.by, at=ask.now)
    if Seal.MISSING in body.seals.values():
        bench.finish(ask.unit, view.id, by=ask.by, at=ask.now)
    return json_response(ask.request, _consignment(own_consignment(ask)), status=201)


def _arrived(seal: Seal, reason: str | None) -> bench.Arrival:
    made = LineEvent.REFUSED if seal is Seal.REFUSED else LineEvent.RECEIVED
    return bench.Arrival(seal is not Seal.BROKEN, made=made, reason=reason)


def start_test(ask: Ask) -> Response:
    """Take word that a unit's seal was opened and its test began."""
    code = str(ask.request.path_params["blind_code"])
    bench.start(ask.unit, code, lab_of(ask), by=ask.by, at=ask.now)
    return json_response(ask.request, {"blind_code": code, "state": "in_test"}, status=201)


def send_upload(ask: Ask) -> Response:
    """Take a laboratory's result file as the form field `file` and its signed report as `report`; see the receipt.

    With `sha256` a file that came otherwise than it was sent is not kept.
    """
    sent = sent_files(ask)
    fault = fault_of(ask, sent)
    if fault is Fault.OTHER_FILE:
        raise BadRequest("the form field sha256 names another file than the one that came")
    if sent is None or fault:
        raise BadRequest("the form field file holds a .csv, .xlsx, .json or .xml file")
    upload = uploads.receive(
        ask.unit, ask.world.objects, lab_of(ask), sent.name, sent.table, by=ask.by, at=ask.now, report=sent.report
    )
    return json_response(ask.request, _upload(upload), status=201)


def upload(ask: Ask) -> Response:
    """Where an uploaded file stands, with every finding by row and column."""
    view = own_upload(ask)
    findings = [
        {
            "rule": one.finding.rule,
            "reaction": one.finding.reaction,
            "row": one.finding.row,
            "column": one.finding.column,
            "cell": one.finding.cell,
            "found": one.finding.found,
            "expected": one.finding.expected,
            "sentence": one.sentence.record(),
        }
        for one in lab_views.explained(view.upload.findings)
    ]
    reports = [{"number": number, "version": version} for number, version in view.reports]
    told = {"refusal": view.refusal, "released": view.released, "reports": reports, "findings": findings}
    return json_response(ask.request, _upload(view.upload) | told)


def read_body(ask: Ask, model: type[Model]) -> Model:
    """Give the body as the model, or say what is wrong with it."""
    try:
        return model.model_validate_json(ask.body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "body"
        raise BadRequest(f"{place}: {first['msg']}") from error


def _entries(found: tuple[Publication, ...]) -> list[dict[str, object]]:
    """Give the public entries as the released files hold them."""
    entries: list[dict[str, object]] = json.loads(release.to_json(found))["entries"]
    return entries


def _consignment(view: lab_views.ConsignmentPage) -> dict[str, object]:
    return {
        "id": str(view.id),
        "number": view.number,
        "state": view.state.value,
        "manifest_sha256": view.manifest_sha256,
        "units": [
            {
                "blind_code": one.blind_code,
                "seal_no": one.seal_no,
                "category": one.category,
                "items": list(one.items),
                "methods": {item: list(methods) for item, methods in one.methods.items()},
                "state": one.state.value,
                "receipt": one.line.value,
                "reason": one.reason,
            }
            for one in view.units
        ],
    }


def _upload(upload: Upload) -> dict[str, object]:
    return {
        "id": str(upload.id),
        "name": upload.name,
        "sha256": upload.sha256,
        "size": upload.size,
        "report_sha256": upload.report_sha256,
        "mapping": asdict(upload.mapping) if upload.mapping else None,
        "state": upload.state.value,
        "received_at": upload.received_at.isoformat(),
    }
