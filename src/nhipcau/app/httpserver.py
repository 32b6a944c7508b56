"""Uvicorn inside a process that has other things to do: bound first, served in a task group."""

import asyncio
import contextlib
import functools
import logging
import resource
import socket
import time
from collections.abc import AsyncIterator
from typing import cast

import structlog
import uvicorn
from fastapi import FastAPI

from nhipcau.app.httpguard import GuardedHttp
from nhipcau.app.wsguard import GuardedWebSocket
from nhipcau.web.faults import QuietLog
from nhipcau.web.knocks import Knocks

_log = structlog.get_logger()
# Larger than any message we accept, so that a too large one is answered and not just cut off.
_WS_MAX_BYTES = 2 * 1024 * 1024
_BACKLOG = 1024
# Beyond it a plain HTTP request is answered with 503: 600 endpoints, as many who knock, and some
# pages that are being loaded.
_CONNECTIONS = 2048
# What else the process holds open: files, media sockets, pipes.
_OTHER_FILES = 512
_SERVER_LOG = "uvicorn.error"


def bind_tcp(address: str, port: int) -> socket.socket:
    """Return a listening TCP socket; `port` 0 lets the system choose.

    Raises:
        OSError: the address is not ours or the port is taken.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
    except OSError:
        listener.close()
        raise
    listener.listen(_BACKLOG)
    return listener


class _Server(uvicorn.Server):
    """Uvicorn without its own signal handling: the process has its own."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def] # uvicorn's own is untyped
        yield


class _ServerLog(logging.Handler):
    """Passes the server's warnings on to our log, each kind once in a while."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._quiet = QuietLog()

    def emit(self, record: logging.LogRecord) -> None:
        """Log a record whose kind has not been logged a moment ago."""
        kind = str(record.msg)[:80]
        passed_over = self._quiet.ask(kind, time.monotonic())
        if passed_over is not None:
            text = record.getMessage().strip()
            # It has its traceback where an application failed: of that a line is not enough.
            _log.warning(
                "http server", said=text, exc_info=record.exc_info, passed_over=passed_over
            )


@contextlib.asynccontextmanager
async def serving(
    app: FastAPI, listener: socket.socket, knocks: Knocks | None = None
) -> AsyncIterator[None]:
    """Serve `app` on `listener` while the context is open; `knocks` bounds who says nothing."""
    _allow_files(_CONNECTIONS + _OTHER_FILES)
    _hear_server_log()
    door = knocks or Knocks()
    config = uvicorn.Config(
        app,
        http=cast(type[asyncio.Protocol], functools.partial(GuardedHttp, knocks=door)),
        ws=cast(type[asyncio.Protocol], functools.partial(GuardedWebSocket, knocks=door)),
        limit_concurrency=_CONNECTIONS,
        backlog=_BACKLOG,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws_max_size=_WS_MAX_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=20.0,
        ws_ping_timeout=20.0,
        timeout_graceful_shutdown=2,
        server_header=False,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]), name="http server")
    try:
        while not server.started:
            await asyncio.sleep(0.005)
            if task.done():
                await task
                raise RuntimeError("the HTTP server ended while it started")
        yield
    finally:
        server.should_exit = True
        await task
        listener.close()


def _allow_files(wanted: int) -> None:
    """Let this process have as many open files as the door may need, where the system allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _hear_server_log() -> None:
    logger = logging.getLogger(_SERVER_LOG)
    logger.propagate = False
    if not any(isinstance(handler, _ServerLog) for handler in logger.handlers):
        logger.addHandler(_ServerLog())
