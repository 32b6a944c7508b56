"""`ports.bus.Bus` over NATS.

    publish ─▶ server ─▶ route ─▶ Inbox (bounded) ─▶ reader
    request ─▶ server ─▶ one responder of the subject's queue group ─▶ Answering ─▶ reply

While the link is down nothing is buffered: publishing and asking fail at once, subscribers and
responders wait and are there again when the link is.

Whoever may ask JetStream for a key can have it delivered or answered to any subject, whatever it
may publish there. Such a message has headers or asks for an answer, and ours never do: it is passed
over and counted. So is a request whose answer would go anywhere but to an inbox.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import nats.errors
from nats.aio.msg import Msg

from nhipcau.bus.answering import Answer, Answering, Reply
from nhipcau.bus.inbox import INBOX_LIMIT, Inbox
from nhipcau.bus.natserrors import NATS_ERRORS
from nhipcau.bus.natslink import NatsLink, Route
from nhipcau.bus.natsrights import inbox_of
from nhipcau.bus.subjects import check_pattern, check_subject
from nhipcau.ports.bus import BusError, BusMessage, Handler

_RESPONDERS = "responders"
_ERROR_HEADER = "Nhipcau-Error"


@dataclass(frozen=True, slots=True)
class BusStats:
    """Counters since the start."""

    connections: int
    published: int
    received: int
    dropped: int
    refused: int
    strange: int


class NatsBus:
    """Publish, subscribe, ask and answer over one link, which it owns."""

    def __init__(self, link: NatsLink, *, inbox_limit: int = INBOX_LIMIT) -> None:
        self._link = link
        self._inbox_limit = inbox_limit
        self._published = 0
        self._received = 0
        self._dropped = 0
        self._refused = 0
        self._strange = 0

    def stats(self) -> BusStats:
        """Return the counters; `dropped` and `refused` count contexts that have ended.

        `strange`: messages that nobody of ours has published.
        """
        return BusStats(
            self._link.connections,
            self._published,
            self._received,
            self._dropped,
            self._refused,
            self._strange,
        )

    async def publish(self, subject: str, payload: bytes) -> None:
        """Hand the message to the link; it is lost when the link breaks before it is sent.

        Raises:
            BusError: not connected, the payload is too large, or the server reads too slowly.
        """
        check_subject(subject)
        await self._link.send(subject, payload)
        self._published += 1

    @asynccontextmanager
    async def subscribe(self, pattern: str) -> AsyncIterator[Inbox]:
        """Listen while the context is open."""
        inbox = Inbox(self._inbox_limit)

        async def deliver(message: Msg) -> None:
            if message.reply or message.headers:
                self._strange += 1
                return
            self._received += 1
            inbox.put_nowait(BusMessage(message.subject, message.data))

        route = Route(check_pattern(pattern), deliver)
        try:
            await self._link.open_route(route)
            yield inbox
        finally:
            inbox.close()
            self._dropped += inbox.dropped
            await self._link.close_route(route)

    async def request(self, subject: str, payload: bytes, *, timeout_s: float) -> bytes:
        """Ask one responder.

        Raises:
            BusError: nobody answers at all, or not in time, or the responder's handler failed.
        """
        check_subject(subject)
        client = self._link.claim(len(payload))
        try:
            message = await client.request(subject, payload, timeout=timeout_s)
        except nats.errors.NoRespondersError as error:
            raise BusError(f"{subject}: nobody answers") from error
        except NATS_ERRORS as error:
            raise BusError(f"{subject}: {error}") from error
        failure = (message.headers or {}).get(_ERROR_HEADER)
        if failure is not None:
            raise BusError(f"{subject}: {failure}")
        return message.data

    @asynccontextmanager
    async def respond(self, pattern: str, handler: Handler) -> AsyncIterator[None]:
        """Answer requests whose subject matches `pattern` while the context is open."""
        answering = Answering(check_pattern(pattern), handler)

        async def deliver(message: Msg) -> None:
            if not message.reply.startswith(inbox_of(None)):
                self._strange += 1
                return
            request = BusMessage(message.subject, message.data)
            await answering.start(request, self._replier(message.reply))

        route = Route(pattern, deliver, queue=_RESPONDERS)
        try:
            await self._link.open_route(route)
            yield
        finally:
            await self._link.close_route(route)
            await answering.aclose()
            self._refused += answering.refused

    def _replier(self, inbox: str) -> Reply:
        async def reply(answer: Answer) -> None:
            headers = {_ERROR_HEADER: answer.error} if answer.error is not None else None
            try:
                await self._link.send(inbox, answer.payload, headers=headers)
            except BusError:
                # The asker sees that no answer came in time; there is no other way to tell it.
                self._dropped += 1

        return reply

    async def aclose(self) -> None:
        """Leave the bus and close the link; may be called twice."""
        await self._link.aclose()
