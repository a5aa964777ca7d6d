"""Whether a message gives the cover away, however a name, an address or a number is written."""

import pytest

from sampling.message import names_cover

COVER = {
    "first_name": "伟", "last_name": "Brandt", "line1": "文三路 12 号", "city": "杭州", "phone": "+86 139-5551-2871",
    "payment_digits": "7351", "country": "CN", "account": "quill.fennel@covers.example", "device": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("When does it ship?", False),
        ("您好，什么时候发货？", False),
        ("49.90 CNY, 12 pieces, order 97351", False),
        ("Dear Mr BRANDT, it ships today", True),
        ("brandtwurst is another word", False),
        ("已寄往杭州", True),
        ("文三路12号对吗", True),
        ("call 13955512871?", False),
        ("call +8613955512871", True),
        ("call 86 139 5551 2871", True),
        ("card ending 7351", True),
        ("QUILL.FENNEL@covers.example", True),
        ("quill fennel covers example", True),
        ("from CN?", True),
        ("", False),
    ],
)
def test_a_text_that_has_a_value_of_the_cover_names_it(text: str, names: bool) -> None:
    assert names_cover(text, COVER) is names


def test_a_value_of_one_sign_says_nothing() -> None:
    assert not names_cover("他很伟大", {"first_name": "伟"})
