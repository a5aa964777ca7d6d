"""The shopper's pages, made for a phone: own tasks, and the forms of parcel, unpacking and sealing."""

from uuid import UUID

from starlette.responses import Response

from dashboards import upload
from dashboards.ask import Ask
from dashboards.errors import NotYours
from dashboards.form import Done, Fault, Fields, Form
from dashboards.views import shopper as views
from sampling.sample import Sample, SampleEvent
from storage.acts import shopping
from storage.acts.shopping import REJECTIONS, Parcel, Unboxing


def tasks(ask: Ask) -> Response:
    """My tasks."""
    return ask.page("shopper/tasks.html", views.load_tasks(ask.unit, ask.who.name))


def task(ask: Ask) -> Response:
    """One task: what to buy, how far it is, and the form that comes next."""
    return _page(ask, Form())


def receive_parcel(ask: Ask) -> Response:
    """Write down that the parcel came."""
    sample, fields = _sample(ask), _fields(ask)
    weight, condition = fields.count("weight_g"), fields.choice("condition", views.CONDITIONS)
    photo = upload.photo(ask, fields, sample, SampleEvent.RECEIVED)
    if not fields.form.ok:
        return _page(ask, fields.form)
    parcel = Parcel(weight, condition, (photo,) if photo else ())
    shopping.receive(ask.unit, sample.id, parcel, by=ask.by, at=ask.now)
    return _next(ask, Done.PARCEL_RECEIVED)


def unbox(ask: Ask) -> Response:
    """Write down what the parcel held; goods that cannot be a sample are refused on the same page."""
    sample, fields = _sample(ask), _fields(ask)
    matches = fields.choice("matches_listing", frozenset({"yes", "no"}))
    lot, quantity = fields.text("lot", longest=60), fields.count("quantity", most=1000)
    photo = upload.photo(ask, fields, sample, SampleEvent.UNBOXED)
    if not fields.form.ok:
        return _page(ask, fields.form)
    opened = Unboxing(matches == "yes", lot, quantity, photo)
    shopping.unbox(ask.unit, sample.id, opened, by=ask.by, at=ask.now)
    return _next(ask, Done.UNBOXED)


def seal(ask: Ask) -> Response:
    """Split the goods and seal both parts before a witness."""
    sample, fields = _sample(ask), _fields(ask)
    test, backup = fields.text("test_seal", longest=40), fields.text("backup_seal", longest=40)
    witness, place = fields.text("witness", longest=80), fields.text("place", longest=120)
    photo = upload.photo(ask, fields, sample, SampleEvent.SEALED)
    if test and test == backup:
        fields.refuse("backup_seal", Fault.SAME_SEAL)
    if witness in (ask.who.name, ask.who.shown_as, ask.by):
        fields.refuse("witness", Fault.SAME_PERSON)
    if not fields.form.ok:
        return _page(ask, fields.form)
    shopping.seal(
        ask.unit, sample.id, test_seal=test, backup_seal=backup, witness=witness, place=place, photo=photo,
        by=ask.by, at=ask.now,
    )  # fmt: skip
    return _next(ask, Done.SEALED)


def reject(ask: Ask) -> Response:
    """End the case of goods that cannot be a sample."""
    sample, fields = _sample(ask), _fields(ask)
    reason = fields.choice("reason", frozenset(REJECTIONS))
    if not fields.form.ok:
        return _page(ask, fields.form)
    shopping.reject(ask.unit, sample.id, reason, by=ask.by, at=ask.now)
    return _next(ask, Done.REJECTED)


def _page(ask: Ask, form: Form) -> Response:
    view = views.load_task(ask.unit, ask.world.objects, ask.who.name, ask.id("task"))
    if view is None:
        raise NotYours("this task is not yours")
    return ask.page("shopper/task.html", view, form=form)


def _sample(ask: Ask) -> Sample:
    sample = views.own_sample(ask.unit, ask.who.name, ask.id("task"))
    if sample is None:
        raise NotYours("this task is not yours")
    return sample


def _next(ask: Ask, done: Done) -> Response:
    task_id: UUID = ask.id("task")
    return ask.go("shopper.task", done, task=task_id)


def _fields(ask: Ask) -> Fields:
    return Fields({name: value for name, value in ask.form.items() if isinstance(value, str)})
