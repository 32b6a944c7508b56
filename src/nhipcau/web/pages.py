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

from nhipcau.web.routes import FRONT_PAGES, WORKER

STATIC_DIR = Path(__file__).parent / "static"
_NOT_BUILT = "The web client is not built yet: start Nhịp Cầu with ./run, which builds it.\n"
# What a script may do that slipped in all the same: nothing, and send what it finds nowhere.
_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "connect-src {connect}; style-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# Pages of a live meeting dial the MCUs of its plan and fetch papers, wherever those are.
_DIALLING = _POLICY.format(connect="'self' ws: wss: http: https:")
# The room page uses camera and microphone, nothing else; nobody may frame it or keep hold of it.
_HEADERS = {
    "Content-Security-Policy": _POLICY.format(connect="'self'"),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self)",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
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

    async def page(request: Request) -> Response:
        index = STATIC_DIR / "index.html"
        if not index.is_file():
            return PlainTextResponse(_NOT_BUILT, status_code=503)
        headers = {"Cache-Control": "no-cache"}
        if request.scope["route"].path in FRONT_PAGES:
            headers["Content-Security-Policy"] = _DIALLING
        return FileResponse(index, headers=headers)

    async def worker() -> Response:
        script = STATIC_DIR / "room-worker.js"
        if not script.is_file():
            return PlainTextResponse(_NOT_BUILT, status_code=503)
        return FileResponse(script, headers={"Cache-Control": "no-cache"})

    app.add_api_route(WORKER, worker, methods=["GET"], include_in_schema=False)
    for path in paths:
        app.add_api_route(path, page, methods=["GET"], include_in_schema=False)
