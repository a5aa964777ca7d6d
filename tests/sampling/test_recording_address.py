"""An address that may not be visited is refused before any browser starts."""

import pytest

from sampling.evidence.address import LONGEST, is_public, refusal

ADDRESSES = [
    ("https://shop.example.com/item?id=1", None),
    ("http://shop.example.com:8443/", None),
    ("https://例子.测试/商品", None),
    ("https://93.184.215.14/", None),
    ("https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/", None),
    ("https://shop.example.com/" + "x" * LONGEST, "length"),
    ("file:///etc/passwd", "scheme"),
    ("javascript:alert(1)", "scheme"),
    ("data:text/html,hi", "scheme"),
    ("ftp://shop.example.com/", "scheme"),
    ("shop.example.com", "scheme"),
    ("https://buyer:secret@shop.example.com/", "credentials"),
    ("https://@shop.example.com/", "credentials"),
    ("https://", "host"),
    ("https://shop.example.com:port/", "host"),
    ("https://[::1/", "host"),
    ("https://shop%2eexample.com/", "host"),
    ("https://shop.exam ple.com/", "host"),
    ("http://localhost/", "address"),
    ("http://localhost./", "address"),
    ("http://intern/", "address"),
    ("http://printer.local/", "address"),
    ("http://127.0.0.1/", "address"),
    ("http://10.1.2.3/", "address"),
    ("http://169.254.169.254/latest/meta-data/", "address"),
    ("http://168.63.129.16/", "address"),
    ("http://2130706433/", "address"),
    ("http://0x7f.1/", "address"),
    ("http://0177.1/", "address"),
    ("http://1.2.3.4.5/", "address"),
    ("http://300.1.1.1/", "address"),
    ("http://[::1]/", "address"),
    ("http://[::ffff:10.0.0.1]/", "address"),
    ("http://[64:ff9b::a00:1]/", "address"),
    ("http://[fd00::1]/", "address"),
    ("http://224.0.0.1/", "address"),
]


@pytest.mark.parametrize(("url", "reason"), ADDRESSES)
def test_an_address_is_visited_or_refused_with_its_reason(url: str, reason: str | None) -> None:
    assert refusal(url) == reason


@pytest.mark.parametrize(
    ("url", "hosts", "reason"),
    [
        ("http://127.0.0.1:8080/", {"127.0.0.1:8080"}, None),
        ("http://127.0.0.1:8081/", {"127.0.0.1:8080"}, "address"),
        ("http://shop/", {"shop"}, None),
        ("https://shop/", {"shop:443"}, None),
        ("http://a:b@shop/", {"shop"}, "credentials"),
    ],
)
def test_a_private_host_is_visited_when_it_is_listed(url: str, hosts: set[str], reason: str | None) -> None:
    assert refusal(url, private_hosts=hosts) == reason


def test_what_is_no_ip_address_is_not_public() -> None:
    assert not is_public("shop.example.com")
    assert is_public("::ffff:93.184.215.14")
