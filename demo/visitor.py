"""A visitor: a person at a browser without JavaScript, who logs in, reads pages and sends the forms found there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import httpx
from lxml import html

from demo.installation import LOGIN

File = tuple[str, bytes, str]


class Refused(Exception):
    """The pages did not take what a visitor sent; the message says which form and why."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form as it stands on a page: where it goes, and what is filled in already."""

    action: str
    values: Mapping[str, str]


class Visitor:
    """One person with one session; a session that ran out is opened again."""

    def __init__(self, base: str, name: str) -> None:
        self.name = name
        self._web = httpx.Client(base_url=base, timeout=60, trust_env=False)

    def close(self) -> None:
        """Leave."""
        self._web.close()

    def see(self, path: str) -> Any:
        """Give the page as a tree of elements, after logging in where that is asked for."""
        answer = self._web.get(path)
        if (answer.is_redirect and "/login" in answer.headers["location"]) or answer.status_code == 401:
            self._log_in()
            answer = self._web.get(path)
        if answer.status_code != 200:
            raise Refused(f"{self.name} was not shown {path}: {answer.status_code}")
        return html.fromstring(answer.text, base_url=str(answer.url))

    def sheets(self, path: str, ending: str) -> list[Sheet]:
        """Give the forms on a page whose address ends like this."""
        forms = self.see(path).forms
        return [_sheet(form, path) for form in forms if (form.action or path).split("?")[0].endswith(ending)]

    def send(self, sheet: Sheet, values: Mapping[str, Any], files: Mapping[str, File] | None = None) -> str:
        """Send a form and give the address it led to; one that is not taken raises Refused with the page's words."""
        answer = self._web.post(sheet.action, data={**sheet.values, **values}, files=files or None)
        if not answer.is_redirect:
            raise Refused(f"{self.name} sent {sheet.action}: {answer.status_code} {_faults(answer.text)}")
        return answer.headers["location"]

    def links(self, path: str, part: str) -> list[str]:
        """Give the addresses on a page that hold this part, each once."""
        found = [str(link) for link in self.see(path).xpath("//main//a/@href")]
        return [link for link in dict.fromkeys(found) if part in link]

    def _log_in(self) -> None:
        page: Any = html.fromstring(self._web.get("/login").text)
        form = next(form for form in page.forms if "password" in form.fields)
        sheet = _sheet(form, "/login")
        self.send(sheet, {"name": self.name, "password": LOGIN})


def _sheet(form: Any, path: str) -> Sheet:
    values = {name: value for name, value in form.form_values() if isinstance(value, str)}
    return Sheet(urljoin(path, form.action or path), values)


def _faults(text: str) -> str:
    page = html.fromstring(text or "<p></p>")
    told: Any = page.xpath("//*[contains(@class, 'error') or @role='alert']//text()") or page.xpath("//h1//text()")
    return " ".join(" ".join(told).split())[:300]
