"""Taking samples in at a laboratory: a scan turns its line, on the account's page or on that of a signed link."""

import hmac
from dataclasses import dataclass, replace
from unicodedata import normalize

from starlette.responses import Response

from dashboards.ask import Ask
from dashboards.form import Done, Fault, Fields, Form
from dashboards.lab import own_consignment
from dashboards.photo import readable
from dashboards.session import WINDOW, address
from dashboards.views import receiving as views
from dashboards.views.receiving import Desk
from labs import link as links
from labs.consignment import Consignment, LineEvent
from labs.errors import RefusedScan, WrongLink
from sampling.digest import Digest, framed
from sampling.text import Text
from storage import accounts, consignments, receipt_links, scans
from storage.acts import bench
from storage.acts.bench import Arrival

TRIES = 60
"""So many wrong scans or wrong links are answered in a quarter of an hour, from one link or one address."""
KEPT_PHOTO, PURPOSE = "kept_photo", b"picture of a scan"
TAKEN_FOR_NO_REASON = Text(
    "收样的样品不填原因：请选择“损坏”或“退回”，或者不选原因。",
    "A unit that is taken has no reason: say that it is damaged or refused, or choose no reason.",
)
OF_ANOTHER_PARTY = Text(
    "抽样机构已有同名人员：收样由检验机构的人员签收。若只是同名，请在姓名后注明贵机构。",
    "Somebody of the sampling body has this name: who takes the goods in is of the laboratory. If you only share the "
    "name, write your laboratory behind it.",
)
MADE = {"take": LineEvent.RECEIVED, "damaged": LineEvent.DAMAGED, "refuse": LineEvent.REFUSED}


@dataclass(frozen=True, slots=True)
class _Scan:
    """One scanned unit, with all that was said of it."""

    code: str
    arrival: Arrival


def scan(ask: Ask) -> Response:
    """Take one unit in on the account's page."""
    own_consignment(ask)
    return _scan(ask, views.of_account(ask.id("consignment"), ask.by))


def finish(ask: Ask) -> Response:
    """Say on the account's page that all that came was taken in."""
    own_consignment(ask)
    return _finish(ask, views.of_account(ask.id("consignment"), ask.by))


def refuse(ask: Ask) -> Response:
    """Send a whole consignment back from the account's page."""
    own_consignment(ask)
    return _refuse(ask, views.of_account(ask.id("consignment"), ask.by))


def show_by_link(ask: Ask) -> Response:
    """The one consignment of a signed link; whoever opens it says their name first."""
    desk = _desk(ask)
    return _page(ask, desk, Form()) if isinstance(desk, Desk) else desk


def name_by_link(ask: Ask) -> Response:
    """Keep who takes the goods in."""
    desk = _desk(ask)
    if not isinstance(desk, Desk) or desk.link is None:
        return desk if isinstance(desk, Response) else _closed(ask, "forged")
    fields = Fields({"receiver": ask.text("receiver")})
    name = fields.text("receiver", longest=80)
    if _is_ours(ask, name):
        fields.refuse("receiver", OF_ANOTHER_PARTY)
    if not fields.form.ok:
        return _page(ask, replace(desk, receiver=None), fields.form)
    receipt_links.name_receiver(ask.unit, desk.link, name, at=ask.now)
    return ask.go(desk.show, **desk.path)


def scan_by_link(ask: Ask) -> Response:
    """Take one unit in on the page of a link."""
    desk = _named(ask)
    return _scan(ask, desk) if isinstance(desk, Desk) else desk


def finish_by_link(ask: Ask) -> Response:
    """Say on the page of a link that all that came was taken in."""
    desk = _named(ask)
    return _finish(ask, desk) if isinstance(desk, Desk) else desk


def refuse_by_link(ask: Ask) -> Response:
    """Send a whole consignment back from the page of a link."""
    desk = _named(ask)
    return _refuse(ask, desk) if isinstance(desk, Desk) else desk


def _scan(ask: Ask, desk: Desk) -> Response:
    consignment = consignments.get(ask.unit, desk.consignment)
    if _too_many(ask, desk.key):
        return _page(ask, desk, Form({}, {"code": Fault.TOO_MANY_TRIES}))
    fields = Fields({name: value for name, value in ask.form.items() if isinstance(value, str)})
    found = _read(ask, desk, consignment, fields)
    if found is None or not fields.form.ok:
        return _page(ask, desk, fields.form)
    after = bench.take_in(ask.unit, consignment.id, found.code, found.arrival, by=desk.by, at=ask.now)
    taken = next(line for line in after.lines if line.blind_code == found.code)
    return ask.go(desk.show, Done(f"line_{taken.state.value}"), **desk.path)


def _read(ask: Ask, desk: Desk, consignment: Consignment, fields: Fields) -> _Scan | None:
    """Give what was scanned; None asks for the seal, which is scanned after the label."""
    code = _code(ask, desk, consignment, fields)
    broken, seal = fields.values.get("seal_state") == "broken", fields.values.get("seal", "")
    if code and seal and not broken:
        try:
            scans.seal_scanned(ask.unit, consignment, code, seal)
        except RefusedScan as wrong:
            _refused(ask, desk, fields, "seal", wrong)
    condition = fields.values.get("condition") or bench.INTACT
    if condition not in views.CONDITIONS:
        fields.refuse("condition", Fault.NOT_OFFERED)
    temperature, photo = fields.degrees("temperature"), _photo(ask, desk, fields)
    made = MADE.get(fields.values.get("made") or "take")
    reason = {"": None, "none": None}.get(said := fields.values.get("reason", ""), said)
    if made is None or (reason is not None and reason not in views.REASONS):
        fields.refuse("reason", Fault.NOT_OFFERED)
    elif made is not LineEvent.RECEIVED and reason is None:
        fields.refuse("reason", Fault.MISSING)
    elif made is LineEvent.RECEIVED and reason is not None and not broken:
        fields.refuse("reason", TAKEN_FOR_NO_REASON)
    if code is None or made is None or not (seal or broken):
        return None
    return _Scan(code, Arrival(not broken, condition, temperature, photo, made, reason))


