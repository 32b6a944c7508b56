"""The description of the API, made complete: what the gate and the faces answer for every route.

    FastAPI's description ─▶ each operation: what its deed and its method bring ─▶ description

A route describes by itself what only it answers; what comes from the gate, from reading a body and
from the database is the same for all and is written here, once.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fastapi import FastAPI

from nhipcau.access.actions import Action
from nhipcau.web.gate import FREE, SAFE, SIGNED
from nhipcau.web.problems import MEDIA_TYPE, Problem
from nhipcau.web.routes import deed_of

_METHODS = frozenset({"get", "head", "put", "post", "delete", "patch"})
_PROBLEM = {"$ref": "#/components/schemas/Problem"}
_Json = dict[str, Any]

_WORDS: Mapping[str, str] = {
    "400": "The body or a header can't be read",
    "401": "Not signed in, or a step of the sign-in is due",
    "403": "Not allowed, or from another site's page",
    "404": "There is none of that id in one's subtree",
    "415": "The body is of another type",
    "422": "Not as described here",
    "503": "The database can't be reached, or too much at once",
}


def describe_problems(app: FastAPI) -> None:
    """Make `app.openapi` describe every error that an operation can be answered with."""
    plain: Callable[[], _Json] = app.openapi

    def described() -> _Json:
        if app.openapi_schema is None:
            _complete(plain())
        return plain()

    # FastAPI's own way to change the description is to put another method in its place.
    app.openapi = described  # type: ignore[method-assign]


def _complete(description: _Json) -> None:
    """Complete FastAPI's description in place; FastAPI keeps and gives this same object."""
    schemas: _Json = description.setdefault("components", {}).setdefault("schemas", {})
    schemas.setdefault("Problem", Problem.model_json_schema())
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            if method in _METHODS:
                _complete_operation(operation, method.upper(), path)
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)


def _complete_operation(operation: _Json, method: str, path: str) -> None:
    responses: _Json = operation["responses"]
    # FastAPI describes its own shape of this answer, which nobody of ours gives.
    if _is_fastapis(responses.get("422")):
        del responses["422"]
    for status in _statuses(method, path):
        responses.setdefault(status, {"description": _WORDS[status]})
    for status, response in responses.items():
        if status >= "400":
            content = response.pop("content", {})
            schema = content.get("application/json", {}).get("schema", _PROBLEM)
            response["content"] = {MEDIA_TYPE: {"schema": schema}}


def _is_fastapis(response: _Json | None) -> bool:
    return response is not None and "HTTPValidationError" in str(response)


def _statuses(method: str, path: str) -> Iterator[str]:
    """Yield what comes from outside the route itself."""
    deed: Action | None = deed_of(method, path)
    if deed not in FREE | SIGNED:
        yield "401"
    if deed not in FREE or method not in SAFE:
        yield "403"
    if "{" in path:
        yield "404"
    if method not in SAFE:
        yield "400"
        yield "415"
    yield "422"
    yield "503"
