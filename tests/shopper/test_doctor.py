"""The doctor: a sentence for each thing, and what to do about a missing one."""

import socket
from pathlib import Path

from shopper.doctor import Finding, examine
from storage.embedded import databases
from storage.settings import load


def found(folder: Path, **values: str) -> list[Finding]:
    return list(examine(load({f"SHOPPER_{name}": text for name, text in values.items()}, folder)))


def missing(findings: list[Finding]) -> str:
    return "\n".join(finding.sentence for finding in findings if not finding.good)


def test_a_new_installation_is_told_what_to_run(tmp_path: Path) -> None:
    with databases(load({}, tmp_path), ("fsync=off",)):
        said = missing(found(tmp_path, WEB_PORT="1", PREFECT_PORT="2"))
    assert "The tables are not up to date: run shopper migrate." in said
    assert "The pages' server does not answer on port 1: run shopper up." in said
    assert "The Prefect server does not answer on port 2: run shopper up." in said


def test_a_port_that_another_program_holds_is_said(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        other.setblocking(False)
        findings = found(tmp_path, WEB_PORT=str(port), DATABASE_URL="postgresql://u@127.0.0.1:1/shopper")
    assert f"Port {port} is taken by another program: set SHOPPER_WEB_PORT to another." in missing(findings)
    assert "SHOPPER_DATABASE_URL: the database cannot be reached" in missing(findings)


def test_a_data_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = missing(found(tmp_path, HOME=str(tmp_path / "file" / "var"), DATABASE_URL="postgresql://u@127.0.0.1:1/x"))
    assert "is not writable" in said


def test_an_object_store_that_does_not_answer_is_said(tmp_path: Path) -> None:
    values = {"OBJECTS_URL": "s3://key:secret@127.0.0.1:1/evidence?secure=0"}
    said = missing(found(tmp_path, DATABASE_URL="postgresql://u@127.0.0.1:1/x", **values))
    assert "The object store at 127.0.0.1:1 does not answer." in said
