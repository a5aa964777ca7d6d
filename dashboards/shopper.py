"""The shopper's pages, made for a phone: own tasks, and the forms of order, parcel, unpacking and sealing."""

from collections.abc import Mapping
from uuid import UUID

from starlette.responses import Response

from dashboards import upload
from dashboards.ask import Ask
from dashboards.errors import NotYours
from dashboards.form import Done, Fault, Fields, Form
from dashboards.views import shopper as views
from dashboards.witness import chosen
from sampling.sample import Sample, SampleEvent
from storage import seals
from storage.acts import purchasing, shopping
from storage.acts.purchasing import CALLED_OFF
from storage.acts.shopping import DIVERSIONS, REJECTIONS, Parcel, Unboxing


def tasks(ask: Ask) -> Response:
    """My tasks."""
    return ask.page("shopper/tasks.html", views.load_tasks(ask.unit, ask.who.name))


def task(ask: Ask) -> Response:
    """One task: what to buy, how far it is, and the form that comes next."""
    return show(ask, Form())


def show(ask: Ask, form: Form) -> Response:
    """The page of one task with what was typed and what is wrong with it."""
    view = views.load_task(ask.unit, ask.world.objects, ask.world.vault, ask.who.name, ask.id("task"))
    if view is None:
        raise NotYours("this task is not yours")
    return ask.page("shopper/task.html", view, form=form)


def own(ask: Ask) -> Sample:
    """Give the sample of the task that the path names; another's task raises NotYours."""
    sample = views.own_sample(ask.unit, ask.who.name, ask.id("task"))
    if sample is None:
        raise NotYours("this task is not yours")
    return sample


def receive_parcel(ask: Ask) -> Response:
    """Write down that the parcel came."""
    sample, fields = own(ask), _fields(ask)
    weight, condition = fields.count("weight_g"), fields.choice("condition", views.CONDITIONS)
    photo = upload.photo(ask, fields, sample, SampleEvent.RECEIVED)
    if not fields.form.ok:
        return show(ask, fields.form)
    parcel = Parcel(weight, condition, (photo,) if photo else ())
    shopping.receive(ask.unit, sample.id, parcel, by=ask.by, at=ask.now)
    return _next(ask, Done.PARCEL_RECEIVED)


def unbox(ask: Ask) -> Response:
    """Write down what the parcel held; goods that cannot be a sample are refused on the same page."""
    sample, fields = own(ask), _fields(ask)
    matches = fields.choice("matches_listing", frozenset({"yes", "no"}))
    lot, quantity = fields.text("lot", longest=60), fields.count("quantity", most=1000)
    photo = upload.photo(ask, fields, sample, SampleEvent.UNBOXED)
    if not fields.form.ok:
        return show(ask, fields.form)
    opened = Unboxing(matches == "yes", lot, quantity, photo)
    shopping.unbox(ask.unit, sample.id, opened, by=ask.by, at=ask.now)
    return _next(ask, Done.UNBOXED)


def seal(ask: Ask) -> Response:
    """Split the goods and seal both parts before a witness."""
    sample, fields = own(ask), _fields(ask)
    asked = _asked(ask, sample)
    numbers = {name: fields.text(name, longest=40, needed=must) for name, must in asked.items()}
    witness, place = chosen(ask, fields), fields.text("place", longest=120)
    photo = upload.photo(ask, fields, sample, SampleEvent.SEALED)
    _check_seals(ask, fields, numbers)
    if not fields.form.ok:
        return show(ask, fields.form)
    shopping.seal(
        ask.unit, sample.id, **numbers, witness=witness, place=place, photo=photo, by=ask.by, at=ask.now,
    )  # fmt: skip
    return _next(ask, Done.SEALED)


def _asked(ask: Ask, sample: Sample) -> dict[str, bool]:
    """The fields of the seal numbers of a sample, and which must be filled in."""
    third = {"third_seal": True} if shopping.third_unit(ask.unit, sample) else {}
    doubled = {"duplicate_seal": False} if shopping.is_doubled(ask.unit, sample) else {}
    return {"test_seal": True, "backup_seal": not shopping.may_lack_backup(ask.unit, sample), **third, **doubled}


def _check_seals(ask: Ask, fields: Fields, numbers: Mapping[str, str]) -> None:
    """Say at each field what is wrong with its number, before anything is sealed."""
    for name, number in numbers.items():
        before = list(numbers.values())[: list(numbers).index(name)]
        if number and number in before:
            fields.refuse(name, Fault.SAME_SEAL)
        elif number and (refusal := seals.refusal(ask.unit, number)):
            fields.refuse(name, refusal)
    if numbers.get("duplicate_seal") and not numbers["backup_seal"]:
        fields.refuse("backup_seal", Fault.MISSING)  # the backup comes first: it is the right of whoever objects


def reject(ask: Ask) -> Response:
    """End the case of goods that cannot be a sample."""
    sample, fields = own(ask), _fields(ask)
    reason = fields.choice("reason", frozenset(REJECTIONS))
    if not fields.form.ok:
        return show(ask, fields.form)
    shopping.reject(ask.unit, sample.id, reason, by=ask.by, at=ask.now)
    return _next(ask, Done.REJECTED)


def divert(ask: Ask) -> Response:
    """Pass goods on to enforcement that are a case of their own without any test."""
    sample, fields = own(ask), _fields(ask)
    finding = fields.choice("finding", frozenset(DIVERSIONS))
    if not fields.form.ok:
        return show(ask, fields.form)
    shopping.divert(ask.unit, sample.id, finding, by=ask.by, at=ask.now)
    return _next(ask, Done.DIVERTED)


def call_off(ask: Ask) -> Response:
    """Say that an order came to nothing, and why; the goods are not judged by it."""
    sample, fields = own(ask), _fields(ask)
    reason = fields.choice("ended", frozenset(CALLED_OFF))
    if not fields.form.ok:
        return show(ask, fields.form)
    purchasing.call_off(ask.unit, sample.id, reason, by=ask.by, at=ask.now)
    return _next(ask, Done.CALLED_OFF)


def _next(ask: Ask, done: Done) -> Response:
    task_id: UUID = ask.id("task")
    return ask.go("shopper.task", done, task=task_id)


def _fields(ask: Ask) -> Fields:
    return Fields({name: value for name, value in ask.form.items() if isinstance(value, str)})
