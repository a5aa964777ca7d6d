"""People with real browsers: they open pages, press what they read, and see what is shown to them."""

from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, Page

from tests.dashboards.story import PASSWORD


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at a browser, logged in or not."""

    page: Page
    base: str

    def goes(self, path: str) -> int:
        """Open a page and give its status."""
        answer = self.page.goto(f"{self.base}{path}")
        assert answer is not None
        return answer.status

    def presses(self, words: str) -> None:
        """Press the button or link in the page's main part that says this."""
        self.page.locator("main").get_by_role("button", name=words).or_(
            self.page.locator("main").get_by_role("link", name=words)
        ).first.click()

    def reads(self) -> str:
        """Give the text of the page's main part."""
        return self.page.locator("main").inner_text()

    def overflow(self) -> int:
        """Give by how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


class People:
    """Opens a browser window for whoever is named."""

    def __init__(self, browser: Browser, base: str) -> None:
        self._browser, self._base = browser, base
        self._contexts: list[BrowserContext] = []

    def come(self, name: str | None, *, scripts: bool = True, width: int = 1280, language: str = "en-GB") -> Person:
        """Give a person, logged in through the form unless nobody is named."""
        context = self._browser.new_context(
            java_script_enabled=scripts, viewport={"width": width, "height": 800}, locale=language
        )
        self._contexts.append(context)
        person = Person(context.new_page(), self._base)
        if name is not None:
            person.goes("/login")
            person.page.fill("input[name=name]", name)
            person.page.fill("input[name=password]", PASSWORD)
            person.page.click("main form button")
        return person

    def leave(self) -> None:
        """Close every window."""
        for context in self._contexts:
            context.close()
