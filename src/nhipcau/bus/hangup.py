"""Ends a client of the library so that its socket is closed too, whatever state it was left in.

The library marks a client as closed first and lets go of the socket several waits later. Where that
closing breaks off in between (the server was killed, the task cancelled), a second `close` returns
at once and the socket stays open until it is collected as garbage.
"""

import asyncio

from nats.aio.client import Client

# Closing a connection to a frozen server would wait for ever.
_CLOSE_TIMEOUT_S = 1.0


async def hang_up(client: Client) -> None:
    """Close the client within a second and abort what is left of its connection. Never raises."""
    closing = asyncio.create_task(client.close(), name="close nats client")
    await asyncio.wait([closing], timeout=_CLOSE_TIMEOUT_S)
    closing.cancel()
    await asyncio.gather(closing, return_exceptions=True)
    # The library has no public way to the socket under a client that calls itself closed.
    writer = getattr(getattr(client, "_transport", None), "_bare_io_writer", None)
    if isinstance(writer, asyncio.StreamWriter):
        writer.transport.abort()
        # The event loop closes the socket of an aborted transport in its next turn.
        await asyncio.sleep(0)
