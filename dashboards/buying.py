"""What the office does about purchases under way: consents, alarms about photos, and the talk with a seller."""

from starlette.responses import Response

from dashboards import talk
from dashboards.ask import Ask
from dashboards.form import Done, Fields
from dashboards.views.sample import load_sample
from sampling.sample import Sample
from storage import alarms, consents, messages, samples
from storage.acts import mishap, purchasing

ANSWERS = frozenset({"go", "no"})
LONGEST = 300


def decide_offer(ask: Ask) -> Response:
    """Say whether an offer that changed before the payment is bought all the same, and why."""
    asked = consents.get(ask.unit, ask.id("consent"))
    fields = Fields({name: ask.text(name) for name in ("go", "why")})
    go, why = fields.choice("go", ANSWERS) == "go", fields.text("why", longest=LONGEST)
    if not fields.form.ok:
        return ask.page("office/sample.html", load_sample(ask.unit, asked.sample_id), form=fields.form)
    purchasing.decide_offer(ask.unit, asked.id, go=go, note=why, by=ask.by, at=ask.now)
    return ask.go("coordinator.sample", Done.OFFER_ACCEPTED if go else Done.OFFER_DECLINED, sample=asked.sample_id)


def answer_alarm(ask: Ask) -> Response:
    """Write down that an alarm about a photo or film was dealt with, and what came of it."""
    id_ = ask.id("alarm")
    fields = Fields({f"note-{id_}": ask.text("note")})
    note = fields.text(f"note-{id_}", longest=LONGEST)
    if not fields.form.ok:
        return ask.page("office/sample.html", load_sample(ask.unit, alarms.sample_of(ask.unit, id_)), form=fields.form)
    sample_id = alarms.answer(ask.unit, id_, note, by=ask.by, at=ask.now)
    return ask.go("coordinator.sample", Done.ALARM_ANSWERED, sample=sample_id)


def find_untestable(ask: Ask) -> Response:
    """End the test of goods that a laboratory lost or spoiled, with what it reported; the backup unit stays sealed."""
    fields = Fields({name: ask.text(name) for name in ("mishap", "report")})
    reason, report = fields.choice("mishap", frozenset(mishap.MISHAPS)), fields.text("report", longest=LONGEST)
    if not fields.form.ok:
        return ask.page("office/sample.html", load_sample(ask.unit, ask.id("sample")), form=fields.form)
    mishap.find_untestable(ask.unit, ask.id("sample"), reason, report, by=ask.by, at=ask.now)
    return ask.go("coordinator.sample", Done.TEST_ENDED, sample=ask.id("sample"))


def message(ask: Ask) -> Response:
    """One message that names the cover: an officer opens it, and the look is kept."""
    found = messages.get(ask.unit, ask.id("message"))
    messages.looked_at(ask.unit, found, by=ask.by, at=ask.now)
    text = messages.unsealed(ask.unit, ask.world.vault, found.id)
    sample: Sample = samples.get(ask.unit, found.sample_id)
    answer = ask.page("office/message.html", {"message": found, "text": text, "sample": sample})
    answer.headers["cache-control"] = "no-store"
    return answer


def message_picture(ask: Ask) -> Response:
    """The picture of one message: it may show the cover, so it is sealed, and whoever opens it is written down."""
    return talk.shown(ask, messages.get(ask.unit, ask.id("message")))
