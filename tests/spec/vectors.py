"""Worked decisions: what goes in and what has to come out, rule by rule; the tests hold them and the docs show them."""

from dataclasses import dataclass

from sampling.text import Text


@dataclass(frozen=True, slots=True)
class Vectors:
    """The cases of one rule, each a row of texts."""

    title: Text
    source: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


ROUNDED = Vectors(
    Text("修约", "Rounding to an interval, ties to even, by magnitude, once"),
    "GB/T 8170-2008, 3.2 to 3.4",
    ("value", "interval", "rounded"),
    (
        ("12.1498", "0.1", "12.1"),
        ("10.5002", "1", "11"),
        ("1.050", "0.1", "1.0"),
        ("0.35", "0.1", "0.4"),
        ("2500", "1000", "2000"),
        ("3500", "1000", "4000"),
        ("-0.0365", "0.001", "-0.036"),
        ("-355", "10", "-360"),
        ("-325", "10", "-320"),
        ("60.25", "0.5", "60.0"),
        ("60.38", "0.5", "60.5"),
        ("60.75", "0.5", "61.0"),
        ("830", "20", "840"),
        ("930", "20", "920"),
        ("15.4546", "1", "15"),
    ),
)
MARKED = Vectors(
    Text("带（+）（−）号的修约", "Rounding what was rounded before: the mark settles a tie"),
    "GB/T 8170-2008, 3.2.3",
    ("value", "rounded to 1"),
    (
        ("16.5(+)", "17"),
        ("16.5(-)", "16"),
        ("16.5", "16"),
        ("15.5(-)", "15"),
        ("17.5", "18"),
        ("-15.5(-)", "-15"),
        ("-16.5(+)", "-17"),
        ("16.4(+)", "16"),
    ),
)
SIGNIFICANT = Vectors(
    Text("有效数字", "Significant digits; a carry keeps their number"),
    "GB/T 8170-2008, 3.4",
    ("value", "digits", "rounded"),
    (
        ("9.96", "2", "10"),
        ("0.0996", "2", "0.10"),
        ("0.012345", "3", "0.0123"),
        ("1250", "2", "1.2E+3"),
        ("0", "2", "0"),
        ("99.5", "2", "1.0E+2"),
    ),
)
PLACED = Vectors(
    Text("区间与限量", "A result is an interval: inside passes, outside fails, across is indeterminate"),
    "labs.decision; nothing is replaced by half a limit of detection",
    ("result", "requirement", "band"),
    (
        ("<0.05", "≤ 0.5", "pass"),
        ("0.5", "≤ 0.5", "pass"),
        (">0.4", "≤ 0.5", "indeterminate"),
        (">0.5", "≤ 0.5", "fail"),
        ("<0.05", "≤ 0.01", "indeterminate"),
        ("<25", "≥ 20", "indeterminate"),
        ("<10", "≤ 100", "pass"),
        (">300", "≤ 100", "fail"),
        ("<=0.5", "< 0.5", "indeterminate"),
        ("<0.5", "< 0.5", "pass"),
        (">=20", "≥ 20", "pass"),
        (">=20", "> 20", "indeterminate"),
        (">20", "> 20", "pass"),
        ("0.50(+)", "≤ 0.5", "fail"),
        ("0.50(-)", "≤ 0.5", "pass"),
    ),
)
ABSENT = Vectors(
    Text(
        "不得检出",
        "Must not be detected, with a limit of detection of 0.01 or better; LOQ 0.01 or the LOD",
    ),
    "labs.weighing",
    ("result", "LOD", "outcome"),
    (
        ("ND", "0.01", "pass"),
        ("ND", "0.005", "pass"),
        ("ND", "0.02", "indeterminate"),
        ("<0.005", "0.005", "pass"),
        ("<LOQ", "0.005", "indeterminate"),
        ("detected <LOQ", "0.005", "fail"),
        ("0.01", "0.005", "fail"),
        (">1", "0.005", "fail"),
    ),
)
MODES = Vectors(
    Text("全数值比较与修约值比较", "Compared in full or rounded"),
    "GB/T 8170-2008, 4.3",
    ("value", "requirement", "interval", "in full", "rounded"),
    (
        ("97.00", "≥ 97.0", "0.1", "pass", "pass"),
        ("96.96", "≥ 97.0", "0.1", "fail", "pass"),
        ("96.94", "≥ 97.0", "0.1", "fail", "fail"),
        ("0.500", "≤ 0.5", "0.1", "pass", "pass"),
        ("0.549", "≤ 0.5", "0.1", "fail", "pass"),
        ("0.551", "≤ 0.5", "0.1", "fail", "fail"),
        ("1349", "≥ 1400", "100", "fail", "fail"),
        ("1351", "≥ 1400", "100", "fail", "pass"),
        ("1402", "≥ 1400", "100", "pass", "pass"),
        ("1.151", "1.2-1.6", "0.1", "fail", "pass"),
        ("1.649", "1.2-1.6", "0.1", "fail", "pass"),
        ("1.651", "1.2-1.6", "0.1", "fail", "fail"),
        ("9.89", "9.9-10.1", "0.1", "fail", "pass"),
        ("9.85", "9.9-10.1", "0.1", "fail", "fail"),
        ("10.10", "9.9-10.1", "0.1", "pass", "pass"),
        ("10.16", "9.9-10.1", "0.1", "fail", "fail"),
    ),
)
CONVERTED = Vectors(
    Text("单位换算", "Units: exact factors from a list, and pairs that are never converted"),
    "rulebooks/units.toml",
    ("value", "unit", "into", "gives"),
    (
        ("0.07", "g/kg", "mg/kg", "70"),
        ("450", "ug/kg", "mg/kg", "0.45"),
        ("0.01", "%", "mg/kg", "100"),
        ("90", "ppm", "mg/kg", "90"),
        ("0.5", "mg/L", "mg/kg", "never"),
        ("0.5", "mg/cm2", "mg/kg", "never"),
        ("10", "mg/kg dry", "mg/kg", "never"),
        ("10", "CFU/g", "MPN/g", "never"),
    ),
)
GUARDED = Vectors(
    Text("测量不确定度", "With an uncertainty: requirement ≤ 0.5, U = 0.05, k = 2"),
    "ILAC-G8:09/2019, 4.2; probabilities by JCGM 106:2012, 7.4",
    ("rule", "value", "band", "probability of conformity"),
    (
        ("R3", "0.45", "pass", "0.9772"),
        ("R3", "0.46", "pass_cond", "0.9452"),
        ("R3", "0.49", "pass_cond", "0.6554"),
        ("R3", "0.50", "pass_cond", "0.5000"),
        ("R3", "0.52", "fail_cond", "0.2119"),
        ("R3", "0.55", "fail_cond", "0.0228"),
        ("R3", "0.56", "fail", "0.0082"),
        ("R1", "0.45", "pass", "0.9772"),
        ("R1", "0.46", "fail", "0.9452"),
        ("R2", "0.55", "pass", "0.0228"),
        ("R2", "0.56", "fail", "0.0082"),
        ("R0", "0.50", "pass", "0.5000"),
    ),
)
TWO_SIDED = Vectors(
    Text("双侧与单侧概率", "Probabilities between two limits and above one"),
    "JCGM 106:2012, 7.4",
    ("value", "requirement", "U", "k", "probability of conformity"),
    (
        ("13.6", "12.5-16.3", "3.6", "2", "0.6626"),
        ("22", "≥ 20", "2", "2", "0.9772"),
        ("0.4", "≤ 0.5", "0", "2", "1.0000"),
        ("0.6", "≤ 0.5", "0", "2", "0.0000"),
    ),
)
ACCEPTED = Vectors(
    Text("保护带", "A guard band of 1.645 u, one-sided 95 %: 0.458875 of 0.5 is accepted"),
    "ILAC-G8:09/2019, table 1; U = 0.05, k = 2, r = 0.8225",
    ("value", "band"),
    (("0.458875", "pass"), ("0.458876", "fail")),
)
ENFORCED = Vectors(
    Text("执法（R2）", "Enforcement gives the seller the doubt: requirement ≤ 0.01, U half of the value"),
    "practice of residue control in the EU",
    ("value", "band"),
    (("0.019", "pass"), ("0.020", "pass"), ("0.021", "fail")),
)
SUMMED = Vectors(
    Text("总量", "A sum: 0.03 and twice <0.01 is from 0.03 up to, not including, 0.05"),
    "labs.pooling",
    ("requirement", "band"),
    (("≤ 0.1", "pass"), ("≤ 0.04", "indeterminate"), ("≤ 0.03", "indeterminate"), ("≤ 0.02", "fail")),
)
PLANS = Vectors(
    Text("采样方案", "Sampling plan n = 5, c = 2, m = 100, M = 1000"),
    "three-class plan as in GB 29921",
    ("units", "band"),
    (
        ("50, <10, 120, 300, 80", "pass"),
        ("120, 300, 150, 20, <10", "fail"),
        ("50, <10, 20, 30, 1100", "fail"),
        ("50, <10, >300, 20, 30", "indeterminate"),
        ("50, <10, >1000, 20, 30", "fail"),
        ("50, <10", "hold"),
    ),
)
REPLICATES = Vectors(
    Text("平行样", "Two replicates of a method whose repeatability is 0.2"),
    "labs.pooling",
    ("first", "second", "mean"),
    (("1.0", "1.2", "1.1"), ("1.0", "1.3", "repeat"), ("1.0", "<1.1", "repeat"), ("<1.1", "1.0", "repeat")),
)
RETESTS = Vectors(
    Text("复检", "A retest under three policies: requirement ≤ 0.5"),
    "labs.retest; laboratories are never averaged",
    ("first", "retest", "third", "policy", "outcome", "reason"),
    (
        ("0.56", "0.49", "", "P1", "pass", "retest_replaces"),
        ("0.56", "0.57", "", "P1", "fail", "retest_replaces"),
        ("0.56", "0.49", "", "P2", "review", "retest_differs"),
        ("0.56", "0.57", "", "P2", "fail", "retest_agrees"),
        ("0.56", "0.49", "", "P3", "hold", "arbitration_needed"),
        ("0.56", "0.49", "0.48", "P3", "pass", "two_of_three"),
        ("0.56", "0.49", "0.58", "P3", "fail", "two_of_three"),
        ("0.56", "0.49", "<0.6", "P3", "hold", "arbitration_needed"),
        ("0.56", "<0.6", "", "P1", "fail", "retest_void"),
        ("0.56", "<0.6", "", "P2", "fail", "retest_void"),
    ),
)
AGREED = Vectors(
    Text("实验室间一致性", "Two laboratories, 0.56 ± 0.05 first: above 1 they are not compatible"),
    "ISO 13528, E_n",
    ("second", "U of the second", "E_n"),
    (("0.49", "0.05", "0.99"), ("0.40", "0.05", "2.26")),
)

ALL = (
    ROUNDED, MARKED, SIGNIFICANT, PLACED, ABSENT, MODES, CONVERTED, GUARDED, TWO_SIDED, ACCEPTED, ENFORCED, SUMMED,
    PLANS, REPLICATES, RETESTS, AGREED,
)  # fmt: skip
