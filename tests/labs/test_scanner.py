"""The scanner: what a clamd says of a file, and that no silence of its is taken for clean."""

from pathlib import Path

import pytest

from labs.edge.scanner import Scanner
from tests.world.clamd import EICAR, Clamd
from tests.world.ports import free_port


def told(scanner: Scanner, data: bytes) -> tuple[str, str, str] | None:
    found = scanner.scan(data)
    return (found.rule, found.reaction, found.found) if found else None


@pytest.mark.parametrize("name", ["", "clamd.sock"])
def test_a_file_is_clean_or_named_over_tcp_and_over_a_socket_file(tmp_path: Path, name: str) -> None:
    with Clamd(path=tmp_path / name if name else None) as clamd:
        assert told(clamd.scanner, b"lab_code,report_no\n" * 40_000) is None
        assert told(clamd.scanner, EICAR) == ("malware-found", "reject", "Eicar-Test-Signature")


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (None, ("scanner-down", "hold", "TimeoutError")),
        (b"", ("scanner-refused", "hold", "")),
        (b"stream: Lstat failed. ERROR\0", ("scanner-refused", "hold", "stream: Lstat failed. ERROR")),
        (b"OK", ("scanner-refused", "hold", "OK")),
    ],
)
def test_an_answer_that_is_no_verdict_holds_the_file(answer: bytes | None, found: tuple[str, str, str]) -> None:
    with Clamd(lambda _: answer, seconds=0.5 if answer is None else 60) as clamd:
        assert told(clamd.scanner, b"x") == found


def test_a_file_above_the_scanners_limit_is_held() -> None:
    with Clamd(most=1000) as clamd:
        found = told(clamd.scanner, bytes(8_000_000))
    assert found in {
        ("scanner-refused", "hold", "INSTREAM size limit exceeded. ERROR"),
        ("scanner-down", "hold", "ConnectionResetError"),  # where the rest of the file took its answer with it
    }


def test_a_scanner_that_is_not_there_holds_the_file(tmp_path: Path) -> None:
    assert told(Scanner("127.0.0.1", free_port()), b"x") == ("scanner-down", "hold", "ConnectionRefusedError")
    assert told(Scanner(str(tmp_path / "none.sock")), b"x") == ("scanner-down", "hold", "FileNotFoundError")
