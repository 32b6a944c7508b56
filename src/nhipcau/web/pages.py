"""The built web client as static files, and the headers that every page carries.

/assets/*        hashed files of the build, cached for ever
any page's path  index.html, never cached: the client's router does the rest
"""

from collections.abc import Iterable
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

from nhipcau.web.routes import WORKER

STATIC_DIR = Path(__file__).parent / "static"
_NOT_BUILT = "The web client is not built yet: start Nhịp Cầu with ./run, which builds it.\n"
# The room page uses camera and microphone, nothing else; nobody may frame it.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
        "connect-src 'self' ws: wss: http: https:; style-src 'self'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self)",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class SecurityHeaders(BaseHTTPMiddleware):
    """Puts the strict headers on every answer."""

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        """Return the answer with the headers added."""
        response = await call_next(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response


def serve_pages(app: FastAPI, paths: Iterable[str]) -> None:
    """Add the web client to `app`: its assets, and its page at each of `paths`."""
    assets = STATIC_DIR / "assets"
    if assets.is_dir():
        app.mount("/assets", StaticFiles(directory=assets), name="assets")
    app.add_middleware(SecurityHeaders)

    async def page() -> Response:
        index = STATIC_DIR / "index.html"
        if not index.is_file():
            return PlainTextResponse(_NOT_BUILT, status_code=503)
        return FileResponse(index, headers={"Cache-Control": "no-cache"})

    async def worker() -> Response:
        script = STATIC_DIR / "room-worker.js"
        if not script.is_file():
            return PlainTextResponse(_NOT_BUILT, status_code=503)
        return FileResponse(script, headers={"Cache-Control": "no-cache"})

    app.add_api_route(WORKER, worker, methods=["GET"], include_in_schema=False)
    for path in paths:
        app.add_api_route(path, page, methods=["GET"], include_in_schema=False)
