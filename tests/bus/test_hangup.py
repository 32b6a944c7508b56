"""A client is hung up with its socket, in whatever state it was left."""

import asyncio
import json

from nats.aio.client import Client

from nhipcau.bus.hangup import hang_up

WAIT_S = 10.0
INFO = {"server_id": "x", "version": "2.10.0", "proto": 1, "max_payload": 1024, "headers": True}


async def _server(gone: asyncio.Event) -> asyncio.Server:
    """Return a server that greets, answers each ping, and says when its client has gone."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"INFO {json.dumps(INFO)}\r\n".encode())
        try:
            while line := await reader.readline():
                if line.startswith(b"PING"):
                    writer.write(b"PONG\r\n")
        except ConnectionError:
            pass
        writer.close()
        gone.set()

    return await asyncio.start_server(serve, "127.0.0.1", 0)


async def _connected(server: asyncio.Server) -> Client:
    client = Client()
    port = server.sockets[0].getsockname()[1]
    await client.connect(f"nats://127.0.0.1:{port}", allow_reconnect=False)
    return client


def test_a_client_whose_closing_broke_off_lets_go_of_its_socket() -> None:
    async def run() -> None:
        gone = asyncio.Event()
        async with await _server(gone) as server:
            client = await _connected(server)
            closing = asyncio.create_task(client.close())
            await asyncio.sleep(0)
            closing.cancel()
            await asyncio.gather(closing, return_exceptions=True)
            assert client.is_closed
            await client.close()
            assert not gone.is_set()
            await hang_up(client)
            async with asyncio.timeout(WAIT_S):
                await gone.wait()

    asyncio.run(run())


def test_a_client_may_be_hung_up_twice_and_before_it_was_connected() -> None:
    async def run() -> None:
        await hang_up(Client())
        gone = asyncio.Event()
        async with await _server(gone) as server:
            client = await _connected(server)
            await hang_up(client)
            await hang_up(client)
            async with asyncio.timeout(WAIT_S):
                await gone.wait()

    asyncio.run(run())
