"""The published JSON Schema of EPCIS 2.0, which `make setup` gets, with the formats it asks for."""

import json
import re
from datetime import datetime

import jsonschema

from setup.epcis import TARGET

_FORMATS = jsonschema.FormatChecker(())
# Without them the schema takes any word for a step: what is none of the vocabulary must be an address.
_FORMATS.checks("uri")(
    lambda text: not isinstance(text, str) or re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]+", text) is not None
)
_FORMATS.checks("date-time", ValueError)(
    lambda text: not isinstance(text, str) or datetime.fromisoformat(text).tzinfo is not None
)


def published() -> jsonschema.Draft7Validator:
    """Give what holds a document against the schema; without `make setup` there is none, and it fails."""
    return jsonschema.Draft7Validator(json.loads(TARGET.read_text(encoding="utf-8")), format_checker=_FORMATS)
