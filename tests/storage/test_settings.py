"""The settings: what is read, and the one sentence that a wrong one gives."""

import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from storage.reading import MOST_WORKERS
from storage.settings import Bucket, Egress, SettingsError, Workers, ensure_home, environment, load, secret_key

AS_ROOT = os.geteuid() == 0


def test_nothing_set_gives_the_embedded_defaults(tmp_path: Path) -> None:
    settings = load({}, tmp_path)
    assert (settings.home, settings.database_url, settings.bucket) == (tmp_path / "var", "", None)
    assert (settings.web_port, settings.prefect_port, settings.clock) == (8080, 4200, "real")
    assert settings.base_url == "http://127.0.0.1:8080"


def test_the_file_gives_what_the_environment_does_not(tmp_path: Path) -> None:
    (tmp_path / "shopper.toml").write_text('web_port = 9000\nclock = "movable"\nprivate_hosts = ["desk", "shop"]\n')
    settings = load({"SHOPPER_CLOCK": "real"}, tmp_path)
    assert (settings.web_port, settings.clock) == (9000, "real")
    assert settings.private_hosts == {"desk", "shop"}


def test_proxies_are_trusted_only_when_they_are_named(tmp_path: Path) -> None:
    assert load({}, tmp_path).trusted_proxies == ()
    named = {"SHOPPER_TRUSTED_PROXIES": "10.0.0.2, 10.1.0.0/16 ::1"}
    assert load(named, tmp_path).trusted_proxies == ("10.0.0.2", "10.1.0.0/16", "::1")


def test_prefect_is_asked_where_it_listens(tmp_path: Path) -> None:
    assert load({}, tmp_path).prefect_api_url == "http://127.0.0.1:4200/api"
    assert load({"SHOPPER_PREFECT_HOST": "10.0.0.2"}, tmp_path).prefect_api_url == "http://10.0.0.2:4200/api"


@pytest.mark.parametrize(
    ("text", "workers"),
    [
        ("here", Workers()),
        ("processes:3", Workers("processes", 3)),
        ("dask:2", Workers("dask", 2)),
        ("dask:tcp://10.0.0.2:8786", Workers("dask", MOST_WORKERS, "tcp://10.0.0.2:8786")),
    ],
)
def test_workers_are_this_process_or_several_or_a_cluster(text: str, workers: Workers, tmp_path: Path) -> None:
    settings = load({"SHOPPER_WORKERS": text, "SHOPPER_PARTS": "8"}, tmp_path)
    assert (settings.workers, settings.parts) == (workers, 8)


def test_dask_without_its_extra_is_said_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prefect_dask", None)
    with pytest.raises(SettingsError, match=r"^SHOPPER_WORKERS is 'dask:2': Dask comes with the extra `cluster`"):
        load({"SHOPPER_WORKERS": "dask:2"}, tmp_path)


@pytest.mark.parametrize(
    "text", ["postgres://u@h/shopper", "postgresql://u@h/shopper", "postgresql+psycopg://u@h/shopper"]
)
def test_every_spelling_of_postgresql_gets_our_driver(text: str, tmp_path: Path) -> None:
    assert load({"SHOPPER_DATABASE_URL": text}, tmp_path).database_url == "postgresql+psycopg://u@h/shopper"


def test_a_bucket_is_read_from_one_address(tmp_path: Path) -> None:
    settings = load({"SHOPPER_OBJECTS_URL": "s3://key:s%2Fcret@store:9000/evidence?secure=0"}, tmp_path)
    assert settings.bucket == Bucket("store:9000", "evidence", "key", "s/cret", secure=False, lock=True)
    free = load({"SHOPPER_OBJECTS_URL": "s3://key:secret@store/evidence?lock=0"}, tmp_path)
    assert free.bucket == Bucket("store", "evidence", "key", "secret", secure=True, lock=False)


def test_authorities_are_shipped_ones_or_have_their_address(tmp_path: Path) -> None:
    assert load({}, tmp_path).timestamps == {}
    named = load({"SHOPPER_TIMESTAMPS": "digicert, own=http://127.0.0.1:318/tsa"}, tmp_path)
    assert named.timestamps == {"digicert": "", "own": "http://127.0.0.1:318/tsa"}


def test_the_browsers_are_ours_as_the_machine_allows_unless_said_otherwise(tmp_path: Path) -> None:
    plain = load({}, tmp_path)
    assert (plain.browser, plain.browsers, plain.contexts) == (None, None, None)
    told = {"SHOPPER_BROWSER": "ws://grid:3000/", "SHOPPER_BROWSERS": "2", "SHOPPER_CONTEXTS": "4"}
    remote = load(told, tmp_path)
    assert (remote.browser, remote.browsers, remote.contexts) == ("ws://grid:3000/", 2, 4)


@pytest.mark.parametrize(
    ("text", "egress"),
    [
        ("", Egress()),
        ("CN", Egress("CN")),
        ("CN 203.0.113.7", Egress("CN", "203.0.113.7")),
        ("DE ::1", Egress("DE", "::1")),
    ],
)
def test_where_captures_go_out_is_what_the_operator_states(text: str, egress: Egress, tmp_path: Path) -> None:
    assert load({"SHOPPER_EGRESS": text}, tmp_path).egress == egress


