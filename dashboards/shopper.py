"""The shopper's pages, made for a phone: own tasks, and the forms of order, parcel, unpacking and sealing."""

from collections.abc import Mapping
from uuid import UUID

from starlette.responses import Response

from dashboards import upload
from dashboards.ask import Ask
from dashboards.errors import NotYours
from dashboards.form import Done, Fault, Fields, Form
from dashboards.views import shopper as views
from sampling.sample import Sample, SampleEvent
from storage import seals
from storage.acts import purchasing, shopping
from storage.acts.purchasing import CALLED_OFF
from storage.acts.shopping import REJECTIONS, Parcel, Unboxing

SEALS = ("test_seal", "backup_seal", "third_seal")
"""The fields of the seal numbers; the last is asked for where the rulebook wants a third unit."""


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
    needed = {name: True for name in SEALS[: 2 + shopping.third_unit(ask.unit, sample)]}
    needed["backup_seal"] = not shopping.may_lack_backup(ask.unit, sample)
    numbers = {name: fields.text(name, longest=40, needed=must) for name, must in needed.items()}
    witness, place = fields.text("witness", longest=80), fields.text("place", longest=120)
    photo = upload.photo(ask, fields, sample, SampleEvent.SEALED)
    _check_seals(ask, fields, numbers)
    if witness in (ask.who.name, ask.who.shown_as, ask.by):
        fields.refuse("witness", Fault.SAME_PERSON)
    if not fields.form.ok:
        return show(ask, fields.form)
    shopping.seal(
        ask.unit, sample.id, **numbers, witness=witness, place=place, photo=photo, by=ask.by, at=ask.now,
    )  # fmt: skip
    return _next(ask, Done.SEALED)


def _check_seals(ask: Ask, fields: Fields, numbers: Mapping[str, str]) -> None:
    """Say at each field what is wrong with its number, before anything is sealed."""
    for name, number in numbers.items():
        before = list(numbers.values())[: list(numbers).index(name)]
        if number and number in before:
            fields.refuse(name, Fault.SAME_SEAL)
        elif number and (refusal := seals.refusal(ask.unit, number)):
            fields.refuse(name, refusal)


def reject(ask: Ask) -> Response:
    """End the case of goods that cannot be a sample."""
    sample, fields = own(ask), _fields(ask)
    reason = fields.choice("reason", frozenset(REJECTIONS))
    if not fields.form.ok:
        return show(ask, fields.form)
    shopping.reject(ask.unit, sample.id, reason, by=ask.by, at=ask.now)
    return _next(ask, Done.REJECTED)


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
