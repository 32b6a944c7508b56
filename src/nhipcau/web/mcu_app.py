"""The MCU's face: signalling, the pages of a live meeting, health and metrics."""

from collections.abc import Callable

from fastapi import FastAPI, WebSocket
from starlette.responses import JSONResponse, Response

from nhipcau.web.door import Door
from nhipcau.web.metrics import MetricFamilies, render_metrics
from nhipcau.web.pages import serve_pages
from nhipcau.web.problems import answer_with_problems
from nhipcau.web.routes import MCU_PAGES
from nhipcau.web.signalling import Session
from nhipcau.web.trunk_door import TrunkRoot, TrunkSession


def mcu_app(
    door: Door,
    root: TrunkRoot,
    ready: Callable[[], bool],
    metrics: Callable[[], MetricFamilies],
) -> FastAPI:
    """Return the ASGI application of one media process.

    Args:
        door: what signalling leans on.
        root: what leaves are joined to.
        ready: True when the MCU can admit endpoints.
        metrics: the values of `/metrics`, read at each request.
    """
    app = FastAPI(title="Nhịp Cầu MCU", openapi_url=None, docs_url=None, redoc_url=None)
    answer_with_problems(app)

    @app.websocket("/signal")
    async def signal(socket: WebSocket) -> None:
        await Session(door, socket).run()

    @app.websocket("/trunk")
    async def trunk(socket: WebSocket) -> None:
        await TrunkSession(door, root, socket).run()

    @app.get("/healthz")
    async def healthz() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        good = ready()
        return JSONResponse({"ready": good}, status_code=200 if good else 503)

    @app.get("/metrics")
    async def metrics_page() -> Response:
        return render_metrics(metrics())

    serve_pages(app, MCU_PAGES)
    return app
