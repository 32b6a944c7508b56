"""One connection to NATS that is kept for ever, and what hangs on it.

    keeper task:  connect ─▶ subscribe every route ─▶ up … lost ─▶ pause ─▶ connect …

The client library's own reconnection is off. It gives up for good on some refusals, keeps what is
published meanwhile in a buffer, and has a second path of its own for subscriptions; here there is
one path for the first connection and for every later one.

All of it belongs to one event loop.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from nhipcau.bus.hangup import hang_up
from nhipcau.bus.natserrors import NATS_ERRORS
from nhipcau.bus.natsrights import inbox_of
from nhipcau.bus.outflow import Outflow
from nhipcau.ports.bus import BusError

# Between two attempts: short at first, since most servers are back within a second; an MCU that
# waits for hours asks seldom, and a province's processes not all at one moment.
_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 2.0
_CONNECT_TIMEOUT_S = 2
# A frozen server is noticed after two unanswered pings.
_PING_INTERVAL_S = 2
_PINGS_OUTSTANDING = 2
# How often the keeper looks by itself, should the library forget to tell it that the link is gone.
_LOOK_S = 1.0
# What the server's word for it begins with; the connection stays.
_REFUSED = "permissions violation"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class NatsAddress:
    """Where a NATS server is, `nats://host:port`, and who we are there."""

    url: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(slots=True, eq=False)
class Route:
    """A subscription that outlives connections. `deliver` must not wait."""

    pattern: str
    deliver: Callable[[Msg], Awaitable[None]]
    queue: str = ""
    subscription: Subscription | None = None


class NatsLink:
    """The kept connection. Make it with `start`."""

    def __init__(self, address: NatsAddress, name: str) -> None:
        self.connections = 0
        # How often the server said that this user may not do something.
        self.refusals = 0
        self._address = address
        self._name = name
        self._client: Client | None = None
        self._routes: list[Route] = []
        self._up = asyncio.Event()
        self._change = asyncio.Lock()
        self._outflow: Outflow | None = None
        self._keeper: asyncio.Task[None] | None = None
        # How often in a row no connection came about.
        self._failures = 0

    @classmethod
    async def start(cls, address: NatsAddress, *, name: str) -> "NatsLink":
        """Return a link that connects by itself, now and after every loss; it does not wait."""
        link = cls(address, name)
        link._keeper = asyncio.create_task(link._keep(), name=f"nats link of {name}")
        return link

    @property
    def connected(self) -> bool:
        """True while messages can go out."""
        return self._client is not None and self._client.is_connected

    def client(self) -> Client:
        """Return the library's client.

        Raises:
            BusError: not connected.
        """
        if self._client is None or not self._client.is_connected:
            raise BusError("not connected")
        return self._client

    def claim(self, size: int) -> Client:
        """Count `size` bytes that are about to be sent and return the client to send them with.

        Raises:
            BusError: not connected, or the server reads too slowly.
        """
        client = self.client()
        if self._outflow is not None:
            self._outflow.add(size)
        return client

    async def send(
        self, subject: str, payload: bytes, *, headers: dict[str, str] | None = None
    ) -> None:
        """Send a message; it is lost when the link breaks before the server has it.

        Raises:
            BusError: not connected, the payload is too large, or the server reads too slowly.
        """
        client = self.claim(len(payload))
        try:
            await client.publish(subject, payload, headers=headers)
        except NATS_ERRORS as error:
            raise BusError(f"{subject}: {error}") from error

    async def wait_client(self) -> Client:
        """Return the library's client as soon as there is one."""
        while not self.connected:
            self._up.clear()
            await self._up.wait()
        return self.client()

    async def wait_connected(self, timeout_s: float) -> None:
        """Wait for the connection.

        Raises:
            BusError: not connected within `timeout_s`.
        """
        try:
            async with asyncio.timeout(timeout_s):
                await self.wait_client()
        except TimeoutError as error:
            raise BusError(f"not connected within {timeout_s} s") from error

    async def open_route(self, route: Route) -> None:
        """Subscribe now, if connected, and at every later connection."""
        async with self._change:
            self._routes.append(route)
            if self._outflow is not None and self.connected:
                await self._subscribe(self.client(), self._outflow, [route])

    async def close_route(self, route: Route) -> None:
        """Unsubscribe."""
        async with self._change:
            if route in self._routes:
                self._routes.remove(route)
            if self.connected and route.subscription is not None:
                try:
                    await route.subscription.unsubscribe()
                except NATS_ERRORS as error:
                    _log.debug("bus.unsubscribe_failed", pattern=route.pattern, error=str(error))

    async def aclose(self) -> None:
        """Leave; may be called twice."""
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)

    async def _keep(self) -> None:
        while True:
            outcome = (await asyncio.gather(self._one_connection(), return_exceptions=True))[0]
            # An outage is one line of the log, however long it lasts.
            say = _log.info if self._failures == 0 else _log.debug
            say("bus.link_lost", name=self._name, error=str(outcome or "closed"))
            self._failures += 1
            await asyncio.sleep(retry_pause_s(self._failures) * random.uniform(0.5, 1.0))  # noqa: S311 - no secret

    async def _one_connection(self) -> None:
        client, gone = Client(), asyncio.Event()
        outflow = Outflow(client)
        try:
            await self._connect(client, gone)
            async with self._change:
                await self._subscribe(client, outflow, self._routes)
                self._client, self._outflow = client, outflow
            self.connections += 1
            self._failures = 0
            self._up.set()
            _log.info("bus.link_up", name=self._name)
            while client.is_connected and not gone.is_set():
                await _wait_at_most(gone, _LOOK_S)
        finally:
            self._client = self._outflow = None
            await hang_up(client)
            await outflow.aclose()

    async def _connect(self, client: Client, gone: asyncio.Event) -> None:
        async def on_closed() -> None:
            gone.set()

        async def on_error(error: Exception) -> None:
            if _REFUSED in str(error).lower():
                self.refusals += 1
                _log.warning("bus.refused", name=self._name, error=str(error))
            else:
                _log.debug("bus.client_error", name=self._name, error=str(error))

        async with asyncio.timeout(_CONNECT_TIMEOUT_S * 2):
            await client.connect(
                self._address.url,
                name=self._name,
                user=self._address.user,
                password=self._address.password,
                inbox_prefix=inbox_of(self._address.user),
                allow_reconnect=False,
                # The library counts attempts at a server from zero: two quick ones.
                max_reconnect_attempts=1,
                reconnect_time_wait=0,
                connect_timeout=_CONNECT_TIMEOUT_S,
                ping_interval=_PING_INTERVAL_S,
                max_outstanding_pings=_PINGS_OUTSTANDING,
                closed_cb=on_closed,
                error_cb=on_error,
            )

    async def _subscribe(self, client: Client, outflow: Outflow, routes: list[Route]) -> None:
        """Subscribe and wait until the server has it, so that nothing published after is missed."""
        try:
            for route in routes:
                route.subscription = await client.subscribe(
                    route.pattern, queue=route.queue, cb=route.deliver
                )
            await outflow.confirm()
        except NATS_ERRORS as error:
            # The keeper finds the link gone and subscribes again on the next one.
            _log.debug("bus.subscribe_failed", name=self._name, error=str(error))
            await client.close()


def retry_pause_s(failures: int) -> float:
    """Return the longest pause after so many attempts in a row, at least one, that failed."""
    doubled = _FIRST_PAUSE_S * 2.0 ** min(failures - 1, 10)
    return min(doubled, _LONGEST_PAUSE_S)


async def _wait_at_most(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
