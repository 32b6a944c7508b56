"""A leaf's face: its rooms' signalling, carried to the root; the pages, health and metrics.

page ─ WebSocket ─▶ LeafSession ◀─▶ LeafChannel ═▶ trunk
"""

import asyncio
from collections.abc import Callable
from urllib.parse import urlsplit

from fastapi import FastAPI, WebSocket
from starlette.responses import JSONResponse, Response
from starlette.websockets import WebSocketDisconnect

from nhipcau.mcu.leaf import LeafNode
from nhipcau.mcu.leafchannel import HangUp, LeafChannel, PageBox
from nhipcau.ports.messages import ConferencePlan
from nhipcau.ports.posts import is_page_of
from nhipcau.web.frames import Frames
from nhipcau.web.knocks import settle_scope
from nhipcau.web.leaf_greeting import LeafDoor, LeafGreeting, kind_of
from nhipcau.web.messages import MAX_MESSAGE_BYTES
from nhipcau.web.metrics import MetricFamilies, render_metrics
from nhipcau.web.pages import serve_pages
from nhipcau.web.problems import answer_with_problems
from nhipcau.web.routes import MCU_PAGES

_FORBIDDEN, _TOO_LARGE, _SLOW, _GONE = 1008, 4413, 4429, 1006


def leaf_app(
    leaf: LeafNode, plan: Callable[[], ConferencePlan], metrics: Callable[[], MetricFamilies]
) -> FastAPI:
    """Return the ASGI application of a leaf's media process.

    Args:
        leaf: whose rooms call here.
        plan: the plan as it stands, which says whose pages may call.
        metrics: the values of `/metrics`, read at each request.
    """
    app = FastAPI(title="Nhịp Cầu MCU", openapi_url=None, docs_url=None, redoc_url=None)
    answer_with_problems(app)
    door = LeafDoor(leaf, plan)

    @app.websocket("/signal")
    async def signal(socket: WebSocket) -> None:
        await LeafSession(door, socket).run()

    @app.get("/healthz")
    async def healthz() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        good = leaf.is_up
        return JSONResponse({"ready": good}, status_code=200 if good else 503)

    @app.get("/metrics")
    async def metrics_page() -> Response:
        return render_metrics(metrics())

    serve_pages(app, MCU_PAGES)
    return app


class LeafSession:
    """One page's WebSocket. What it says is the root's to judge; here it is only bounded, and the
    leaf answers whoever stands ready.
    """

    def __init__(self, door: LeafDoor, socket: WebSocket) -> None:
        self._leaf = door.leaf
        self._plan = door.plan
        self._socket = socket
        self._box = PageBox()
        self._frames = Frames(socket)
        self._greeting = LeafGreeting(door, socket, self._box, self._frames)
        self._channel: LeafChannel | None = None

    async def run(self) -> None:
        """Carry frames both ways until one side ends."""
        headers = self._socket.headers
        if not self._may_come_from(headers.get("origin"), headers.get("host", "")):
            await self._socket.close(_FORBIDDEN)
            return
        await self._socket.accept()
        tasks = [
            asyncio.create_task(self._read(), name="leaf page reader"),
            asyncio.create_task(self._write(), name="leaf page writer"),
            asyncio.create_task(self._box.overflowed.wait(), name="leaf page overflow"),
        ]
        code = _GONE
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if tasks[2] in done:
                code = _SLOW
            for task in done:
                task.result()
        except WebSocketDisconnect as gone:
            code = gone.code
        except TooLargeError:
            code = _TOO_LARGE
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._part(code if 1000 <= code < 5000 else _GONE)
            await self._frames.aclose()
        if code in (_SLOW, _TOO_LARGE):
            await self._close(code)

    def _part(self, code: int) -> None:
        if self._channel is not None:
            self._leaf.close_channel(self._channel, code)
        self._greeting.leave()

    async def _read(self) -> None:
        while True:
            await asyncio.wait((self._frames.pending(),))
            frame = self._frames.take()
            if len(frame) > MAX_MESSAGE_BYTES:
                raise TooLargeError
            if isinstance(frame, str):
                await self._hear(frame)
            elif self._channel is not None:
                self._leaf.hear_still(self._channel, frame)

    async def _hear(self, text: str) -> None:
        channel = self._channel
        if channel is not None and channel.seated is None and kind_of(text) == "warm":
            self._greeting.withdraw(channel)
        if channel is None or (channel.gone and self._greeting.is_ours):
            self._channel = await self._greeting.hear(text)
        else:
            self._leaf.hear(channel, text)

    async def _write(self) -> None:
        while True:
            frame = await self._box.next()
            if self._channel is not None and self._channel.seated is not None:
                settle_scope(self._socket.scope)
            if isinstance(frame, HangUp):
                await self._close(frame.code)
                return
            try:
                if isinstance(frame, str):
                    await self._socket.send_text(frame)
                else:
                    await self._socket.send_bytes(frame)
            except RuntimeError as error:
                # Said by server and framework for a connection that is closed already.
                raise WebSocketDisconnect(_GONE) from error

    async def _close(self, code: int) -> None:
        try:
            await self._socket.close(code)
        except (RuntimeError, WebSocketDisconnect):
            return

    def _may_come_from(self, origin: str | None, host: str) -> bool:
        """Return True for a program, our own pages, and pages of the plan."""
        if origin is None or (urlsplit(origin).netloc == host and host):
            return True
        return is_page_of(self._plan(), origin)


class TooLargeError(Exception):
    """A page sent more than a message may have."""
