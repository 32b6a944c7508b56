"""Every route of all applications has a rule, and answers each role as the table says."""

from collections.abc import Iterator
from functools import cache
from typing import cast

import pytest
from fastapi import APIRouter, FastAPI
from starlette.routing import Mount, Route, WebSocketRoute

from nhipcau.access.actions import Action
from nhipcau.access.policy import allows
from nhipcau.access.roles import Role
from nhipcau.web.door import Door
from nhipcau.web.front_app import front_app
from nhipcau.web.front_session import Hall
from nhipcau.web.mcu_app import mcu_app
from nhipcau.web.routes import ROUTES, SOCKETS, WHOLE_TREE, deed_of
from nhipcau.web.trunk_door import TrunkRoot

from ..access.expected import OF_ROLES
from ..access.test_policy import INSIDE, OUTSIDE, holder
from .people import Browser, House


def routes(app: FastAPI | APIRouter) -> Iterator[tuple[str, str]]:
    """Yield method and template of every HTTP route, also of those that FastAPI adds itself."""
    for route in app.routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from routes(included)
        elif isinstance(route, Mount):
            yield "GET", route.path
        elif isinstance(route, Route):
            for method in (route.methods or set()) - {"HEAD"}:
                yield method, route.path
        else:
            assert isinstance(route, WebSocketRoute) and route.path in SOCKETS, route


@cache
def house() -> House:
    made = House()
    for role in Role:
        made.account(f"at-{role.value}", role, code="573", secret="JBSWY3DPEHPK3PXP")
    return made


OFFICE = sorted(set(routes(House().app)))


def test_every_route_of_all_applications_has_a_deed() -> None:
    mcu = mcu_app(cast(Door, None), cast(TrunkRoot, None), lambda: True, list)
    front = front_app(cast(Hall, None), list)
    found = {*OFFICE, *routes(mcu), *routes(front)}
    assert {one for one in found if deed_of(*one) is None} == set()
    # Nothing in the table is left over; assets are mounted where the web client is built.
    assert set(ROUTES) - found <= {("GET", "/assets")}


def test_a_route_without_a_rule_is_refused_to_everybody() -> None:
    made = House()

    @made.app.get("/api/v1/new")
    async def new() -> str:
        return "secret"

    made.account("quan-tri", Role.ADMINISTRATOR, secret="JBSWY3DPEHPK3PXP")
    assert Browser(made).enter("quan-tri").ask("GET", "/new").status_code == 403
    assert ("GET", "/api/v1/new") in set(routes(made.app))
    assert deed_of("GET", "/api/v1/new") is None


@pytest.mark.parametrize(("method", "path"), OFFICE)
@pytest.mark.parametrize("role", list(Role))
def test_a_route_is_for_whom_the_table_says(method: str, path: str, role: Role) -> None:
    deed = deed_of(method, path)
    assert deed is not None
    word = OF_ROLES[deed, role]
    assert allows(holder(role), deed, INSIDE) == (word != ".")
    assert allows(holder(role), deed, OUTSIDE) == (word == "yes")


API = [(method, path) for method, path in OFFICE if path.startswith("/api/v1/")]
OPEN = {Action.DEMO, Action.SIGN_IN, Action.PUBLIC, Action.ROOM_PAIR, Action.ROOM_SELF}


@pytest.mark.parametrize(("method", "path"), API)
def test_without_a_session_a_route_answers_401(method: str, path: str) -> None:
    answer = Browser(house()).ask(method, path.removeprefix("/api/v1"))
    expected = {401} if deed_of(method, path) not in OPEN else {200, 401, 415, 422}
    assert answer.status_code in expected, answer.text


@pytest.mark.parametrize("role", list(Role))
def test_a_session_is_let_through_the_gate_or_answered_403(role: Role) -> None:
    browser = Browser(house()).enter(f"at-{role.value}")
    for method, path in API:
        deed = deed_of(method, path)
        assert deed is not None
        if deed in OPEN or path.endswith("/sign-out"):
            continue
        asked = path.removeprefix("/api/v1").replace("{", "").replace("}", "")
        status = browser.ask(method, asked).status_code
        # These accounts have a district, so that nobody of them has the whole tree.
        shut = OF_ROLES[deed, role] == "." or deed in WHOLE_TREE
        assert (status == 403) == shut, (method, path, status)
