"""Members of an archive inflate within a bound, whatever they declare, and without entities."""

import io
import zipfile

import pytest

from labs.formats.inflation import Inflation, Refused


def archive(**members: bytes) -> tuple[zipfile.ZipFile, int]:
    """An archive with these members, and its size."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in members.items():
            book.writestr(name, content)
    return zipfile.ZipFile(file), len(file.getvalue())


def test_a_member_is_given_as_it_inflates() -> None:
    text = bytes(range(1, 256)) * 3000
    book, size = archive(**{"a.xml": text, "b.png": b"\0" * 9})
    chunks = list(Inflation(book, size).chunks("a.xml"))
    assert len(chunks) == 3 and b"".join(chunks) == text
    assert list(Inflation(book, size).chunks("b.png")) == [b"\0" * 9]


def test_what_declares_too_much_is_not_inflated() -> None:
    book, size = archive(a=b"x" * 100, b=b"x" * 101)
    inflation = Inflation(book, size, most=200)
    with pytest.raises(Refused) as refused:
        inflation.check_declared()
    assert (refused.value.finding.rule, refused.value.finding.found) == ("zip-bomb", "b")


def test_what_inflates_to_too_much_is_refused_on_the_way() -> None:
    book, size = archive(a=b"x" * 100, b=b"x" * 101)
    inflation = Inflation(book, size, most=200)
    inflation.pass_over(["a"])
    with pytest.raises(Refused) as refused:
        inflation.pass_over(["b"])
    assert (refused.value.finding.rule, refused.value.finding.found) == ("zip-bomb", "b")


def test_a_high_ratio_counts_from_a_megabyte_on() -> None:
    book, size = archive(a=b"x" * 1_000_000)
    Inflation(book, size).pass_over(["a"])
    book, size = archive(a=b"x" * 1_100_000)
    with pytest.raises(Refused):
        Inflation(book, size).pass_over(["a"])


DECLARING = [b"<!DOCTYPE x>", b"<!ENTITY x>", "<x/>".encode("utf-16"), b"x" * (256 * 1024 - 4) + b"<!DOCTYPE x>"]


@pytest.mark.parametrize("text", DECLARING, ids=range(len(DECLARING)))
def test_markup_that_declares_entities_is_refused(text: bytes) -> None:
    book, size = archive(**{"a.XML": text, "b.bin": text})
    with pytest.raises(Refused) as refused:
        Inflation(book, size).pass_over(["a.XML"])
    assert refused.value.finding.rule == "document-type"
    Inflation(book, size).pass_over(["b.bin"])


CODED = [
    b"<?xml version='1.0' encoding = 'gb18030'?><x/>",
    b"<?xml version='1.0' encoding='iso-8859-1'?><x/>",
    b"<x/><?xml version='1.0' encoding='gb18030'?>",
    b"<x>" + b" " * 300_000 + b"<?xml version='1.0'?></x>",
]


@pytest.mark.parametrize("text", CODED, ids=range(len(CODED)))
def test_markup_in_another_coding_is_refused(text: bytes) -> None:
    book, size = archive(**{"a.xml": text, "b.bin": text})
    with pytest.raises(Refused) as refused:
        Inflation(book, size).pass_over(["a.xml"])
    assert (refused.value.finding.rule, refused.value.finding.found) == ("workbook-broken", "a.xml")
    Inflation(book, size).pass_over(["b.bin"])


def test_markup_may_say_that_it_is_written_in_utf_8() -> None:
    declared = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<x>?</x>'
    book, size = archive(**{"a.xml": declared, "b.xml": b"\xef\xbb\xbf<?xml version='1.0'?><?mso x?><x/>"})
    Inflation(book, size).pass_over(["a.xml", "b.xml"])


def test_a_mark_of_exclamation_is_no_declaration() -> None:
    book, size = archive(**{"a.xml": b"<a>!</a><!-- -->"})
    Inflation(book, size).pass_over(["a.xml"])
