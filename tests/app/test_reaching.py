"""A line that swallows what is sent over it is given up early, and found when it is back."""

import asyncio
import socket

import pytest

from nhipcau.app import reaching
from nhipcau.app.reaching import reach


def test_a_host_that_listens_is_reached() -> None:
    async def scene() -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            found = await reach(f"ws://127.0.0.1:{server.getsockname()[1]}/trunk")
            assert found.getpeername() == server.getsockname()
            found.close()

    asyncio.run(scene())


def test_a_host_where_nobody_listens_is_an_error_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(OSError):
        asyncio.run(reach(f"ws://127.0.0.1:{port}"))


def test_a_name_that_nobody_has_is_an_error() -> None:
    with pytest.raises(OSError):
        asyncio.run(reach("ws://khong-co.invalid:80"))


def test_a_host_that_answers_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reaching, "REACH_S", 0.05)

    async def scene() -> None:
        # One waits to be taken, and the queue is full: what comes then is not answered.
        with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
            url = f"ws://127.0.0.1:{server.getsockname()[1]}"
            held: list[socket.socket] = []
            try:
                with pytest.raises(TimeoutError):
                    while len(held) < 8:
                        held.append(await reach(url))
            finally:
                for one in held:
                    one.close()

    asyncio.run(scene())