def _code(ask: Ask, desk: Desk, consignment: Consignment, fields: Fields) -> str | None:
    typed, picture = fields.values.get("code", ""), ask.file("label")
    if not typed and picture is not None:
        typed = next(iter(ask.world.receipts.read(picture[1])), "")
        fields.values["code"] = typed
        if not typed:
            fields.refuse("label", Fault.NO_CODE_SEEN)
            return None
    if not typed:
        fields.refuse("code", Fault.MISSING)
        return None
    try:
        return scans.scanned(ask.unit, consignment, typed)
    except RefusedScan as wrong:
        _refused(ask, desk, fields, "code", wrong)
        return None


def _refused(ask: Ask, desk: Desk, fields: Fields, name: str, wrong: RefusedScan) -> None:
    fields.refuse(name, wrong.sentence)
    accounts.add_failure(ask.unit, desk.key, ask.wall)


def _photo(ask: Ask, desk: Desk, fields: Fields) -> Digest | None:
    """Give the picture that came with the scan, or the one that came with the label before the seal was scanned."""
    sent = ask.file("photo")
    if sent is None:
        return _kept_photo(ask, desk, fields)
    fields.values.pop(KEPT_PHOTO, None)
    if not readable(sent[1]):
        fields.refuse("photo", Fault.NOT_A_PICTURE)
        return None
    digest = ask.world.objects.put(sent[1])
    fields.values[KEPT_PHOTO] = f"{digest}.{_signature(ask, desk, digest)}"
    return digest


def _kept_photo(ask: Ask, desk: Desk, fields: Fields) -> Digest | None:
    """A picture that the form carries on counts where we signed it for this desk, or any stored file could be named."""
    digest, _, signature = fields.values.get(KEPT_PHOTO, "").partition(".")
    if hmac.compare_digest(signature.encode(), _signature(ask, desk, digest).encode()):
        return digest
    fields.values.pop(KEPT_PHOTO, None)
    return None


def _signature(ask: Ask, desk: Desk, digest: Digest) -> str:
    return hmac.digest(ask.world.receipts.key, framed(PURPOSE, desk.key.encode(), digest.encode()), "sha256").hex()


def _finish(ask: Ask, desk: Desk) -> Response:
    bench.finish(ask.unit, desk.consignment, by=desk.by, at=ask.now)
    return ask.go(desk.show, Done.CONSIGNMENT_RECEIVED, **desk.path)


def _refuse(ask: Ask, desk: Desk) -> Response:
    fields = Fields({"refusal": ask.text("refusal")})
    reason = fields.choice("refusal", views.REASONS)
    if not fields.form.ok:
        return _page(ask, desk, fields.form)
    bench.refuse(ask.unit, desk.consignment, reason, by=desk.by, at=ask.now)
    return ask.go(desk.show, Done.CONSIGNMENT_REFUSED, **desk.path)


def _page(ask: Ask, desk: Desk, form: Form) -> Response:
    view = views.load(ask.unit, desk)
    template = "lab/consignment.html" if desk.link is None else "lab/by_link.html"
    return ask.page(template, view, form=form, bare=desk.link is not None)


def _named(ask: Ask) -> Desk | Response:
    """Give the desk of a link whose visitor said their name; without one there is nobody to record."""
    desk = _desk(ask)
    if isinstance(desk, Desk) and desk.receiver is None:
        return ask.go(desk.show, **desk.path)
    return desk


def _desk(ask: Ask) -> Desk | Response:
    """Give what a link opens, or the page that says why it opens nothing."""
    token, key = str(ask.request.path_params["token"]), f"link-address:{address(ask)}"
    try:
        link = links.read_token(ask.world.receipts.key, token, ask.now)
    except WrongLink as wrong:
        # Only who guesses is slowed down: a link of ours opens whatever a stranger did from the same address.
        if _too_many(ask, key):
            return _closed(ask, "too_many")
        accounts.add_failure(ask.unit, key, ask.wall)
        return _closed(ask, str(wrong))
    found = receipt_links.opened(ask.unit, link)
    if found is None:
        return _closed(ask, "revoked")
    if ask.user is not None and ask.user.lab != found[1].lab:
        return _closed(ask, "other_party")  # who gives the goods away does not sign for having received them
    return views.of_link(found[0], token)


def _is_ours(ask: Ask, name: str) -> bool:
    """Whether somebody of the sampling body has that name: who gives goods away does not sign for having them."""
    said = _folded(name)
    known = (one for one in accounts.list_users(ask.unit) if one.role in accounts.OWN)
    return any(said in (_folded(one.name), _folded(one.shown_as)) for one in known)


def _folded(name: str) -> str:
    return "".join(normalize("NFKC", name).split()).casefold()


def _too_many(ask: Ask, key: str) -> bool:
    return accounts.count_failures(ask.unit, key, ask.wall - WINDOW) >= TRIES


def _closed(ask: Ask, cause: str) -> Response:
    return ask.page("lab/closed_link.html", cause, status=429 if cause == "too_many" else 403, bare=True)
