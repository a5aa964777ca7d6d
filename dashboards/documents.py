"""The page where a printed document is verified; the code on each page leads here."""

from starlette.responses import Response

from dashboards.ask import Ask
from dashboards.views.document import load_document

LONGEST = 100


def verify(ask: Ask) -> Response:
    """What the paper with this number and hash is; nothing is shown of what it says."""
    number, content = ("".join(ask.query(name).split())[:LONGEST] for name in ("number", "hash"))
    return ask.page("public/document.html", load_document(ask.unit, number.upper(), content.lower()))
