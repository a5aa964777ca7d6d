"""The wiring: keys that grow from one secret, authorities with their certificates, and browsers as the settings say."""

from dataclasses import fields
from pathlib import Path

import pytest

from flows.keys import aside_key, evidence_keys, first_statement, ledger_key
from flows.wiring import World, authorities, browser_settings, scanning
from sampling.evidence import keyring
from sampling.evidence.keyring import Use
from sampling.evidence.keys import key_id
from storage.settings import Settings, SettingsError, load
from tests.world.authority import open_office


def settings(tmp_path: Path, **values: str) -> Settings:
    return load({f"SHOPPER_{name}": text for name, text in values.items()}, tmp_path)


def test_no_key_stands_in_the_words_for_a_world() -> None:
    hidden = {field.name for field in fields(World) if not field.repr}
    assert hidden == {"vault", "notice_key", "keys", "ledger_key", "blind_key"}


def test_one_secret_gives_the_same_keys_and_another_gives_others() -> None:
    def numbers(secret: bytes) -> set[str]:
        sealing = evidence_keys(secret)
        return {key_id(key.public_key()) for key in (sealing.manifest, sealing.archive, ledger_key(secret))}

    one, again, other = (numbers(bytes([number]) * 32) for number in (1, 1, 2))
    assert (one, len(one), one & other) == (again, 3, set())
    assert aside_key(b"1" * 32).private_bytes_raw() == aside_key(b"1" * 32).private_bytes_raw()


def test_the_first_statement_names_every_key_and_is_believed_by_its_anchor() -> None:
    sealing, signing = evidence_keys(bytes(32)), ledger_key(bytes(32))
    document = first_statement(sealing, signing)
    assert document == first_statement(sealing, signing)
    found = keyring.follow([document], anchor=key_id(sealing.manifest.public_key()))
    assert [key.use for key in found.keys] == [Use.MANIFEST, Use.ARCHIVE, Use.LEDGER]


def test_an_authority_needs_its_certificates(tmp_path: Path) -> None:
    chosen = settings(tmp_path, TIMESTAMPS="own=http://127.0.0.1:9/tsa digicert")
    with pytest.raises(SettingsError, match=r"^SHOPPER_TIMESTAMPS names own: put its certificates into .*own\.pem"):
        authorities(chosen)
    chosen.authorities.mkdir(parents=True)
    for code in ("own", "digicert"):
        (chosen.authorities / f"{code}.pem").write_bytes(open_office(tmp_path / code).chain)
    found = authorities(chosen)
    assert {code: one.url for code, one in found.items()} == {
        "own": "http://127.0.0.1:9/tsa",
        "digicert": "http://timestamp.digicert.com",
    }
    (chosen.authorities / "own.pem").write_bytes(b"no certificates")
    with pytest.raises(SettingsError, match=r"^SHOPPER_TIMESTAMPS names own: .*\.$"):
        authorities(chosen)


def test_an_unknown_authority_without_address_is_refused(tmp_path: Path) -> None:
    chosen = settings(tmp_path, TIMESTAMPS="nobody")
    chosen.authorities.mkdir(parents=True)
    (chosen.authorities / "nobody.pem").write_bytes(open_office(tmp_path / "tsa").chain)
    with pytest.raises(SettingsError, match="no authority 'nobody' is known"):
        authorities(chosen)


def test_the_browsers_may_visit_what_the_settings_name(tmp_path: Path) -> None:
    chosen = settings(tmp_path, PRIVATE_HOSTS="shop.lan", SITES="glow-mall=http://10.0.0.2:8102", CONTEXTS="2",
                      BROWSERS="3", BROWSER="ws://grid:3000/")  # fmt: skip
    told = browser_settings(chosen)
    assert told.private_hosts == {"shop.lan", "10.0.0.2:8102"}
    assert (told.browsers, told.contexts, told.remote) == (3, 2, "ws://grid:3000/")
    plain = browser_settings(settings(tmp_path))
    assert min(plain.browsers, plain.contexts) >= 1
    assert (plain.remote, plain.private_hosts) == (None, frozenset())


def test_a_scanner_is_asked_where_one_is_named(tmp_path: Path) -> None:
    assert scanning(settings(tmp_path)) is None
    for named in (f"unix://{tmp_path}/none.sock", "tcp://127.0.0.1:9"):
        scan = scanning(settings(tmp_path, SCANNER=named))
        assert scan is not None
        found = scan(b"x")
        assert found is not None and found.rule == "scanner-down"
