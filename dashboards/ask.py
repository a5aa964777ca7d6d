"""One request as a handler gets it: who asks, in which language, with which form, inside one unit of work."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboards.errors import NeedsLogIn, NotYours, Unknown
from dashboards.form import Done, Form
from dashboards.frame import frame
from dashboards.render import TEMPLATES
from dashboards.world import World
from storage.accounts import User
from storage.unit import Unit


@dataclass(frozen=True, slots=True)
class Ask:
    """Everything a handler needs; it answers with a Response and keeps nothing."""

    request: Request
    world: World
    unit: Unit
    now: datetime
    """The time of the cases; a demonstration may have moved it."""
    wall: datetime
    """The time of this log-in: never moved."""
    user: User | None
    cookie: str
    """The token that the form token is bound to: the session's, or a passing visitor's."""
    language: str
    form: FormData
    body: bytes

    @property
    def who(self) -> User:
        """The user; raises NeedsLogIn where a page for everyone asks all the same."""
        if self.user is None:
            raise NeedsLogIn
        return self.user

    @property
    def by(self) -> str:
        """The name under which the user's acts are recorded."""
        return f"user:{self.who.name}"

    def id(self, name: str) -> UUID:
        """Give an id from the path; a text that is none is an unknown row."""
        try:
            return UUID(str(self.request.path_params[name]))
        except ValueError:
            raise Unknown(name) from None

    def text(self, name: str) -> str:
        """Give one trimmed field of the form; empty where it is missing."""
        value = self.form.get(name)
        return value.strip() if isinstance(value, str) else ""

    def file(self, name: str) -> tuple[str, bytes] | None:
        """Give an uploaded file's name and bytes; None where nothing was chosen."""
        return next(iter(self.files(name)), None)

    def files(self, name: str) -> list[tuple[str, bytes]]:
        """Give the names and bytes of all files that were uploaded in one field."""
        found = [value for value in self.form.getlist(name) if isinstance(value, UploadFile) and value.filename]
        for value in found:
            value.file.seek(0)
        return [(value.filename or "", value.file.read()) for value in found]

    def query(self, name: str) -> str:
        """Give one trimmed field of the address."""
        return self.request.query_params.get(name, "").strip()

    def page(
        self, template: str, view: Any, *, status: int = 200, form: Form | None = None, bare: bool = False
    ) -> Response:
        """Give the page that shows the view, with the form's values and errors where there are any.

        A bare page leads nowhere else: it has no menu.
        """
        around = frame(self.request, user=self.user, language=self.language, cookie=self.cookie)
        around = replace(around, bare=True, user=None, places=()) if bare else around
        context = {"view": view, "form": form or Form(), "frame": around}
        status = status if form is None or form.ok else 400
        return TEMPLATES[self.language].TemplateResponse(self.request, template, context, status_code=status)

    def go(self, name: str, done: Done | None = None, /, **path: object) -> Response:
        """Send the visitor on to a page, which says what was done."""
        url = str(self.request.app.url_path_for(name, **{key: str(value) for key, value in path.items()}))
        return RedirectResponse(f"{url}?done={done.value}" if done else url, status_code=303)

    def own(self, mine: bool) -> None:
        """Refuse a row that is not the user's."""
        if not mine:
            raise NotYours
