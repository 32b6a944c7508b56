"""Tells the audit of changes over HTTP whose verbs know of nobody: imports and reforms of units.

request ─▶ gate (tells of refusals) ─▶ verb ─▶ answer ─▶ done, refused or failed, by its status
"""

from fastapi import FastAPI, Request
from starlette.middleware.base import RequestResponseEndpoint
from starlette.responses import Response

from nhipcau.access.actions import Action
from nhipcau.audit.entry import DONE, FAILED
from nhipcau.office.people.parts import Caller, Deed, People, record
from nhipcau.web.routes import deed_of

_TOLD_HERE = frozenset({Action.UNITS_IMPORT})
# The gate has told of these.
_AT_THE_GATE = (401, 403)
_SERVER_ERROR = 500
_CLIENT_ERROR = 400


def tell_changes(app: FastAPI, people: People) -> None:
    """Tell the audit of every change whose verb does not."""

    @app.middleware("http")
    async def tell(request: Request, call_next: RequestResponseEndpoint) -> Response:
        answer = await call_next(request)
        route = request.scope.get("route")
        caller: Caller | None = getattr(request.state, "caller", None)
        if route is not None and caller is not None and request.method == "POST":
            deed = deed_of(request.method, route.path)
            if deed in _TOLD_HERE and answer.status_code not in _AT_THE_GATE:
                outcome = _outcome(answer.status_code)
                more = dict(request.query_params)
                record(people, caller, Deed(deed, request.url.path, outcome, more))
        return answer


def _outcome(status: int) -> str:
    if status < _CLIENT_ERROR:
        return DONE
    return f"{FAILED}:http_{status}" if status >= _SERVER_ERROR else f"http_{status}"
