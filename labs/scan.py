"""A scan at a laboratory: what was read from a label or a seal, and each cause for which it is not taken."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from labs.consignment import AWAITED, Consignment, LineState
from labs.errors import RefusedScan
from sampling.errors import WrongSealNumber
from sampling.sample import blind_code_is_whole
from sampling.seal import is_ours, read_number
from sampling.text import Text


class ScanFault(StrEnum):
    """Why a scanned code is not taken; each has its own sentence, for each asks for something else to be done."""

    FOREIGN_LABEL = "foreign_label"
    SEAL_SCANNED = "seal_scanned"
    WRONG_CHECK = "wrong_check"
    UNKNOWN_CODE = "unknown_code"
    OTHER_LABORATORY = "other_laboratory"
    OTHER_CONSIGNMENT = "other_consignment"
    WRONG_ROLE = "wrong_role"
    ALREADY_RECEIVED = "already_received"
    WRONG_SEAL = "wrong_seal"


_F = ScanFault

SENTENCES: dict[ScanFault, Text] = {
    _F.FOREIGN_LABEL: Text(
        "{code} 不是本机构的标签：请扫描以 B 开头的样品标签。",
        "{code} is no label of ours: scan the sample label, whose code begins with B.",
    ),
    _F.SEAL_SCANNED: Text(
        "{code} 是封签号：请先扫描样品标签，再扫描封签。",
        "{code} is the number of a seal: scan the sample label first, then the seal.",
    ),
    _F.WRONG_CHECK: Text(
        "{code} 的校验位不符：请再扫描一次，或逐位核对后重新输入。",
        "The check character of {code} does not fit: scan it again, or type it again sign by sign.",
    ),
    _F.UNKNOWN_CODE: Text(
        "{code} 形式正确，但没有发出过这样的样品：请将该包裹单独放置，并与抽样机构联系。",
        "{code} is well formed, but no such unit was ever sent: put it aside and ask the sampling station.",
    ),
    _F.OTHER_LABORATORY: Text(
        "{code} 是发给另一检验机构的样品：请勿开封，并与抽样机构联系。",
        "{code} was sent to another laboratory: do not open it, and ask the sampling station.",
    ),
    _F.OTHER_CONSIGNMENT: Text(
        "{code} 不在本委托 {number} 中：它属于发给贵机构的另一份委托。",
        "{code} does not belong to {number}: it is of another consignment to your laboratory.",
    ),
    _F.WRONG_ROLE: Text(
        "{code} 是另一份样品（备样或仲裁样），不是本委托要求的那一份：请勿开封，并与抽样机构联系。",
        "{code} is another unit (a backup or a third one) than this consignment asks for: do not open it, and ask the "
        "sampling station.",
    ),
    _F.ALREADY_RECEIVED: Text(
        "{code} 已经登记过，无需再次扫描。",
        "{code} is on record already: it need not be scanned again.",
    ),
    _F.WRONG_SEAL: Text(
        "封签号 {code} 与清单上 {number} 的封签号不符：请核对封签；确实不符的，按封签异常登记。",
        "The seal {code} is not the one that the manifest gives for {number}: look at it again, and if it is really "
        "another, record the seal as broken.",
    ),
}

_OURS = re.compile(r"B[0-9A-Z]{8,10}")


@dataclass(frozen=True, slots=True)
class Known:
    """What is on file about a scanned code; a code whose unit is in no consignment has no number."""

    lab: str | None
    number: str | None
    state: LineState | None
    other_unit: bool = False
    """Whether it is the label or the seal of another unit than the one that travels."""


def normal(typed: str) -> str:
    """Give a code as it is kept: capital, without spaces, full-width signs of an input method made plain."""
    return "".join(unicodedata.normalize("NFKC", typed).split()).upper()


def check_code(typed: str, known: Known | None, consignment: Consignment) -> str:
    """Give the code of the line that was scanned, or raise RefusedScan with the one cause that counts."""
    code = normal(typed)
    fault = _unknown(code) if known is None else _misplaced(known, consignment)
    if fault is not None:
        raise refused(fault, code, consignment.number)
    return code


def check_seal(typed: str, expected: str, blind_code: str, *, other_unit: bool = False) -> None:
    """Pass where the seal that was scanned is the one on the manifest, else raise RefusedScan."""
    number = normal(typed)
    if number == expected:
        return
    try:
        read_number(number)
    except WrongSealNumber as wrong:
        raise RefusedScan(ScanFault.WRONG_CHECK, wrong.sentence) from wrong
    raise refused(ScanFault.WRONG_ROLE if other_unit else ScanFault.WRONG_SEAL, number, blind_code)


def refused(fault: ScanFault, code: str, number: str = "") -> RefusedScan:
    """Give the refusal of a scan with its sentence in both languages."""
    sentence = SENTENCES[fault]
    given = {"code": code[:40], "number": number}
    return RefusedScan(fault, Text(sentence.zh.format(**given), sentence.en.format(**given)))


def _unknown(code: str) -> ScanFault:
    if blind_code_is_whole(code):
        return ScanFault.UNKNOWN_CODE
    if is_ours(code):
        return ScanFault.SEAL_SCANNED
    return ScanFault.WRONG_CHECK if _OURS.fullmatch(code) else ScanFault.FOREIGN_LABEL


def _misplaced(known: Known, consignment: Consignment) -> ScanFault | None:
    if known.other_unit:
        return ScanFault.WRONG_ROLE
    if known.number is None:
        return ScanFault.UNKNOWN_CODE
    if known.lab != consignment.lab:
        return ScanFault.OTHER_LABORATORY
    if known.number != consignment.number:
        return ScanFault.OTHER_CONSIGNMENT
    return None if known.state in AWAITED else ScanFault.ALREADY_RECEIVED
