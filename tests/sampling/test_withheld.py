"""No cookie and no log-in can be read from a bundle that anyone may see."""

import json

import pytest

from sampling.digest import canonical
from sampling.evidence import wacz, warc
from sampling.evidence.withheld import HIDDEN, aside, count, shown
from tests.sampling.visits import SHOP, a_bundle, a_visit, an_exchange


@pytest.mark.parametrize(
    ("name", "value", "seen"),
    [
        ("Cookie", "a=1; session=s3cret;b", f"a={HIDDEN}; session={HIDDEN}; {HIDDEN}"),
        ("set-cookie", "id=s3cret; Path=/; HttpOnly\nb=2", f"id={HIDDEN}; Path=/; HttpOnly\nb={HIDDEN}"),
        ("Set-Cookie", "s3cret", HIDDEN),
        ("Authorization", "Bearer s3cret", HIDDEN),
        ("Proxy-Authorization", "Basic s3cret", HIDDEN),
        ("X-CSRF-Token", "s3cret", HIDDEN),
        ("X-Auth", "s3cret", HIDDEN),
        ("WWW-Authenticate", 'Basic realm="shop"', 'Basic realm="shop"'),
        ("X-Sessions-Left", "3", "3"),
        ("Content-Type", "text/html", "text/html"),
    ],
)
def test_values_of_cookies_and_log_ins_are_hidden(name: str, value: str, seen: str) -> None:
    assert shown([(name, value)]) == ((name, seen),)


SECRET = an_exchange(
    request_headers=(("Host", "shop.test"), ("Cookie", "id=s3cret")),
    headers=(("Content-Type", "text/html"), ("Set-Cookie", "id=s3cret2; Secure")),
)


def test_what_is_withheld_is_named_and_counted_to_be_set_aside() -> None:
    assert (count([SECRET]), count([an_exchange()])) == (2, 0)
    assert aside([an_exchange()]) == b""
    record = json.loads(aside([an_exchange(), SECRET]))
    assert record == {
        "withheld": [
            {"exchange": 1, "url": f"{SHOP}/item/1", "header": "Cookie", "value": "id=s3cret"},
            {"exchange": 1, "url": f"{SHOP}/item/1", "header": "Set-Cookie", "value": "id=s3cret2; Secure"},
        ]
    }
    assert aside([an_exchange(), SECRET]) == canonical(record)
    assert b'"a=?"' in aside([an_exchange(request_headers=(("Cookie", "a=\ud800"),))])


def test_no_secret_is_anywhere_in_a_bundle() -> None:
    files = a_bundle(visit=a_visit(exchanges=(SECRET,)))
    members = wacz.members(files["capture.wacz"])
    blocks = [record.block for record in warc.records(members[wacz.ARCHIVE])]
    held = [*members.values(), *blocks, *(data for name, data in files.items() if name != "capture.wacz")]
    assert not [data for data in held if b"s3cret" in data]
    assert any(f"id={HIDDEN}; Secure".encode() in block for block in blocks)
