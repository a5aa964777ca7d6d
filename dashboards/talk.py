"""The talk with a seller as its shopper keeps it: who said what and when, with pictures of the chat."""

from starlette.responses import Response

from dashboards.answer import file_response
from dashboards.ask import Ask
from dashboards.errors import NotYours, Unknown
from dashboards.form import Done, Fault, Fields
from dashboards.photo import WRONG, readable, redrawn
from dashboards.shopper import own, show
from sampling.message import LONGEST, Message, Speaker
from sampling.rulebook import load as load_rules
from storage import campaigns, messages

LARGE = 2400


def write(ask: Ask) -> Response:
    """Keep what was said, as a text, a picture or both; nobody can change it afterwards."""
    sample = own(ask)
    fields = Fields({name: value for name, value in ask.form.items() if isinstance(value, str)})
    speaker = fields.choice("speaker", frozenset(Speaker))
    zone = load_rules(campaigns.get(ask.unit, sample.campaign_id).rulebook).zone
    text, said_at = fields.text("text", longest=LONGEST, needed=False), fields.past("said_at", zone, ask.now)
    picture = _picture(ask, fields)
    if not (text or picture or fields.errors):
        fields.refuse("text", Fault.MISSING)
    if not fields.form.ok:
        return show(ask, fields.form)
    messages.write(
        ask.unit, ask.world.vault, ask.world.objects, sample, Speaker(speaker), text, said_at=said_at, picture=picture,
        by=ask.by, at=ask.now,
    )  # fmt: skip
    return ask.go("shopper.task", Done.MESSAGE_KEPT, task=ask.id("task"))


def picture(ask: Ask) -> Response:
    """The picture of one message of a shopper's own task; the look is kept."""
    sample, found = own(ask), messages.get(ask.unit, ask.id("message"))
    if (found.sample_id, found.written_by) != (sample.id, ask.by):
        raise NotYours("this message is not yours")
    return shown(ask, found)


def shown(ask: Ask, found: Message) -> Response:
    """Give the picture of a message without what a camera adds; the look is kept, and no copy stays in the browser."""
    sent = messages.picture(ask.unit, ask.world.vault, ask.world.objects, found.id)
    if sent is None:
        raise Unknown(str(found.id))
    messages.looked_at(ask.unit, found, by=ask.by, at=ask.now)
    try:
        content = redrawn(sent, LARGE)
    except WRONG as error:
        raise Unknown(str(found.id)) from error
    answer = file_response(content, f"{found.id}.jpg", "image/jpeg", inline=True)
    answer.headers["cache-control"] = "no-store"
    return answer


def _picture(ask: Ask, fields: Fields) -> bytes | None:
    sent = ask.file("picture")
    if sent is None:
        return None
    if not readable(sent[1]):
        fields.refuse("picture", Fault.NOT_A_PICTURE)
        return None
    return sent[1]
