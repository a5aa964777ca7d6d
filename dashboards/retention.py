"""The pages of what is kept: where each unit lies, holds, and disposals that two officers decide."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID

from starlette.responses import Response

from dashboards.answer import file_response
from dashboards.ask import Ask
from dashboards.errors import Unknown
from dashboards.form import Done, Fault, Fields, Form
from dashboards.photo import readable, redrawn
from dashboards.pictures import LARGE, SMALL
from dashboards.views.retention import load_retention
from dashboards.witness import chosen
from sampling.disposal import DisposalMethod, Obstacle
from sampling.documents.kind import DocumentKind, document_number
from sampling.errors import RefusedDisposal
from sampling.text import Text
from storage import campaigns, disposals, documents, retention
from storage.custody import Circumstances
from storage.disposals import Carried

PDF = "application/pdf"
LONGEST = 500
GROUPS = ("proposed", "approved", "free", "bound", "done")
"""The groups of the page, each of which is turned by itself."""
COLDEST, WARMEST = Decimal(-200), Decimal(100)
NO_SUCH_DAY = Text(
    "保质期的最后一天应在 {first} 与 {last} 之间：请核对标签。",
    "The last day of a shelf life is from {first} to {last}: look at the label again.",
)


def kept(ask: Ask) -> Response:
    """What is kept, what may be disposed of, and which laboratory is late."""
    return _page(ask)


def printed(ask: Ask) -> Response:
    """The last printed retention list of a campaign."""
    number = campaigns.get(ask.unit, ask.id("campaign")).number
    found = documents.last(ask.unit, document_number(DocumentKind.RETENTION_LIST, number))
    if found is None:
        raise Unknown(number)
    name = f"{found.number}-{found.version}.pdf"
    return file_response(documents.file(ask.world.objects, found), name, PDF)


def photo(ask: Ask) -> Response:
    """The picture of a disposal that was carried out, without what a camera adds."""
    found = disposals.get(ask.unit, ask.id("disposal"))
    if found.photo is None:
        raise Unknown(str(found.id))
    content = redrawn(ask.world.objects.get(found.photo), SMALL if ask.query("size") == "small" else LARGE)
    return file_response(content, f"{found.photo[:12]}.jpg", "image/jpeg", inline=True)


def put(ask: Ask) -> Response:
    """Write down where a unit lies from now on, how cold it is there, and how long its shelf life is."""
    id_ = ask.id("unit")
    errors = _missing(ask, id_, "place")
    degrees, day = _degrees(ask.text("temperature")), _day(ask.text("expires_on"))
    if ask.text("temperature") and degrees is None:
        errors[f"temperature-{id_}"] = Fault.NOT_A_NUMBER
    if ask.text("expires_on") and day is None:
        errors[f"expires_on-{id_}"] = Fault.NOT_A_TIME
    if day is not None:
        errors |= _doubtful(ask, id_, day)
    if errors:
        return _page(ask, _typed(ask, id_, errors, "place", "temperature", "expires_on"), id_)
    found = Circumstances(temperature=degrees)
    disposals.put(ask.unit, id_, ask.text("place"), by=ask.by, at=ask.now, found=found)
    if day is not None:
        retention.tell_shelf_life(ask.unit, id_, day, by=ask.by, at=ask.now)
    return ask.go("retention.kept", Done.PUT_AWAY)


def hold(ask: Ask) -> Response:
    """Order a unit to be kept whatever its date says, with the reason."""
    id_ = ask.id("unit")
    if errors := _missing(ask, id_, "hold"):
        return _page(ask, _typed(ask, id_, errors, "hold"), id_)
    disposals.hold(ask.unit, id_, ask.text("hold"), by=ask.by, at=ask.now)
    return ask.go("retention.kept", Done.HELD)


def lift(ask: Ask) -> Response:
    """Lift a hold, with the reason."""
    id_ = ask.id("hold")
    if errors := _missing(ask, id_, "lift"):
        return _page(ask, _typed(ask, id_, errors, "lift"), id_)
    disposals.lift(ask.unit, id_, ask.text("lift"), by=ask.by, at=ask.now)
    return ask.go("retention.kept", Done.LIFTED)


def propose(ask: Ask) -> Response:
    """Propose to dispose of a unit, with the method and the reason."""
    id_, method = ask.id("unit"), ask.text("method")
    errors = _missing(ask, id_, "method", "reason")
    if method and method not in set(DisposalMethod):
        errors[f"method-{id_}"] = Fault.NOT_OFFERED
    if errors:
        return _page(ask, _typed(ask, id_, errors, "method", "reason"), id_)
    return _decided(ask, id_, Done.DISPOSAL_PROPOSED, lambda: disposals.propose(
        ask.unit, id_, DisposalMethod(method), ask.text("reason"), by=ask.by, at=ask.now
    ))  # fmt: skip


def approve(ask: Ask) -> Response:
    """Approve a disposal as the second officer."""
    id_ = ask.id("disposal")
    return _decided(ask, id_, Done.APPROVED, lambda: disposals.approve(ask.unit, id_, by=ask.by, at=ask.now))


def refuse(ask: Ask) -> Response:
    """Refuse a disposal, with the reason."""
    id_ = ask.id("disposal")
    if errors := _missing(ask, id_, "refusal"):
        return _page(ask, _typed(ask, id_, errors, "refusal"), id_)
    disposals.refuse(ask.unit, id_, ask.text("refusal"), by=ask.by, at=ask.now)
    return ask.go("retention.kept", Done.REFUSED)


def carry_out(ask: Ask) -> Response:
    """Write down that a disposal was carried out: where, before whom, to whom, and a picture where there is one."""
    id_, photo = ask.id("disposal"), ask.file("photo")
    given = disposals.get(ask.unit, id_).method is DisposalMethod.GIVEN_BACK
    errors = _missing(ask, id_, "place", *(["received_by"] if given else []))
    witness = chosen(ask, fields := Fields({"witness": ask.text("witness")}))
    errors |= {f"witness-{id_}": fault for fault in fields.errors.values()}
    if photo is not None and not readable(photo[1]):
        errors[f"photo-{id_}"] = Fault.NOT_A_PICTURE
    if errors:
        return _page(ask, _typed(ask, id_, errors, "place", "witness", "received_by"), id_)
    picture = ask.world.objects.put(photo[1]) if photo else None
    carried = Carried(witness, ask.text("place"), ask.text("received_by") if given else None, picture)
    return _decided(ask, id_, Done.DISPOSED, lambda: disposals.carry_out(
        ask.unit, id_, carried, by=ask.by, at=ask.now
    ))  # fmt: skip


def _decided(ask: Ask, id_: UUID, done: Done, act: Callable[[], object]) -> Response:
    """Do it, or show the page with what forbids it; each unit there says the reasons in full."""
    try:
        act()
    except RefusedDisposal as refused:
        own = refused.codes == (Obstacle.SAME_PERSON,)
        return _page(ask, Form({}, {f"disposal-{id_}": Fault.OWN_PROPOSAL if own else Fault.OBSTRUCTED}), id_)
    return ask.go("retention.kept", done)


def _page(ask: Ask, form: Form | None = None, about: UUID | None = None) -> Response:
    pages = {name: int(text) for name in GROUPS if (text := ask.query(name)).isdecimal() and 0 < len(text) < 7}
    turned = {name: max(1, number) for name, number in pages.items()}
    view = load_retention(ask.unit, ask.now, turned, about, who=ask.who.name)
    return ask.page("office/retention.html", view, form=form)


def _missing(ask: Ask, id_: UUID, *names: str) -> dict[str, Fault | Text]:
    faults: dict[str, Fault | Text] = {name: Fault.TOO_LONG for name in names if len(ask.text(name)) > LONGEST}
    faults |= {name: Fault.MISSING for name in names if not ask.text(name)}
    return {f"{name}-{id_}": fault for name, fault in faults.items()}


def _doubtful(ask: Ask, id_: UUID, day: date) -> dict[str, Fault | Text]:
    """What makes a last day of shelf life doubtful: no goods have it, or the unit need not be kept as long by it."""
    first, last = retention.possible_days(ask.unit, id_)
    if not first <= day <= last:
        given = {"first": first.isoformat(), "last": last.isoformat()}
        return {f"expires_on-{id_}": Text(NO_SUCH_DAY.zh.format(**given), NO_SUCH_DAY.en.format(**given))}
    known = retention.known_end(ask.unit, id_)
    sooner = known is not None and day < known and ask.text(f"sooner-{id_}") != "yes"
    return {f"sooner-{id_}": Fault.MISSING} if sooner else {}


def _typed(ask: Ask, id_: UUID, errors: Mapping[str, Fault | Text], *names: str) -> Form:
    return Form({f"{name}-{id_}": ask.text(name) for name in names}, errors)


def _degrees(text: str) -> Decimal | None:
    try:
        value = Decimal(text.replace("−", "-")) if text else None
    except InvalidOperation:
        return None
    return value if value is not None and value.is_finite() and COLDEST <= value <= WARMEST else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
