"""No URL and no resolved address leads inside: a corpus of tricks, and the public addresses that must pass."""

import pytest

from platforms.addresses import LONGEST_URL, Refusal, Target, refusal_of, target

INSIDE = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254 169.254.169.254
172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.8 192.0.0.170 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1
192.168.0.1 192.175.48.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1
255.255.255.255
:: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:0:127.0.0.1 64:ff9b::7f00:1
64:ff9b::a9fe:a9fe 64:ff9b:1::1 64:ff9b:1::7f00:1 100::1 2001::1 2001:0:7f00:1:: 2001:2::1 2001:10::1 2001:20::1
2001:db8::1 2002:7f00:1:: 2002:a9fe:a9fe:: 2002:c0a8:1::1 2620:4f:8000::1 3ffe::1 3fff::1 5f00::1 fc00::1
fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ffff::1 4000::1 ::ffff:192.0.2.1
""".split()  # noqa: SIM905

OUTSIDE = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 128.0.0.1 169.253.255.255 172.15.255.255
172.32.0.0 192.0.1.1 192.167.255.255 193.0.0.1 198.17.255.255 198.20.0.0 223.255.255.255
2606:4700:4700::1111 2001:4860:4860::8888 2400:3200::1 2a00:1450::1 ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808::1
""".split()  # noqa: SIM905


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_refused(address: str) -> None:
    assert refusal_of(address) == "special"


@pytest.mark.parametrize("address", OUTSIDE)
def test_a_public_address_is_accepted(address: str) -> None:
    assert refusal_of(address) is None


@pytest.mark.parametrize("text", ["", "localhost", "127.1", "1.2.3.4.5", "0x7f000001", "8.8.8.8 "])
def test_what_is_no_address_is_refused(text: str) -> None:
    assert refusal_of(text) == "not_an_address"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://plat.example/hook", "not_https"),
        ("ftp://plat.example/hook", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://plat.example/", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("//plat.example/", "scheme"),
        ("plat.example/hook", "scheme"),
        ("", "scheme"),
        ("https://", "host"),
        ("https:///hook", "host"),
        ("https://plat.example:22/hook", "port"),
        ("https://plat.example:6379/hook", "port"),
        ("https://plat.example:99999/", "malformed"),
        ("https://plat.example:-1/", "malformed"),
        ("https://plat.example:x/", "malformed"),
        ("https://user@plat.example/", "userinfo"),
        ("https://user:pass@plat.example/", "userinfo"),
        ("https://plat.example@127.0.0.1/", "userinfo"),
        ("https://@127.0.0.1/", "userinfo"),
        ("https://:@127.0.0.1/", "userinfo"),
        ("https://127.0.0.1/", "literal_address"),
        ("https://8.8.8.8/", "literal_address"),
        ("https://127.1/", "literal_address"),
        ("https://0x7f.1/", "literal_address"),
        ("https://0x7f000001/", "literal_address"),
        ("https://0X7F.0.0.1/", "literal_address"),
        ("https://1.0x/", "literal_address"),
        ("https://2130706433/", "literal_address"),
        ("https://017700000001/", "literal_address"),
        ("https://0177.0.0.01/", "literal_address"),
        ("https://127.0.0.1./", "literal_address"),
        ("https://①②⑦.0.0.1/", "literal_address"),
        ("https://１２７.０.０.１/", "literal_address"),
        ("https://127。0。0。1/", "literal_address"),
        ("https://[::1]/", "literal_address"),
        ("https://[::ffff:127.0.0.1]/", "literal_address"),
        ("https://[2606:4700::1111]/", "literal_address"),
        ("https://[fe80::1%25eth0]/", "literal_address"),
        ("https://[::1", "malformed"),
        ("https://localhost/", "host"),
        ("https://LOCALHOST./", "host"),
        ("https://intranet/", "host"),
        ("https://a..example/", "malformed"),
        ("https://.example/", "malformed"),
        ("https://-a.example/", "host"),
        ("https://a-.example/", "host"),
        ("https://a%2eexample.org/", "host"),
        ("https://a$.example/", "host"),
        ("https://" + "a" * 64 + ".example/", "malformed"),
        ("https://plat.example\\@127.0.0.1/", "malformed"),
        ("https://plat.example /", "malformed"),
        (" https://plat.example/", "malformed"),
        ("https://plat.example/\r\nHost: inside", "malformed"),
        ("https://plat.example/\tx", "malformed"),
        ("https://plat.exa\u00admple/\0", "malformed"),
        ("https://plat.example/" + "a" * LONGEST_URL, "malformed"),
    ],
)
def test_a_url_with_a_trick_is_refused(url: str, code: str) -> None:
    assert target(url) == Refusal(code)


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("https://plat.example/hook?a=1#frag", "plat.example", 443, "/hook?a=1"),
        ("https://PLAT.example.:8443", "plat.example", 8443, "/"),
        ("https://平台.example/通知?a=%20b", "xn--kpr97v.example", 443, "/%E9%80%9A%E7%9F%A5?a=%20b"),
        ("HTTPS://a_b.plat.example/", "a_b.plat.example", 443, "/"),
    ],
)
def test_a_public_url_is_taken_apart(url: str, host: str, port: int, path: str) -> None:
    found = target(url)
    assert isinstance(found, Target)
    assert (found.host, found.port, found.private_ok) == (host, port, False)
    assert found.path == path


@pytest.mark.parametrize(
    ("url", "allow", "allowed"),
    [
        ("http://127.0.0.1:9000/hook", "127.0.0.1:9000", True),
        ("http://127.0.0.1:9000/hook", "127.0.0.1", True),
        ("http://localhost:80/", "localhost", True),
        ("https://[::1]:9000/", "::1", True),
        ("http://127.0.0.1:9001/hook", "127.0.0.1:9000", False),
        ("http://127.0.0.2:9000/hook", "127.0.0.1", False),
        ("ftp://127.0.0.1/", "127.0.0.1", False),
        ("http://u@127.0.0.1/", "127.0.0.1", False),
    ],
)
def test_a_host_of_the_settings_may_be_private(url: str, allow: str, allowed: bool) -> None:
    found = target(url, allow_private=frozenset({allow}))
    assert isinstance(found, Target) is allowed
    assert isinstance(found, Refusal) or found.private_ok
