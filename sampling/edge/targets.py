"""The targets: the page and all that runs beside it in other processes, each heard from its first request on."""

import asyncio
import contextlib
import json
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any, Protocol

from playwright.async_api import CDPSession
from playwright.async_api import Error as PlaywrightError

Facts = Mapping[str, Any]
"""The parameters of one DevTools event or answer."""

_ANSWER_SECONDS = 20.0
_CONTEXTS = {"iframe": "frame", "worker": "worker", "shared_worker": "worker", "service_worker": "worker"}
_ATTACH = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": False}
_SHARED = "shared_worker"
_BODY = "Network.getResponseBody"
_DISCOVER = {"discover": True, "filter": [{"type": _SHARED}]}
_OWN_EVENTS = (
    "Target.targetCreated",
    "Target.attachedToTarget",
    "Target.detachedFromTarget",
    "Target.receivedMessageFromTarget",
)


class Unanswered(Exception):
    """A target refused a command, went away, or kept silent."""


class Line(Protocol):
    """The way to one target."""

    context: str
    """Which part of the page it is: `page`, `frame` (of another process) or `worker`."""

    async def send(self, method: str, params: Facts | None = None) -> Facts:
        """Give the target's answer to a command; without one raises Unanswered."""


Hear = Callable[[Line, str, Facts], None]
"""What is called with every event: whence it came, its full name, what it says."""


class PageLine:
    """The way to the page itself, on the session that the driver gave."""

    context = "page"

    def __init__(self, session: CDPSession) -> None:
        self.store: NestedLine | None = None
        """Who is asked first for a body."""
        self._session = session

    async def send(self, method: str, params: Facts | None = None) -> Facts:
        """Give the page's answer to a command; without one raises Unanswered."""
        if self.store is not None and method == _BODY:
            with contextlib.suppress(Unanswered):
                return await self.store.send(method, params)
        try:
            answer: Facts = await self._session.send(method, dict(params or {}))
        except PlaywrightError as error:
            raise Unanswered(error.message.splitlines()[0]) from error
        return answer


class NestedLine:
    """The way to a target inside another one: messages within messages, as the driver knows the page's session only."""

    def __init__(self, parent: Line, key: str, context: str) -> None:
        self.context = context
        self._parent = parent
        self._key = key
        self._asked: dict[int, asyncio.Future[Facts]] = {}
        self._count = 0

    async def send(self, method: str, params: Facts | None = None) -> Facts:
        """Give the target's answer to a command; without one raises Unanswered."""
        self._count += 1
        message = {"id": self._count, "method": method, "params": dict(params or {})}
        answer = self._asked[self._count] = asyncio.get_running_loop().create_future()
        letter = {"sessionId": self._key, "message": json.dumps(message)}
        await self._parent.send("Target.sendMessageToTarget", letter)
        try:
            found = await asyncio.wait_for(answer, _ANSWER_SECONDS)
        except TimeoutError:
            raise Unanswered(method) from None
        if "error" in found:
            raise Unanswered(str(found["error"].get("message", "")))
        result: Facts = found.get("result", {})
        return result

    def answer(self, message: Facts) -> None:
        """Hand an answer to whoever waits for it."""
        waiting = self._asked.pop(message["id"], None)
        if waiting is not None and not waiting.done():
            waiting.set_result(message)

    def leave(self) -> None:
        """Tell all who wait that the target has gone."""
        for key in list(self._asked):
            self.answer({"id": key, "error": {"message": "the target has gone"}})


class Targets:
    """The page's line and those nested in it, to any depth."""

    def __init__(self, session: CDPSession, events: tuple[str, ...], hear: Hear) -> None:
        self.page = PageLine(session)
        self.late: list[str] = []
        """Addresses of shared workers: they start before we can listen, so their first requests may be unheard."""
        self._hear = hear
        self._own = ""
        self._visitor = ""
        self._nested: dict[tuple[int, str], NestedLine] = {}
        self._under_way: set[asyncio.Task[None]] = set()
        self._greeting: tuple[tuple[str, Facts], ...] = ()
        for name in (*events, *_OWN_EVENTS):
            session.on(name, partial(self._heard, self.page, name))

    async def store(self, method: str, params: Facts) -> None:
        """Open a second session with the page and send it the command to keep bodies; else raises Unanswered.

        The browser keeps bodies for the outermost session of whoever asked. On the driver's sessions that is the one
        with the browser itself, so it would hold those of every page until it ends; a nested one ends with its page.
        """
        self._own = (await self.page.send("Target.getTargetInfo"))["targetInfo"]["targetId"]
        answer = await self.page.send("Target.attachToTarget", {"targetId": self._own, "flatten": False})
        line = NestedLine(self.page, answer["sessionId"], "page")
        self._nested[id(self.page), answer["sessionId"]] = line
        await line.send(method, params)
        self.page.store = line

    async def start(self, greeting: tuple[tuple[str, Facts], ...]) -> None:
        """From here on send the commands to every nested target before it may run."""
        self._greeting = (*greeting, ("Target.setAutoAttach", _ATTACH))
        facts, *_ = await asyncio.gather(
            self.page.send("Target.getTargetInfo"), self.page.send("Target.setAutoAttach", _ATTACH)
        )
        self._visitor = facts["targetInfo"].get("browserContextId", "")
        await self.page.send("Target.setDiscoverTargets", _DISCOVER)

    def _heard(self, line: Line, name: str, facts: Facts) -> None:
        match name:
            case "Target.targetCreated":
                self._created(facts["targetInfo"])
            case "Target.attachedToTarget":
                self._attached(line, facts["sessionId"], facts["targetInfo"])
            case "Target.detachedFromTarget":
                if gone := self._nested.pop((id(line), facts["sessionId"]), None):
                    gone.leave()
            case "Target.receivedMessageFromTarget":
                self._received(self._nested.get((id(line), facts["sessionId"])), json.loads(facts["message"]))
            case _:
                self._hear(line, name, facts)

    def _attached(self, line: Line, key: str, target: Facts) -> None:
        if target["targetId"] == self._own:
            return
        nested = self._nested[id(line), key] = NestedLine(line, key, _CONTEXTS.get(target["type"], "frame"))
        self._begin(self._wake(nested))

    def _created(self, target: Facts) -> None:
        """A shared worker belongs to no page; it is this visit's when it is in its context."""
        if target["type"] == _SHARED and target.get("browserContextId") == self._visitor:
            self.late.append(str(target["url"]))
            self._begin(self.page.send("Target.attachToTarget", {"targetId": target["targetId"], "flatten": False}))

    def _received(self, line: NestedLine | None, message: Facts) -> None:
        if line is None:
            return
        if "id" in message:
            line.answer(message)
        else:
            self._heard(line, message["method"], message.get("params", {}))

    async def _wake(self, line: Line) -> None:
        """The target waits for the last command, so the first ones reach it before its first request."""
        commands = (*self._greeting, ("Runtime.runIfWaitingForDebugger", {}))
        await asyncio.gather(*(line.send(method, params) for method, params in commands), return_exceptions=True)

    def _begin(self, work: Coroutine[Any, Any, object]) -> None:
        async def quietly() -> None:
            with contextlib.suppress(Unanswered):
                await work

        task = asyncio.ensure_future(quietly())
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
