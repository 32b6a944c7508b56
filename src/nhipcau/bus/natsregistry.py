"""`ports.bus.Registry` over a JetStream key-value bucket.

    get, put ─▶ bucket (a stream with one message for each key; its sequence is the revision)
    watch    ◀─ a consumer of the newest message of each key, made anew after every lost link

A watcher made anew gets the newest entry of each key again; `Newest` gives on only what changed.

Each request names its key in its subject, so that a user can be allowed some keys only. The bucket
takes no header that would let a writer of one key roll up or purge the others.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, DiscardPolicy, StreamConfig
from nats.js.errors import BadRequestError, KeyNotFoundError, KeyWrongLastSequenceError
from nats.js.kv import KeyValue

from nhipcau.bus.inbox import Newest
from nhipcau.bus.limits import check_value
from nhipcau.bus.natserrors import NATS_ERRORS
from nhipcau.bus.natslink import NatsLink
from nhipcau.bus.natsrights import keys_of
from nhipcau.bus.subjects import check_pattern, check_subject
from nhipcau.ports.bus import BusError, Entry, RevisionError

# One request to JetStream: a compare-and-set over a province's lines takes a tenth of it.
_TIMEOUT_S = 2.0
# The server says this often that a watcher is still served; three missed and it is made anew.
_HEARTBEAT_S = 2.0
_SILENCE_S = 3 * _HEARTBEAT_S
# The server forgets a watcher whose owner is gone.
_FORGET_S = 30.0
_RETRY_PAUSE_S = 0.2
# A bucket of this name is there already, of another shape.
_OTHER_SHAPE = 10058
# A key has another revision than the writer says; the header in which it says so.
_WRONG_LAST = (10071, 10164)
_EXPECTED = "Nats-Expected-Last-Subject-Sequence"
# The bucket of office and MCUs.
BUCKET = "nhipcau"

_log = structlog.get_logger(__name__)


class NatsRegistry:
    """A bucket; the link belongs to somebody else."""

    def __init__(
        self,
        link: NatsLink,
        bucket: str = BUCKET,
        *,
        replicas: int = 1,
        found: bool = True,
        domain: str = "",
    ) -> None:
        """Prepare.

        Args:
            link: to the server.
            bucket: its name.
            replicas: on how many servers of a cluster it is kept.
            found: make it where there is none; else it is waited for.
            domain: of the hub that keeps it, as seen from a leaf; "": the server that we are at.
        """
        self._link = link
        self._bucket = bucket
        self._replicas = replicas
        self._found = found
        self._domain = domain
        self._ready: tuple[Client, KeyValue] | None = None

    async def get(self, key: str) -> Entry | None:
        """Return the newest value, None where there is none.

        Raises:
            BusError: not connected, or no answer in time.
        """
        check_subject(key)
        try:
            found = await (await self._store()).get(key)
        except KeyNotFoundError:
            return None
        except NATS_ERRORS as error:
            raise self._failed(key, error) from error
        return Entry(key, found.value or b"", found.revision or 0)

    async def put(self, key: str, value: bytes, *, expected: int | None = None) -> int:
        """Store a value and return its revision.

        Raises:
            ValueError: the value is too large.
            RevisionError: the key's revision is not `expected` (0: it exists).
            BusError: not connected, or no answer in time: then it may be stored or not.
        """
        check_subject(key)
        check_value(value)
        try:
            store = await self._store()
            if self._domain:
                return await self._put_afar(key, value, expected)
            if expected is None:
                return await store.put(key, value)
            return await store.update(key, value, last=expected)
        except KeyWrongLastSequenceError as error:
            raise RevisionError(f"{key}: revision is not {expected}") from error
        except NATS_ERRORS as error:
            raise self._failed(key, error) from error

    async def _put_afar(self, key: str, value: bytes, expected: int | None) -> int:
        """Put a value in another domain, which has a subject of its own for that.

        Raises:
            KeyWrongLastSequenceError: the key's revision is another.
        """
        headers = {} if expected is None else {_EXPECTED: str(expected)}
        subject = f"{keys_of(self._bucket, self._domain)}.{key}"
        try:
            jetstream = self._jetstream(self._link.client())
            ack = await jetstream.publish(subject, value, headers=headers)
        except BadRequestError as error:
            if error.err_code in _WRONG_LAST:
                raise KeyWrongLastSequenceError(error.description) from error
            raise
        return ack.seq

    def _jetstream(self, client: Client) -> JetStreamContext:
        return client.jetstream(timeout=_TIMEOUT_S, domain=self._domain or None)

    @asynccontextmanager
    async def watch(self, pattern: str) -> AsyncIterator[AsyncIterator[Entry]]:
        """Iterate over the present entries that match, then over changes.

        A slow reader gets the newest value of a key and may miss older ones.
        """
        newest = Newest()
        follower = asyncio.create_task(
            self._keep_following(check_pattern(pattern), newest), name=f"watch {pattern}"
        )
        try:
            yield newest
        finally:
            newest.close()
            follower.cancel()
            await asyncio.gather(follower, return_exceptions=True)

    async def _keep_following(self, pattern: str, newest: Newest) -> None:
        while True:
            follow = self._follow(pattern, newest)
            outcome = (await asyncio.gather(follow, return_exceptions=True))[0]
            _log.debug("bus.watch_lost", pattern=pattern, error=str(outcome))
            await asyncio.sleep(_RETRY_PAUSE_S)

    async def _follow(self, pattern: str, newest: Newest) -> None:
        client = await self._link.wait_client()
        await self._store()
        inbox = client.new_inbox()
        subscription = await client.subscribe(inbox)
        try:
            await self._consume(self._jetstream(client), pattern, inbox)
            last = 0
            while True:
                message = await subscription.next_msg(timeout=_SILENCE_S)
                if message.headers and "Status" in message.headers:
                    continue
                last = _in_order(message, last)
                newest.put_nowait(self._entry(message))
        finally:
            if client.is_connected:
                await subscription.unsubscribe()

    async def _consume(self, jetstream: JetStreamContext, pattern: str, inbox: str) -> None:
        """Have the newest entries, and every change from now on, sent to `inbox`."""
        await jetstream.add_consumer(
            f"KV_{self._bucket}",
            ConsumerConfig(
                # With a name of its own the request names the filter, too.
                name=secrets.token_hex(8),
                deliver_subject=inbox,
                deliver_policy=DeliverPolicy.LAST_PER_SUBJECT,
                ack_policy=AckPolicy.NONE,
                filter_subject=f"$KV.{self._bucket}.{pattern}",
                idle_heartbeat=_HEARTBEAT_S,
                inactive_threshold=_FORGET_S,
                mem_storage=True,
                num_replicas=1,
            ),
        )

    def _entry(self, message: Msg) -> Entry:
        key = message.subject.removeprefix(f"$KV.{self._bucket}.")
        return Entry(key, message.data, message.metadata.sequence.stream)

    async def _store(self) -> KeyValue:
        """Return the bucket over the present connection, made where it is missing."""
        client = self._link.client()
        if self._ready is None or self._ready[0] is not client:
            jetstream = self._jetstream(client)
            if self._found:
                await self._make(jetstream)
            self._ready = (client, await jetstream.key_value(self._bucket))
        return self._ready[1]

    async def _make(self, jetstream: JetStreamContext) -> None:
        """Make the bucket, or bring one of an older shape into this one."""
        shape = StreamConfig(
            name=f"KV_{self._bucket}",
            subjects=[f"$KV.{self._bucket}.>"],
            allow_direct=True,
            allow_rollup_hdrs=False,
            deny_delete=True,
            deny_purge=True,
            discard=DiscardPolicy.NEW,
            max_msgs_per_subject=1,
            num_replicas=self._replicas,
        )
        try:
            await jetstream.add_stream(shape)
        except BadRequestError as error:
            if error.err_code != _OTHER_SHAPE:
                raise
            await jetstream.update_stream(shape)

    def _failed(self, key: str, error: BaseException) -> BusError:
        """Return what the caller sees; the bucket is looked for again the next time."""
        self._ready = None
        return BusError(f"{key}: {error}")


def _in_order(message: Msg, last: int) -> int:
    """Return the message's place in the consumer's count.

    Raises:
        BusError: a message before it is missing.
    """
    place = message.metadata.sequence.consumer
    if place != last + 1:
        raise BusError(f"message {place} follows {last}")
    return place
