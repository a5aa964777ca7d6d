"""The pages of the laboratories: scope, performance, and accreditation that two officers take away."""

from datetime import date
from typing import Any

from starlette.responses import Response

from dashboards.ask import Ask
from dashboards.errors import Unknown
from dashboards.form import FIRST_YEAR, LAST_YEAR, Done, Fault, Form
from dashboards.views.laboratories import LaboratoryPage, Preview, load_laboratories, load_laboratory
from labs.accreditation import ANY
from labs.withdrawal import Reach, WithdrawalEvent, WithdrawalKind
from storage import withdrawals
from storage.acts import accreditation

LONGEST = 500
FIELDS = ("kind", "since", "until", "scheme", "item", "method", "reason")


def listed(ask: Ask) -> Response:
    """Every laboratory with how it does, and what waits for a second person."""
    return _listed(ask)


def show(ask: Ask) -> Response:
    """One laboratory: its scope, its figures and what was taken away of it."""
    return ask.page("office/laboratory.html", _laboratory(ask))


def preview(ask: Ask) -> Response:
    """What would fall if accreditation were taken away, before anybody proposes it."""
    return _asked(ask, {name: ask.query(name) for name in FIELDS})


def propose(ask: Ask) -> Response:
    """Propose to take accreditation away; nothing falls before a second officer agrees."""
    typed = {name: ask.text(name) for name in FIELDS}
    kind, reach, errors = _read(_laboratory(ask).laboratory.code, typed)
    if reach is None or kind is None or errors:
        return ask.page("office/laboratory.html", _laboratory(ask), form=Form(typed, errors))
    withdrawals.propose(ask.unit, kind, reach, typed["reason"], by=ask.by, at=ask.now)
    return ask.go("laboratories.listed", Done.WITHDRAWAL_PROPOSED)


def carry_out(ask: Ask) -> Response:
    """Take accreditation away as the second officer: every verdict in the gap falls."""
    id_ = ask.id("withdrawal")
    if withdrawals.get(ask.unit, id_).proposed_by == ask.by:
        return _listed(ask, Form({}, {f"withdrawal-{id_}": Fault.OWN_PROPOSAL}))
    accreditation.carry_out(ask.unit, id_, by=ask.by, at=ask.now)
    return ask.go("laboratories.listed", Done.CARRIED_OUT)


def refuse(ask: Ask) -> Response:
    """Refuse to take accreditation away, with the reason."""
    id_, reason = ask.id("withdrawal"), ask.text("refusal")
    if not reason:
        return _listed(ask, Form({}, {f"refusal-{id_}": Fault.MISSING}))
    withdrawals.decide(ask.unit, id_, WithdrawalEvent.REFUSED, by=ask.by, at=ask.now, refusal=reason)
    return ask.go("laboratories.listed", Done.REFUSED)


def _listed(ask: Ask, form: Form | None = None) -> Response:
    return ask.page("office/laboratories.html", load_laboratories(ask.unit, ask.now), form=form)


def _laboratory(ask: Ask) -> LaboratoryPage:
    code = str(ask.request.path_params["lab"])
    found = load_laboratory(ask.unit, code, ask.now)
    if found is None:
        raise Unknown(code)
    return found


def _asked(ask: Ask, typed: dict[str, str]) -> Response:
    page = _laboratory(ask)
    kind, reach, errors = _read(page.laboratory.code, typed)
    if reach is None or kind is None or errors:
        return ask.page("office/laboratory.html", page, form=Form(typed, errors))
    gaps = accreditation.look(ask.unit, reach, at=ask.now)
    return ask.page("office/withdrawal.html", Preview(kind, reach, typed["reason"], gaps), form=Form(typed))


def _read(lab: str, typed: dict[str, str]) -> tuple[WithdrawalKind | None, Reach | None, dict[str, Any]]:
    """What was asked for, or the faults in it."""
    faults: dict[str, Any] = {name: Fault.MISSING for name in ("kind", "since", "reason") if not typed[name]}
    faults |= {name: Fault.TOO_LONG for name in FIELDS if len(typed[name]) > LONGEST}
    kind = WithdrawalKind(typed["kind"]) if typed["kind"] in set(WithdrawalKind) else None
    if typed["kind"] and kind is None:
        faults["kind"] = Fault.NOT_OFFERED
    since, until = _day(typed["since"]), _day(typed["until"])
    for name, day in (("since", since), ("until", until)):
        if typed[name] and day is None:
            faults[name] = Fault.NOT_A_TIME
    if since and until and until < since:
        faults["until"] = Fault.NOT_A_TIME
    if faults or since is None:
        return kind, None, faults
    names = {name: typed[name] or ANY for name in ("scheme", "item", "method")}
    return kind, Reach(lab, since, until, **names), faults


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        return None
    return day if day is not None and FIRST_YEAR <= day.year <= LAST_YEAR else None
