"""The next act of a case: what has to happen, and on which page or part of the page it is done."""

from collections.abc import Mapping
from enum import StrEnum

from dashboards.views.ticket import Ticket, Waits
from sampling.sample import SampleState


class NextAct(StrEnum):
    """What has to happen to a sample next."""

    CAPTURE = "capture"
    ANSWER_OFFER = "answer_offer"
    BUY = "buy"
    SEND_PARCEL = "send_parcel"
    TAKE_PARCEL = "take_parcel"
    UNPACK = "unpack"
    SEAL = "seal"
    TELL_SAMPLING = "tell_sampling"
    HAND_OVER = "hand_over"
    CARRY = "carry"
    TAKE_BACK = "take_back"
    OPEN_UNIT = "open_unit"
    REPORT = "report"
    CONFIRM = "confirm"
    TELL_RESULT = "tell_result"
    PROVE_SERVICE = "prove_service"
    OBJECT = "object"
    DECIDE = "decide"
    RETEST = "retest"
    SETTLE = "settle"
    TAKE_DOWN = "take_down"
    FOLLOW_UP = "follow_up"
    PUBLISH = "publish"


_S, _A = SampleState, NextAct

ACTS: Mapping[SampleState, NextAct] = {
    _S.TARGETED: _A.CAPTURE,
    _S.CAPTURED: _A.BUY,
    _S.ORDERED: _A.SEND_PARCEL,
    _S.SHIPPED: _A.TAKE_PARCEL,
    _S.RECEIVED: _A.UNPACK,
    _S.UNBOXED: _A.SEAL,
    _S.SEALED: _A.TELL_SAMPLING,
    _S.NOTICE_SENT: _A.HAND_OVER,
    _S.LAB_REFUSED: _A.TAKE_BACK,
    _S.AT_LAB: _A.OPEN_UNIT,
    _S.TESTING: _A.REPORT,
    _S.VERDICT: _A.CONFIRM,
    _S.NOTIFIED: _A.OBJECT,
    _S.OBJECTED: _A.DECIDE,
    _S.UNDER_REVIEW: _A.DECIDE,
    _S.REINSPECTION: _A.RETEST,
    _S.FINAL: _A.SETTLE,
    _S.DISPOSAL: _A.TAKE_DOWN,
    _S.FOLLOW_UP: _A.FOLLOW_UP,
}
"""The next act in each state that is not an end."""

DONE_AT: Mapping[NextAct, str] = {
    _A.ANSWER_OFFER: "#consent",
    _A.HAND_OVER: "carriage.consignments",
    _A.CARRY: "carriage.consignments",
    _A.TAKE_BACK: "carriage.consignments",
    _A.CONFIRM: "officer.decisions",
    _A.PROVE_SERVICE: "#notices",
    _A.OBJECT: "#objections",
    _A.DECIDE: "officer.decisions",
    _A.TAKE_DOWN: "#notices",
    _A.PUBLISH: "#publication",
}
"""The route, or the part of the sample's own page, on which staff do it or see how far it is."""


OURS = frozenset(
    {_A.ANSWER_OFFER, _A.HAND_OVER, _A.TAKE_BACK, _A.CONFIRM, _A.PROVE_SERVICE, _A.DECIDE, _A.FOLLOW_UP, _A.PUBLISH}
)
"""What coordinators and officers have to do themselves."""


def next_act(one: Ticket, *, asked: bool, unserved: bool, may_publish: bool) -> NextAct | None:
    """Give the next act, None where the case is at its end.

    An offer that is asked about is answered first; while a party is `unserved` its window does not run.
    """
    match one.state, one.waits:
        case _ if asked:
            return NextAct.ANSWER_OFFER
        case SampleState.NOTICE_SENT, Waits.CARRIER:
            return NextAct.CARRY
        case SampleState.VERDICT, Waits.SYSTEM:
            return NextAct.TELL_RESULT
        case SampleState.NOTIFIED, _ if unserved:
            return NextAct.PROVE_SERVICE
        case SampleState.CLOSED, _ if may_publish:
            return NextAct.PUBLISH
        case _:
            return ACTS.get(one.state)
