"""A TCP connection that is given up early, so that a line is found soon after it is back.

What is sent over a cut line is not refused, it is lost; the kernel then waits longer and longer
before it sends again. A connection of our own that is tried anew all the time waits for nobody.
"""

import asyncio
import socket
from urllib.parse import urlsplit

# One way there and back, over a satellite, too.
REACH_S = 0.8


async def reach(url: str) -> socket.socket:
    """Return a connected socket to the host of a `ws` or `wss` URL.

    Raises:
        OSError: nobody is there; TimeoutError, which is one: nobody answers in time.
    """
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "wss" else 80)
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    error: OSError = OSError(f"no address of {parts.hostname}")
    for family, kind, protocol, _, address in found:
        tried = socket.socket(family, kind, protocol)
        tried.setblocking(False)
        try:
            await asyncio.wait_for(loop.sock_connect(tried, address), REACH_S)
        except OSError as failed:
            tried.close()
            error = failed
        except BaseException:
            tried.close()
            raise
        else:
            return tried
    raise error
