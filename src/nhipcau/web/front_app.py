"""The front's face: the emergency page, the pages of a live meeting, its two sockets, health."""

from collections.abc import Callable

from fastapi import FastAPI, WebSocket
from starlette.responses import JSONResponse, Response

from nhipcau.web.bell import BellSession
from nhipcau.web.caller import CallerSession
from nhipcau.web.front_session import Hall
from nhipcau.web.metrics import MetricFamilies, render_metrics
from nhipcau.web.pages import serve_pages
from nhipcau.web.problems import answer_with_problems
from nhipcau.web.routes import FRONT_PAGES


def front_app(hall: Hall, metrics: Callable[[], MetricFamilies]) -> FastAPI:
    """Return the ASGI application of an MCU's front.

    Args:
        hall: what its sockets lean on.
        metrics: the values of `/metrics`, read at each request.
    """
    app = FastAPI(title="Nhịp Cầu, tiền trạm", openapi_url=None, docs_url=None, redoc_url=None)
    answer_with_problems(app)

    @app.websocket("/bell")
    async def bell(socket: WebSocket) -> None:
        await BellSession(hall, socket).run()

    @app.websocket("/emergency/call")
    async def caller(socket: WebSocket) -> None:
        await CallerSession(hall, socket).run()

    @app.get("/healthz")
    async def healthz() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        good = hall.front.directory is not None
        return JSONResponse({"ready": good}, status_code=200 if good else 503)

    @app.get("/metrics")
    async def metrics_page() -> Response:
        return render_metrics(metrics())

    serve_pages(app, FRONT_PAGES)
    return app
