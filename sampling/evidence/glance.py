"""A glance: what a page shows at first sight, as far as a wall is told by it."""

import re
from functools import cached_property

from lxml import html as markup

_SEGMENT = re.compile(r"\s+[|\-–—·•»:]+\s+|\s*[|·•»_｜]\s*|\s+-|-{2,}")
_LONGEST = 300
_WIDE = re.compile(r"[぀-ヿ㐀-䶿一-鿿豈-﫿가-힯]")
_PRODUCT = re.compile(r'"@type"\s*:\s*\[?\s*"(?:https?://schema\.org/)?(product|productgroup)"', re.IGNORECASE)
_ITEM = "//*[contains(@itemtype, 'schema.org/Product') or contains(@typeof, 'Product')]"
_META = "//meta[(@property='og:type' and starts-with(@content, 'product')) or starts-with(@property, 'product:price')]"
_LABELS = "//input[@type='submit' or @type='button']/@value | //button/@aria-label"
_PLACES = "//iframe/@src | //script/@src | //form//@class | //form//@id | //div/@class | //div/@id"


class Glance:
    """One page: its source, its visible text in one line, and what the tree says of it."""

    def __init__(self, html: str, text: str) -> None:
        self.source = html.lower()
        self.words = " ".join(text.split())
        self._tree = _tree(html)

    @cached_property
    def length(self) -> int:
        """Letters of visible text; an ideograph says as much as two."""
        return len(self.words) + len(_WIDE.findall(self.words))

    @cached_property
    def title(self) -> tuple[str, ...]:
        """The title's parts: what the page is, the shop's name, ..."""
        return _parts(self._texts("(//title)[1]"))

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """The first headings."""
        return _parts(self._texts("(//h1 | //h2 | //*[@role='heading'])[position() <= 4]"))

    @cached_property
    def labels(self) -> str:
        """What is written on buttons but is not text."""
        return " ".join(self._values(_LABELS))

    @cached_property
    def places(self) -> tuple[str, ...]:
        """Addresses, classes and ids of frames, scripts and forms, in lower case."""
        return tuple(value.lower() for value in self._values(_PLACES))

    @cached_property
    def products(self) -> int:
        """How many products are marked up; a group with its variants is one."""
        kinds = [kind.lower() for kind in _PRODUCT.findall(self.source)]
        if "productgroup" in kinds:
            return 1
        return max(len(kinds), len(self._values(f"{_ITEM}/@itemtype | {_ITEM}/@typeof")), len(self._metas()))

    @cached_property
    def asks_password(self) -> bool:
        """Whether a field for a password stands on the page."""
        return bool(self._values("//input[@type='password']/@type"))

    def is_shell(self, ids: list[str]) -> bool:
        """Tell whether an element of these ids, which a script was to fill, is there and has no text."""
        frames = [] if self._tree is None else self._tree.xpath("//body//*[@id]")
        return any(frame.get("id", "").lower() in ids and not frame.text_content().strip() for frame in frames)

    def _metas(self) -> list[str]:
        return self._values(f"{_META}/@property")[:1]

    def _texts(self, path: str) -> list[str]:
        return (
            [] if self._tree is None else [" ".join(found.text_content().split()) for found in self._tree.xpath(path)]
        )

    def _values(self, path: str) -> list[str]:
        return [] if self._tree is None else [str(value) for value in self._tree.xpath(path)]


def _parts(texts: list[str]) -> tuple[str, ...]:
    """A page may say what it likes at any length; patterns meet the beginning of it."""
    cut = [text[:_LONGEST] for text in texts]
    return tuple(part for text in cut for part in (text, *_SEGMENT.split(text)) if part.strip())


def _tree(html: str) -> markup.HtmlElement | None:
    if not html.strip():
        return None
    return markup.document_fromstring(html.encode(), parser=markup.HTMLParser(encoding="utf-8"))
