"""The witness of an act: another person of the sampling body, chosen among those who are known here."""

from dashboards.ask import Ask
from dashboards.form import Fault, Fields
from storage import accounts


def chosen(ask: Ask, fields: Fields) -> str:
    """Give the witness as people stand in the records; nobody, the actor and a stranger are faults of the form."""
    name = fields.text("witness", longest=80)
    if name == ask.who.name:
        fields.refuse("witness", Fault.SAME_PERSON)
    elif name and name not in accounts.colleagues(ask.unit, ask.who.name):
        fields.refuse("witness", Fault.NOT_OFFERED)
    return f"user:{name}"
