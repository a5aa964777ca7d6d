"""Worked objections: who may object until when under each procedure, and what becomes of it."""

from sampling.text import Text
from tests.spec.vectors import Vectors

LODGED = Vectors(
    Text("提出异议", "An objection comes in: day zero does not count, the last day ends at 24:00"),
    "rulebooks/objections.toml; the window counts from the service of the result, or from the sealing",
    ("procedure", "kind", "party", "counts from", "received", "grounds", "last day", "event", "reason"),
    (
        # the last day, its last second, and the instant after
        ("cn-product", "result", "seller", "2026-03-02 10:00", "2026-03-17 23:59:59", "passed", "2026-03-17",
         "accepted", ""),
        ("cn-product", "result", "seller", "2026-03-02 10:00", "2026-03-18 00:00:00", "passed", "2026-03-17",
         "found_late", "after_deadline"),
        ("cn-food", "result", "seller", "2026-03-02 10:00", "2026-03-11 23:59:59", "passed", "2026-03-11",
         "accepted", ""),
        ("cn-food", "result", "seller", "2026-03-02 10:00", "2026-03-12 00:00:00", "passed", "2026-03-11",
         "found_late", "after_deadline"),
        ("eu", "result", "seller", "2026-03-02 10:00", "2026-03-16 23:59:59", "passed", "2026-03-16", "accepted", ""),
        ("eu", "result", "seller", "2026-03-02 10:00", "2026-03-17 00:00:00", "passed", "2026-03-16",
         "found_late", "after_deadline"),
        # the last day is 1 October: National Day lasts to the 7th, and the 8th is worked
        ("cn-product", "result", "seller", "2026-09-16 10:00", "2026-10-08 23:59:59", "passed", "2026-10-08",
         "accepted", ""),
        ("cn-product", "result", "seller", "2026-09-16 10:00", "2026-10-09 00:00:00", "passed", "2026-10-08",
         "found_late", "after_deadline"),
        # an ordinary Sunday is no official holiday; Sunday 20 September is worked
        ("cn-product", "result", "seller", "2026-11-07 10:00", "2026-11-23 00:00:00", "passed", "2026-11-22",
         "found_late", "after_deadline"),
        ("cn-product", "result", "seller", "2026-09-05 10:00", "2026-09-20 12:00:00", "passed", "2026-09-20",
         "accepted", ""),
        # weekends that are swapped: Sunday 20 September, Saturday 10 October, Saturdays 14 and 28 February are worked
        ("cn-food", "result", "seller", "2026-09-18 10:00", "2026-09-29 23:59:59", "passed", "2026-09-29",
         "accepted", ""),
        ("cn-food", "result", "seller", "2026-09-29 10:00", "2026-10-15 00:00:00", "passed", "2026-10-14",
         "found_late", "after_deadline"),
        ("cn-food", "result", "seller", "2026-02-12 10:00", "2026-02-28 23:59:59", "passed", "2026-02-28",
         "accepted", ""),
        # Good Friday and Easter Monday, and the clocks change on the way
        ("eu", "result", "seller", "2026-03-26 10:00", "2026-04-13 23:59:59", "passed", "2026-04-13", "accepted", ""),
        ("eu", "result", "seller", "2026-03-26 10:00", "2026-04-14 00:00:00", "passed", "2026-04-13",
         "found_late", "after_deadline"),
        # sampling is contested within days of the sampling itself, where the rules say so
        ("cn-food", "sampling", "seller", "2026-03-02 10:00", "2026-03-12 08:00:00", "not sealed", "2026-03-11",
         "found_late", "after_deadline"),
        ("cn-product", "sampling", "seller", "2026-03-02 10:00", "2026-03-12 08:00:00", "not sealed", "2026-03-17",
         "accepted", ""),
        # who may object to what
        ("cn-product", "authenticity", "nominal_producer", "2026-03-02 10:00", "2026-03-10 08:00:00", "not ours",
         "2026-03-17", "accepted", ""),
        ("cn-food", "authenticity", "nominal_producer", "2026-03-02 10:00", "2026-03-10 08:00:00", "not ours",
         "2026-03-11", "accepted", ""),
        ("cn-product", "result", "platform", "2026-03-02 10:00", "2026-03-10 08:00:00", "passed", "2026-03-17",
         "refused", "party_may_not_object"),
        ("cn-food", "result", "platform", "2026-03-02 10:00", "2026-03-10 08:00:00", "passed", "2026-03-11",
         "refused", "party_may_not_object"),
        ("eu", "result", "competitor", "2026-03-02 10:00", "2026-03-10 08:00:00", "passed", "2026-03-16",
         "refused", "party_may_not_object"),
        ("cn-product", "result", "seller", "2026-03-02 10:00", "2026-03-10 08:00:00", " ", "2026-03-17",
         "refused", "no_grounds"),
        ("eu", "method", "seller", "2026-03-02 10:00", "2026-03-10 08:00:00", "", "2026-03-16",
         "refused", "no_grounds"),
    ),
)  # fmt: skip
SUPPLEMENTED = Vectors(
    Text("补正", "One supplement is asked for, by a date of its own; silence closes nothing"),
    "labs.objection; the date of the objection itself stays",
    ("procedure", "asked", "came", "last day", "state", "reason"),
    (
        ("cn-product", "2026-03-16 10:00", "2026-03-23 23:59:59", "2026-03-23", "supplemented", ""),
        ("cn-product", "2026-03-16 10:00", "2026-03-24 00:00:00", "2026-03-23", "refused", "supplement_late"),
        ("cn-food", "2026-09-30 10:00", "2026-10-13 23:59:59", "2026-10-13", "supplemented", ""),
        ("cn-food", "2026-09-30 10:00", "2026-10-14 00:00:00", "2026-10-13", "refused", "supplement_late"),
        ("eu", "2026-09-30 10:00", "2026-10-07 12:00:00", "2026-10-07", "supplemented", ""),
        ("eu", "2026-09-30 10:00", "2026-10-08 00:00:00", "2026-10-07", "refused", "supplement_late"),
        ("cn-product", "2026-03-16 10:00", "", "2026-03-23", "supplement_asked", ""),
    ),
)
DECIDED = Vectors(
    Text("决定", "What stands against a decision; nothing does where no code is given"),
    "labs.objection; the kinds that lead to a re-test and the items that do not are of the procedure",
    ("procedure", "kind", "state", "sample", "circumstance", "decision", "code"),
    (
        ("cn-product", "result", "lodged", "objected", "", "reinspect", ""),
        ("cn-product", "method", "lodged", "objected", "", "reinspect", ""),
        ("cn-food", "method", "lodged", "objected", "", "reinspect", "settled_on_paper"),
        ("eu", "method", "lodged", "objected", "", "reinspect", "settled_on_paper"),
        ("cn-product", "sampling", "lodged", "objected", "", "reinspect", "settled_on_paper"),
        ("cn-product", "authenticity", "lodged", "objected", "", "reinspect", "settled_on_paper"),
        ("cn-food", "method", "lodged", "objected", "", "uphold", ""),
        ("cn-product", "result", "lodged", "objected", "no backup", "reinspect", "no_backup"),
        ("cn-food", "result", "lodged", "objected", "no backup", "reinspect", "no_backup"),
        ("eu", "result", "lodged", "objected", "no backup", "reinspect", "no_backup"),
        ("cn-product", "result", "lodged", "objected", "broken seal", "reinspect", "backup_seal_broken"),
        ("cn-food", "result", "lodged", "objected", "expired", "reinspect", "backup_expired"),
        ("eu", "result", "lodged", "objected", "last day of its life", "reinspect", ""),
        ("cn-food", "result", "lodged", "objected", "microbiology", "reinspect", "item_not_retestable"),
        ("cn-product", "result", "lodged", "objected", "microbiology", "reinspect", "item_not_retestable"),
        ("cn-product", "result", "lodged", "objected", "no backup", "dismiss", ""),
        ("cn-product", "result", "lodged", "objected", "", "supplement", ""),
        ("cn-product", "result", "supplement_asked", "objected", "", "supplement", "supplement_awaited"),
        ("cn-product", "result", "supplement_asked", "objected", "", "reinspect", "supplement_awaited"),
        ("cn-product", "result", "supplement_asked", "objected", "", "refuse", "supplement_awaited"),
        ("cn-product", "result", "supplement_asked", "objected", "silent", "refuse", ""),
        ("cn-product", "result", "supplemented", "objected", "", "supplement", "supplement_asked_before"),
        ("cn-product", "result", "supplemented", "objected", "", "reinspect", ""),
        ("cn-food", "sampling", "lodged", "testing", "", "uphold", "result_awaited"),
        ("cn-product", "authenticity", "lodged", "reinspection", "", "uphold", "retest_under_way"),
        ("cn-product", "authenticity", "lodged", "disposal", "", "uphold", ""),
        ("cn-product", "result", "lodged", "closed", "", "uphold", "case_ended"),
        ("eu", "result", "reinspect", "reinspection", "", "dismiss", "retest_under_way"),
        ("eu", "result", "reinspect", "reinspection", "held", "dismiss", ""),
        ("eu", "result", "reinspect", "reinspection", "held", "uphold", ""),
        ("eu", "result", "reinspect", "reinspection", "", "uphold", "retest_under_way"),
        ("eu", "result", "reinspect", "reinspection", "held", "refuse", "retest_under_way"),
        ("cn-product", "result", "late", "notified", "", "uphold", "decided_before"),
        ("cn-product", "result", "refused", "notified", "", "reinspect", "decided_before"),
    ),
)
CONCLUDED = Vectors(
    Text("复检结论", "A re-test ends: requirement ≤ 0.5, the failure was objected to"),
    "labs.retest; P2 is of no procedure here and may be named by another",
    ("procedure", "policy", "first", "re-test", "third", "outcome", "objection", "fee borne by"),
    (
        ("cn-product", "P1", "0.56", "0.49", "", "pass", "reinspect_pass", "authority"),
        ("cn-product", "P1", "0.56", "0.57", "", "fail", "reinspect_fail", "objector"),
        ("cn-food", "P1", "0.56", "0.49", "", "pass", "reinspect_pass", "authority"),
        ("cn-food", "P1", "0.56", "0.57", "", "fail", "reinspect_fail", "objector"),
        ("cn-product", "P2", "0.56", "0.49", "", "review", "reinspect_pass", "authority"),
        ("cn-product", "P2", "0.56", "0.57", "", "fail", "reinspect_fail", "objector"),
        ("eu", "P3", "0.56", "0.57", "", "fail", "reinspect_fail", "objector"),
        ("eu", "P3", "0.56", "0.49", "", "hold", "reinspect", ""),
        ("eu", "P3", "0.56", "0.49", "0.48", "pass", "reinspect_pass", "authority"),
        ("eu", "P3", "0.56", "0.49", "0.58", "fail", "reinspect_fail", "objector"),
    ),
)
ENDED = Vectors(
    Text("异议处理之后", "What becomes of the sample, and of what was published or is to be"),
    "sampling.sample and reputation.publication",
    ("kind", "ends", "sample", "a published failure", "one not shown yet"),
    (
        ("authenticity", "upheld", "diverted", "withdrawn", "refused"),
        ("sampling", "upheld", "void", "withdrawn", "refused"),
        ("method", "upheld", "void", "withdrawn", "refused"),
        ("result", "upheld", "void", "withdrawn", "refused"),
        ("authenticity", "dismissed", "notified", "stands", "waits for every window"),
        ("result", "refused", "notified", "stands", "waits for every window"),
        ("result", "withdrawn", "notified", "stands", "waits for every window"),
    ),
)
WHILE_OPEN = Vectors(
    Text("异议期间的公布", "While an objection is open"),
    "rulebooks/objections.toml, publication_while_open",
    ("procedure", "publication", "gate"),
    (("cn-product", "held", "objection_open"), ("cn-food", "held", "objection_open"), ("eu", "noted", "")),
)

ALL = (LODGED, SUPPLEMENTED, DECIDED, CONCLUDED, ENDED, WHILE_OPEN)
