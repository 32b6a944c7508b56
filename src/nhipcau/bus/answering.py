"""Runs a responder's handler for each request as an owned, named task.

    request ──▶ start ──▶ task: handler(message) ──▶ reply(Answer)

A handler that fails does not end the responder: the failure goes back as the answer. More requests
at once than the limit are refused at once, which the asker sees, rather than queued without end.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import structlog

from nhipcau.ports.bus import BusMessage, Handler

# Requests of one responder under way at once: a province of sites asking its office for a plan.
ANSWERING_LIMIT = 256
# A failure's text crosses the bus in a header: long enough for one sentence.
_ERROR_TEXT_LIMIT = 200

_log = structlog.get_logger(__name__)


class Answer(NamedTuple):
    """What goes back to the asker: a payload, or the reason why there is none."""

    payload: bytes
    error: str | None


Reply = Callable[[Answer], Awaitable[None]]


class Answering:
    """The requests under way at one responder."""

    def __init__(self, subject: str, handler: Handler, limit: int = ANSWERING_LIMIT) -> None:
        self.refused = 0
        self._subject = subject
        self._handler = handler
        self._limit = limit
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, message: BusMessage, reply: Reply) -> None:
        """Begin to answer a request and return without waiting for the handler."""
        if len(self._tasks) >= self._limit:
            self.refused += 1
            await reply(Answer(b"", "too many requests at once"))
            return
        task = asyncio.create_task(self._answer(message, reply), name=f"answer {self._subject}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, message: BusMessage, reply: Reply) -> None:
        outcome = (await asyncio.gather(self._handler(message), return_exceptions=True))[0]
        if isinstance(outcome, BaseException):
            _log.warning("bus.handler_failed", subject=self._subject, exc_info=outcome)
            text = " ".join(f"{type(outcome).__name__}: {outcome}".split())
            await reply(Answer(b"", text[:_ERROR_TEXT_LIMIT]))
            return
        await reply(Answer(outcome, None))

    async def aclose(self) -> None:
        """Cancel what is under way and wait for its end; may be called twice."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
