"""A profile: which views of a page are kept, in which viewports, and as a shopper of which region."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sampling.errors import UnknownProfile


@dataclass(frozen=True, slots=True)
class Viewport:
    """What a page is seen through, in CSS pixels."""

    width: int
    height: int
    mobile: bool = False
    """Whether the page is told that it is on a phone; the user agent stays what it is."""

    def __str__(self) -> str:
        return f"{self.width}x{self.height}{' mobile' if self.mobile else ''}"


DESKTOP_VIEWPORT = Viewport(1280, 800)
PHONE_VIEWPORT = Viewport(390, 844, mobile=True)


@dataclass(frozen=True, slots=True)
class Profile:
    """A named set of views; one without views is a light read, which leaves neither files nor exchanges."""

    name: str
    views: frozenset[str]
    """Of `before`, `viewport`, `page`, `phone`, `dom`, `mhtml`, `pdf`, `layout`."""
    desktop: Viewport = DESKTOP_VIEWPORT
    phone: Viewport = PHONE_VIEWPORT
    """Used when `phone` is among the views."""
    locale: str = "zh-CN"
    timezone: str = "Asia/Shanghai"

    @property
    def keeps(self) -> bool:
        """Whether anything is kept of the visit but its text."""
        return bool(self.views)

    def told(self) -> Mapping[str, str]:
        """Give what the manifest says of the profile."""
        phone = {"viewport_phone": str(self.phone)} if "phone" in self.views else {}
        return {
            "profile": self.name,
            "viewport": str(self.desktop),
            **phone,
            "locale": self.locale,
            "timezone": self.timezone,
        }


_EVERY = frozenset({"before", "viewport", "page", "phone", "dom", "mhtml", "pdf", "layout"})

FULL = Profile("full", _EVERY)
DESKTOP = Profile("desktop", _EVERY - {"phone"})
LIGHT = Profile("light", frozenset({"before", "page", "dom", "layout"}))
READ = Profile("read", frozenset())

PROFILES: Mapping[str, Profile] = {each.name: each for each in (FULL, DESKTOP, LIGHT, READ)}

REGIONS: Mapping[str, tuple[str, str]] = {
    "CN": ("zh-CN", "Asia/Shanghai"),
    "HK": ("zh-HK", "Asia/Hong_Kong"),
    "TW": ("zh-TW", "Asia/Taipei"),
    "JP": ("ja-JP", "Asia/Tokyo"),
    "SG": ("en-SG", "Asia/Singapore"),
    "DE": ("de-DE", "Europe/Berlin"),
    "FR": ("fr-FR", "Europe/Paris"),
    "ES": ("es-ES", "Europe/Madrid"),
    "GB": ("en-GB", "Europe/London"),
    "US": ("en-US", "America/New_York"),
}
"""The locale and the time zone of a shopper, by ISO 3166 country."""


def profile(name: str, *, region: str = "CN") -> Profile:
    """Give the profile of the name as seen by a shopper of the region; an unknown name or region raises."""
    if name not in PROFILES:
        raise UnknownProfile(f"There is no profile {name}; there are {', '.join(PROFILES)}.")
    if region not in REGIONS:
        raise UnknownProfile(f"No locale is known for the region {region}; it is for {', '.join(REGIONS)}.")
    locale, timezone = REGIONS[region]
    return replace(PROFILES[name], locale=locale, timezone=timezone)
