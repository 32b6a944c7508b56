"""The demo's chair for one moment: gives the floor to the first speaker, so that somebody speaks.

After that the meeting is the visitor's.
"""

import asyncio
import json
from typing import Any

from websockets.asyncio.client import connect

_PATIENCE_S = 30.0


async def give_floor(chair_link: str, site: str) -> None:
    """Give the floor to `site` once it is present.

    Args:
        chair_link: the chair's page with its token.
        site: who speaks first.

    Raises:
        TimeoutError: the site did not come.
    """
    page, token = chair_link.split("#token=", 1)
    url = page.rsplit("/", 1)[0].replace("http", "ws", 1) + "/signal"
    hello = {"type": "hello", "v": 1, "token": token, "kind": "viewer", "capture": False}
    async with asyncio.timeout(_PATIENCE_S), connect(url, max_size=2**22) as socket:
        await socket.send(json.dumps(hello))
        async for text in socket:
            message = json.loads(text)
            if _is_present(message, site):
                break
        await socket.send(json.dumps({"type": "give_floor", "site": site, "id": 1}))
        async for text in socket:
            if json.loads(text).get("id") == 1:
                break
        await socket.send(json.dumps({"type": "leave"}))


def _is_present(message: dict[str, Any], site: str) -> bool:
    if message["type"] not in ("roster", "roster_delta"):
        return False
    return any(row["site"] == site and row["present"] for row in message["sites"])
