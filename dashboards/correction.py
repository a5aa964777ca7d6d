"""Correcting an entry of a chain of custody: what was written down wrongly is stated anew, by an entry of its own."""

from datetime import datetime, timedelta, timezone

from starlette.responses import Response

from dashboards.ask import Ask
from dashboards.errors import Unknown
from dashboards.form import Done, Fault, Fields, Form
from dashboards.language import ZONE
from dashboards.views.correction import CorrectionPage, load_correction
from sampling.custody import Handover
from sampling.errors import RefusedCustody
from storage import custody
from storage.custody import Circumstances

FIELD_OF = {"wrong_clock": "at", "time_goes_back": "at", "given_to_nobody": "received_by"}
"""The field at which a rule of the chain is told; all others are told at the reason."""


def show(ask: Ask) -> Response:
    """The form that corrects an entry, filled in with what the entry says."""
    view = _view(ask)
    return _page(ask, view, Form(_said(view.counts)))


def correct(ask: Ask) -> Response:
    """State an entry anew, with the reason; what the chain does not allow is told on the form."""
    view = _view(ask)
    fields = _read(ask, view)
    found = _circumstances(view.counts, fields)
    if fields.form.ok:
        _state(ask, view, fields, found)
    if not fields.form.ok:
        return _page(ask, view, fields.form)
    return ask.go("coordinator.sample", Done.CORRECTED, sample=view.sample.id)


def _state(ask: Ask, view: CorrectionPage, fields: Fields, found: Circumstances) -> None:
    told, seq = fields.values, view.counts.corrects or view.counts.seq
    parties = {"released_by": told["released_by"], "received_by": told["received_by"]}
    try:
        custody.correct(
            ask.unit, view.part.id, seq, reason=told["reason"], by=ask.by, at=ask.now, place=told["place"],
            found=found, **parties,
        )  # fmt: skip
    except RefusedCustody as refused:
        fields.refuse(FIELD_OF.get(refused.code, "reason"), refused.sentence)


def _read(ask: Ask, view: CorrectionPage) -> Fields:
    """The fields as they were typed; a party that its neighbours in the chain bind stays as it was said."""
    said = _said(view.counts)
    bound = {"released_by": not view.may_release, "received_by": not view.may_receive}
    fields = Fields({name: said[name] if bound.get(name) else ask.text(name) for name in said})
    changed = fields.values != said
    fields.values["reason"] = ask.text("reason")
    for name in ("released_by", "received_by", "place"):
        fields.text(name, longest=120)
    fields.choice("condition", frozenset(view.conditions))
    fields.text("reason", longest=300)
    if ask.text("known") != str(view.counts.seq):
        fields.refuse("reason", Fault.CORRECTED_SINCE)
    elif not changed:
        fields.refuse("reason", Fault.NOTHING_CHANGED)
    return fields


def _circumstances(entry: Handover, fields: Fields) -> Circumstances:
    """How the unit was found; a time that was left alone keeps its seconds and the zone of its device."""
    kept = fields.values["at"] == _local(entry.at)
    device = timezone(timedelta(minutes=entry.offset_minutes))
    at = entry.at.astimezone(device) if kept else fields.moment("at", ZONE)
    return Circumstances(fields.values["condition"], fields.degrees("temperature"), entry.photos, at)


def _said(entry: Handover) -> dict[str, str]:
    """What the entry says, as the form shows it."""
    return {
        "released_by": entry.released_by, "received_by": entry.received_by, "place": entry.place,
        "at": _local(entry.at), "condition": entry.condition,
        "temperature": "" if entry.temperature is None else f"{entry.temperature:f}",
    }  # fmt: skip


def _local(at: datetime) -> str:
    return at.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")


def _view(ask: Ask) -> CorrectionPage:
    number = str(ask.request.path_params["seq"])
    if not (number.isascii() and number.isdigit() and len(number) < 7):
        raise Unknown(number)
    return load_correction(ask.unit, ask.id("part"), int(number))


def _page(ask: Ask, view: CorrectionPage, form: Form) -> Response:
    return ask.page("office/correction.html", view, form=form)
