"""The streams: what WebSockets and event streams carry, message by message."""

import base64
import time
from collections.abc import Callable, Mapping

from sampling.edge.draft import Draft, instant
from sampling.edge.hearing import Hearing
from sampling.edge.targets import Facts, Line
from sampling.evidence.exchange import Message

_TEXT = 1
_CREATED = "Network.webSocketCreated"


class Streams:
    """The long answers among the drafts of a hearing, under a cap of bytes for all of them."""

    def __init__(self, hearing: Hearing, *, most_bytes: int) -> None:
        self._hearing = hearing
        self._left = most_bytes

    def hear(self, line: Line, name: str, facts: Facts) -> None:
        """Take in one event of a stream; others are let pass."""
        if name == _CREATED:
            self._created(line, facts)
        elif (deed := _DEEDS.get(name)) and (draft := self._hearing.latest(facts["requestId"])):
            deed(self, draft, facts)

    def _created(self, line: Line, facts: Facts) -> None:
        self._hearing.add(
            Draft(
                key=facts["requestId"],
                url=facts["url"],
                method="GET",
                resource="WebSocket",
                sent_at=instant(time.time()),
                mark=0.0,
                context=line.context,
            )
        )

    def _asked(self, draft: Draft, facts: Facts) -> None:
        draft.sent_at, draft.mark = instant(facts["wallTime"]), facts["timestamp"]
        draft.headers = facts["request"]["headers"]

    def _shaken(self, draft: Draft, facts: Facts) -> None:
        draft.response = {"mimeType": "", "protocol": "websocket", **facts["response"]}
        draft.answered = facts["timestamp"]
        draft.headers = facts["response"].get("requestHeaders") or draft.headers

    def _sent(self, draft: Draft, facts: Facts) -> None:
        self._frame(draft, facts, sent=True)

    def _received(self, draft: Draft, facts: Facts) -> None:
        self._frame(draft, facts, sent=False)

    def _frame(self, draft: Draft, facts: Facts, *, sent: bool) -> None:
        frame = facts["response"]
        opcode = int(frame["opcode"])
        text = str(frame["payloadData"])
        data = text.encode() if opcode == _TEXT else base64.b64decode(text)
        self._keep(draft, Message(sent=sent, opcode=opcode, data=data, at=draft.at(facts["timestamp"])))

    def _event(self, draft: Draft, facts: Facts) -> None:
        at = draft.at(facts["timestamp"])
        self._keep(draft, Message(sent=False, opcode=_TEXT, data=str(facts["data"]).encode(), at=at))

    def _keep(self, draft: Draft, message: Message) -> None:
        self._left -= len(message.data)
        if self._left < 0:
            draft.lost = "length"
        else:
            draft.messages.append(message)

    def _broken(self, draft: Draft, facts: Facts) -> None:
        draft.failure = str(facts["errorMessage"])

    def _closed(self, draft: Draft, facts: Facts) -> None:
        draft.ended = True
        if not draft.is_answered and draft.failure is None:
            draft.failure = "closed"


_DEEDS: Mapping[str, Callable[[Streams, Draft, Facts], None]] = {
    "Network.webSocketWillSendHandshakeRequest": Streams._asked,
    "Network.webSocketHandshakeResponseReceived": Streams._shaken,
    "Network.webSocketFrameSent": Streams._sent,
    "Network.webSocketFrameReceived": Streams._received,
    "Network.webSocketFrameError": Streams._broken,
    "Network.webSocketClosed": Streams._closed,
    "Network.eventSourceMessageReceived": Streams._event,
}

EVENTS = (_CREATED, *_DEEDS)
"""The events of DevTools that tell of streams."""
