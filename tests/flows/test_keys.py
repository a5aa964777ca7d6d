"""New keys are named by a statement that the old ones sign, and what was sealed before stays good."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.keys import OVERLAP, evidence_keys, first_statement, ledger_key, next_statement
from flows.wiring import World, in_use
from sampling.errors import WrongKeys
from sampling.evidence import keyring
from sampling.evidence.bundle import seal
from sampling.evidence.keyring import Statement, Use
from sampling.evidence.keys import key_id
from sampling.evidence.trust import Trust
from sampling.evidence.verification import verify_bundle
from storage import ledger, statements
from tests.sampling.visits import a_visit

ROOT = b"r" * 32
ANCHOR = key_id(evidence_keys(ROOT).manifest.public_key())
FIRST = first_statement(evidence_keys(ROOT), ledger_key(ROOT))
AT = datetime(2026, 6, 1, tzinfo=UTC)
SECOND = next_statement(ROOT, [FIRST], at=AT)
THIRD = next_statement(ROOT, [FIRST, SECOND], at=AT + timedelta(minutes=5))


def followed(*documents: bytes) -> Statement:
    return keyring.follow(documents, anchor=ANCHOR)


def test_each_statement_follows_from_the_one_before_and_adds_a_key_of_each_use() -> None:
    newest = followed(FIRST, SECOND, THIRD)
    assert [key.use for key in newest.keys] == [Use.MANIFEST, Use.ARCHIVE, Use.LEDGER] * 3
    assert len({key.id for key in newest.keys}) == 9
    assert [key.valid_to is None for key in newest.keys] == [False] * 6 + [True] * 3
    assert newest.keys[6].id == key_id(evidence_keys(ROOT, 3).manifest.public_key())
    assert newest.keys[8].id == key_id(ledger_key(ROOT, 3).public_key())


def sealed(number: int, ended: datetime) -> dict[str, bytes]:
    visit = replace(a_visit(), started_at=ended - timedelta(seconds=5), ended_at=ended, exchanges=(), connections=())
    return seal(visit, capture_id="cap-1", case="S26-1", keys=evidence_keys(ROOT, number))


@pytest.mark.parametrize(
    ("number", "ended", "faults"),
    [
        (1, AT - timedelta(days=90), set()),
        (1, AT + OVERLAP / 2, set()),  # a sweep that began with the old keys
        (1, AT + OVERLAP * 2, {"expired_key"}),
        (2, AT + timedelta(days=90), set()),
        (2, AT - OVERLAP / 2, set()),  # a machine whose clock is behind
        (2, AT - OVERLAP * 2, {"expired_key"}),
        (3, AT, {"unknown_key"}),
    ],
)
def test_keys_seal_in_their_time(number: int, ended: datetime, faults: set[str]) -> None:
    found = verify_bundle(sealed(number, ended), trust=Trust(followed(FIRST, SECOND).keys))
    assert {fault.code for fault in found} == faults


def test_a_chain_of_another_installation_is_not_continued() -> None:
    other = b"o" * 32
    with pytest.raises(WrongKeys):
        next_statement(other, [FIRST], at=AT)


def test_a_sweep_seals_with_the_keys_that_were_published_last_and_keeps_a_copy_of_the_chain(
    quiet: World, tmp_path: Path
) -> None:
    assert in_use(quiet.settings, quiet.database) == 1
    assert statements.copied(quiet.settings.home) == ()
    with quiet.database.unit() as unit:
        for number, document in enumerate((FIRST, SECOND), 1):
            statements.publish(unit, number, document, at=AT)
    assert in_use(quiet.settings, quiet.database) == 2
    assert statements.copied(quiet.settings.home) == (FIRST, SECOND)
    with quiet.database.unit() as unit:
        assert [entry.id for entry in ledger.entries(unit) if entry.kind == ledger.KEY] == ["1", "2"]


def test_the_copy_only_grows(tmp_path: Path) -> None:
    statements.copy(tmp_path, (FIRST,))
    assert statements.copied(tmp_path) == (), "the first statement follows from the secret"
    statements.copy(tmp_path, (FIRST, SECOND, THIRD))
    statements.copy(tmp_path, (FIRST, SECOND))
    assert statements.copied(tmp_path) == (FIRST, SECOND, THIRD)
