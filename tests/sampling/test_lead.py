"""What adds up to a lead: never a verdict, and never the work of one shopper alone."""

import pytest

from sampling.lead import Ended, Lead, LeadKind, leads

EVADES = (LeadKind.EVASION, "mall/wang")


@pytest.mark.parametrize(
    ("ended", "found"),
    [
        ((), ()),
        ((("S1", "mall/wang", "ann", "seller_cancelled"),), ()),
        ((("S1", "mall/wang", "ann", "seller_cancelled"), ("S2", "mall/wang", "ann", "recognised")), ()),
        (
            (("S2", "mall/wang", "bob", "seller_refused"), ("S1", "mall/wang", "ann", "seller_cancelled")),
            (Lead(*EVADES, ("S1", "S2")),),
        ),
        ((("S1", "mall/wang", "ann", "seller_cancelled"), ("S2", "mall/li", "bob", "seller_cancelled")), ()),
        ((("S1", "mall/wang", "ann", "sold_out"), ("S2", "mall/wang", "bob", "never_came")), ()),
        ((("S1", "mall/wang", "ann", "wrong_goods"),), (Lead(LeadKind.MISDESCRIPTION, "mall/wang", ("S1",)),)),
        ((("S1", "mall/wang", "ann", "no_identity"),), (Lead(LeadKind.ILLEGAL_GOODS, "mall/wang", ("S1",)),)),
    ],
)
def test_a_lead_is_what_happened_too_often(
    ended: tuple[tuple[str, str, str, str], ...], found: tuple[Lead, ...]
) -> None:
    assert leads((Ended(*one) for one in ended), least=2) == found
