"""Authorities are data: none is believed without the certificates that the installation gives."""

from pathlib import Path

import pytest

from sampling.digest import sha256
from sampling.errors import UnknownAuthority
from sampling.evidence.authority import Authority, authority, codes, source
from tests.world.authority import open_office


def test_the_shipped_authorities_are_named_and_none_is_confirmed() -> None:
    assert {source(code)["status"] for code in codes()} == {"unconfirmed"}
    assert any(source(code)["qualified"] for code in codes())


def test_an_authority_is_its_address_with_its_certificates(tmp_path: Path) -> None:
    chain = open_office(tmp_path / "tsa").chain
    own = authority("house", chain, url="http://127.0.0.1:1/")
    assert own == Authority("house", "http://127.0.0.1:1/", chain, False)
    assert own.chain_sha256 == sha256(chain)
    shipped = authority("sectigo-qualified", chain)
    assert (shipped.url, shipped.qualified) == (source("sectigo-qualified")["url"], True)


def test_what_is_no_authority_is_refused(tmp_path: Path) -> None:
    chain = open_office(tmp_path / "tsa").chain
    own = chain[: chain.index(b"-----BEGIN", 1)]
    for wrong in (b"", own, own + own, chain + b"\n"):
        with pytest.raises(UnknownAuthority, match="house: "):
            authority("house", wrong, url="http://127.0.0.1:1/")
    with pytest.raises(UnknownAuthority, match="no authority 'nobody' is known"):
        authority("nobody", chain)
