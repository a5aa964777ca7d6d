"""Scans: what is taken and what is not, a table; each cause of its own, in both languages."""

import pytest

from labs.consignment import LineState
from labs.errors import RefusedScan
from labs.scan import SENTENCES, Known, ScanFault, check_code, check_seal
from sampling.sample import blind_code
from sampling.seal import SealKind, numbered
from tests.labs.build import CONSIGNED

F, L = ScanFault, LineState
CODE, OTHER = (blind_code(b"k", "c", listing, "first") for listing in ("1", "2"))
SLIP = CODE[:-1] + ("2" if CODE[-1] != "2" else "3")
SEAL = numbered(SealKind.TAPE, 7) or ""
HERE = Known("L-01", "K26-00001", L.EXPECTED)

# what is typed, what is on file of it, and why it is not taken
REFUSED: tuple[tuple[str, Known | None, ScanFault], ...] = (
    ("6901234567892", None, F.FOREIGN_LABEL),
    ("", None, F.FOREIGN_LABEL),
    (SEAL, None, F.SEAL_SCANNED),
    (SLIP, None, F.WRONG_CHECK),
    (CODE[:-1], None, F.WRONG_CHECK),
    (OTHER, None, F.UNKNOWN_CODE),
    (OTHER, Known("L-01", None, None), F.UNKNOWN_CODE),
    (OTHER, Known(None, None, None, other_unit=True), F.WRONG_ROLE),
    (OTHER, Known("L-02", "K26-00002", L.EXPECTED), F.OTHER_LABORATORY),
    (OTHER, Known("L-01", "K26-00002", L.EXPECTED), F.OTHER_CONSIGNMENT),
    (CODE, Known("L-01", "K26-00001", L.RECEIVED), F.ALREADY_RECEIVED),
    (CODE, Known("L-01", "K26-00001", L.REFUSED), F.ALREADY_RECEIVED),
)


@pytest.mark.parametrize(("typed", "known", "fault"), REFUSED)
def test_a_code_that_is_not_taken_says_why(typed: str, known: Known | None, fault: ScanFault) -> None:
    with pytest.raises(RefusedScan) as refused:
        check_code(typed, known, CONSIGNED)
    assert refused.value.cause == fault
    assert (refused.value.sentence.zh == refused.value.sentence.en, typed in refused.value.sentence.zh) == (False, True)


@pytest.mark.parametrize("typed", [CODE, f" {CODE.lower()} ", "".join(chr(ord(sign) + 0xFEE0) for sign in CODE)])
@pytest.mark.parametrize("state", [L.EXPECTED, L.MISSING])
def test_a_code_is_taken_however_the_scanner_types_it(typed: str, state: LineState) -> None:
    assert check_code(typed, Known("L-01", "K26-00001", state), CONSIGNED) == CODE


def test_a_seal_is_the_one_on_the_manifest_or_says_what_is_wrong() -> None:
    check_seal(SEAL.lower(), SEAL, CODE)
    check_seal("KLINGER 7", "KLINGER7", CODE)
    tries = ((SEAL[:-1] + "0", F.WRONG_CHECK, False), ("F1", F.WRONG_SEAL, False), ("F1", F.WRONG_ROLE, True))
    for typed, fault, other in tries:
        with pytest.raises(RefusedScan) as refused:
            check_seal(typed, SEAL, CODE, other_unit=other)
        assert refused.value.cause == fault


def test_every_cause_has_its_own_sentences() -> None:
    assert set(SENTENCES) == set(ScanFault)
    assert len({text.zh for text in SENTENCES.values()} | {text.en for text in SENTENCES.values()}) == 2 * len(F)
