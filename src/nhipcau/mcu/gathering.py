"""Waits for the candidates of a connection, which calls nobody back."""

import asyncio

from nhipcau.ports.transport import Connection

# ICE gathering of host candidates takes some ms; seconds mean that the socket is in trouble.
_GATHER_S = 5.0
_GATHER_STEP_S = 0.002


async def gathered(connection: Connection) -> str:
    """Return the local SDP as soon as it is complete.

    Raises:
        TimeoutError: the transport did not gather its candidates.
    """
    async with asyncio.timeout(_GATHER_S):
        while (local := connection.local_sdp()) is None:  # noqa: ASYNC110 - it is asked, see above
            await asyncio.sleep(_GATHER_STEP_S)
    return local
