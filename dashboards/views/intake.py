"""What the office sees of a laboratory's file."""

from dataclasses import dataclass
from uuid import UUID

from dashboards.views.lab import LISTED, Explained, explained
from labs.report import Upload
from storage import upload_alarms, uploads
from storage.unit import Unit
from storage.upload_alarms import UploadAlarm


@dataclass(frozen=True, slots=True)
class FilePage:
    """One uploaded file with what was found in it, and the alarm that nobody has dealt with."""

    upload: Upload
    findings: tuple[Explained, ...]
    alarm: UploadAlarm | None


def load_file(unit: Unit, id_: UUID) -> FilePage:
    """Give one upload of any laboratory."""
    upload = uploads.get(unit, id_)
    return FilePage(upload, explained(upload.findings[:LISTED]), upload_alarms.open_of(unit, id_))