WRONG = [
    ({"WEB_PORT": "eighty"}, "SHOPPER_WEB_PORT is 'eighty': it must be a whole number from 1 to 65535."),
    ({"WEB_PORT": "70000"}, "SHOPPER_WEB_PORT is '70000': it must be a whole number from 1 to 65535."),
    ({"CLOCK": "slow"}, "SHOPPER_CLOCK is 'slow': it must be one of real, movable."),
    ({"SITES": "oscar-mart=shop"}, "SHOPPER_SITES is 'shop': it must be an address such as https://example.org."),
    ({"BASE_URL": "example"}, "SHOPPER_BASE_URL is 'example': it must be an address such as https://example.org."),
    (
        {"DATABASE_URL": "sqlite:///x"},
        "SHOPPER_DATABASE_URL must look like postgresql://user:password@host:5432/shopper.",
    ),
    (
        {"OBJECTS_URL": "s3://key:secret@host:port/bucket"},
        "SHOPPER_OBJECTS_URL must look like s3://key:secret@host:9000/bucket?secure=0.",
    ),
    (
        {"OBJECTS_URL": "s3://host/bucket"},
        "SHOPPER_OBJECTS_URL must look like s3://key:secret@host:9000/bucket?secure=0.",
    ),
    (
        {"SCANNER": "clamd:3310"},
        "SHOPPER_SCANNER is 'clamd:3310': it must look like tcp://host:3310 or unix:///path/of/socket.",
    ),
    (
        {"SCANNER": "tcp://host:99999"},
        "SHOPPER_SCANNER is 'tcp://host:99999': it must look like tcp://host:3310 or unix:///path/of/socket.",
    ),
    (
        {"TRUSTED_PROXIES": "10.0.0.2, *"},
        "SHOPPER_TRUSTED_PROXIES is '*': it must be addresses such as 10.0.0.2 or 10.0.0.0/24.",
    ),
    ({"CONNECTIONS": "4"}, "SHOPPER_CONNECTIONS is '4': it must be a whole number from 10 to 1000."),
    ({"PARTS": "0"}, "SHOPPER_PARTS is '0': it must be a whole number from 1 to 4096."),
    *(
        (
            {"WORKERS": text},
            f"SHOPPER_WORKERS is {text!r}: it must be here, processes:4, dask:4 or dask:tcp://host:8786.",
        )
        for text in ("many", "here:2", "processes", "processes:0", "processes:x", "dask:", "dask:http://host")
    ),
    *(
        ({"EGRESS": text}, f"SHOPPER_EGRESS is {text!r}: it must look like CN or CN 203.0.113.7.")
        for text in ("china", "203.0.113.7", "CN somewhere")
    ),
    ({"BROWSER": "grid:3000"}, "SHOPPER_BROWSER is 'grid:3000': it must be an address such as ws://host:3000/."),
    ({"CONTEXTS": "99"}, "SHOPPER_CONTEXTS is '99': it must be a whole number from 1 to 16."),
    (
        {"TIMESTAMPS": "../own=http://h"},
        "SHOPPER_TIMESTAMPS is '../own=http://h': it must be codes such as digicert or own=http://host/tsa.",
    ),
    ({"TIMESTAMPS": "own=h"}, "SHOPPER_TIMESTAMPS is 'h': it must be an address such as https://example.org."),
    ({"CHROMIUM": "/nowhere"}, "SHOPPER_CHROMIUM is '/nowhere': there is no program of that name."),
]


@pytest.mark.parametrize(("values", "sentence"), WRONG, ids=[f"{values}" for values, _ in WRONG])
def test_a_wrong_setting_gives_one_sentence(values: Mapping[str, str], sentence: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load({f"SHOPPER_{name}": text for name, text in values.items()}, tmp_path)
    assert str(caught.value) == sentence


def test_a_misspelt_setting_is_refused_with_the_list_of_right_ones(tmp_path: Path) -> None:
    with pytest.raises(
        SettingsError, match=r"^SHOPPER_WEBPORT is not a setting; the settings are .*BASE_URL, .*WEB_PORT, .*\.$"
    ):
        load({"SHOPPER_WEBPORT": "80"}, tmp_path)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "shopper.toml").write_text("web_port = ")
    with pytest.raises(SettingsError, match=r"shopper\.toml cannot be read"):
        load({}, tmp_path)


def test_a_data_folder_that_cannot_be_made_gives_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = load({"SHOPPER_HOME": str(tmp_path / "file" / "var")}, tmp_path)
    with pytest.raises(
        SettingsError, match=r"^The data folder .* is not writable \(.*\): set SHOPPER_HOME to one that is\.$"
    ):
        ensure_home(settings)


@pytest.mark.skipif(AS_ROOT, reason="root may write everywhere")
def test_a_folder_without_permission_gives_one_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(SettingsError, match="is not writable"):
        ensure_home(load({}, tmp_path))


def test_a_child_process_is_told_what_the_file_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shopper.toml").write_text('home = "data"\nrulebook = "other"\n')
    monkeypatch.chdir(tmp_path)
    told = environment(load())
    assert (told["SHOPPER_HOME"], told["SHOPPER_RULEBOOK"]) == (str(tmp_path / "data"), "other")
    assert load(told, tmp_path / "elsewhere") == load()


def test_the_secret_key_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    settings = load({}, tmp_path)
    first = secret_key(settings)
    assert len(first) == 32
    assert secret_key(settings) == first
    assert stat.S_IMODE(settings.secret_file.stat().st_mode) == 0o600
    assert list(settings.home.glob("secret.key.*")) == []


@pytest.mark.parametrize("content", ["", "zz", "abcd"])
def test_a_damaged_secret_key_is_never_replaced(content: str, tmp_path: Path) -> None:
    settings = load({}, tmp_path)
    ensure_home(settings)
    settings.secret_file.write_text(content)
    with pytest.raises(SettingsError, match="restore it from the backup"):
        secret_key(settings)
    assert settings.secret_file.read_text() == content
