"""What can be wrong between a platform's page and its answer to a notice."""


class PlatformError(Exception):
    """The base of every error this package raises."""


class UnreadablePage(PlatformError):
    """A site's parser met a page that does not fit its facts."""


class UnknownSite(PlatformError):
    """No site of this code is listed."""


class BadSignature(PlatformError):
    """A message is not signed by the key it names, or outside its time."""


class BadKey(PlatformError):
    """A key is of another kind or length than it says, or names itself wrongly."""


class NoLiteral(PlatformError):
    """A page's text holds no data where it was looked for; `end` is how far it was read."""

    def __init__(self, reason: str, end: int = 0) -> None:
        super().__init__(reason)
        self.end = end
