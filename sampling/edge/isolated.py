"""The isolated world: where our own questions to a page are asked, out of reach of what its scripts have changed."""

import json
from typing import Any

from playwright.async_api import CDPSession
from playwright.async_api import Error as PlaywrightError

_NAME = "visit"


async def ask(session: CDPSession, script: str, *words: Any) -> Any:
    """Give what a function of JavaScript answers of the page as it stands; a failure raises the driver's error."""
    tree = await session.send("Page.getFrameTree")
    place = {"frameId": tree["frameTree"]["frame"]["id"], "worldName": _NAME}
    world = await session.send("Page.createIsolatedWorld", place)
    call = f"({script})({', '.join(json.dumps(word, ensure_ascii=True) for word in words)})"
    question = {
        "expression": call,
        "contextId": world["executionContextId"],
        "returnByValue": True,
        "awaitPromise": True,
    }
    answer = await session.send("Runtime.evaluate", question)
    if "exceptionDetails" in answer:
        raise PlaywrightError(str(answer["exceptionDetails"].get("text", "the script failed")))
    return answer["result"].get("value")
