"""Every route that touches a part of the tree, tried by each role of one district on its own
district's things and on its neighbour's: what the table says is what the office does.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from httpx import Response

from nhipcau.access.actions import Action
from nhipcau.access.roles import Role
from nhipcau.web.routes import BODIES as TYPES
from nhipcau.web.routes import WHOLE_TREE, deed_of

from ..access.expected import OF_ROLES
from .people import DISTRICT, SECRET, Browser, House
from .test_routes import API
from .twosides import BODIES, Side, seen_headers, two_sides

V1 = "/api/v1"
# What changes most comes last, so that all before it finds everything there.
ORDER = ("GET", "PATCH", "PUT", "POST", "DELETE")
# Parameters that name a thing of a part of the tree; the others name a thing of everybody's.
PLACED = set(Side.PARAMETERS)
EVERYBODYS = {"number", "sha256", "ticket"}
# Which deed a step is, and whose door opens, their verbs know.
VERBS = {
    ("POST", "/meetings/{plan}/steps"): Action.MEETINGS_CHANGE,
    ("POST", "/meetings/{meeting}/entrances"): Action.LIVE_FLOOR,
}
QUERIES = {
    "/meetings/{plan}/differences": "?before=1",
    "/meetings/{plan}/sight": "?at=08:00",
}
# Who reads a plan may not yet take its next step, or bring what has not come: the state's answer.
NOT_THERE_YET = {
    ("GET", "/meetings/{plan}/papers/{paper}/file"),
    ("GET", "/meetings/{plan}/papers/{paper}/rooms"),
    ("POST", "/meetings/{plan}/papers/{paper}/approval"),
}


def parameters(path: str) -> set[str]:
    return {part[1:-1] for part in path.split("/") if part.startswith("{")}


def placed() -> Iterator[tuple[str, str]]:
    """Yield method and path below /api/v1 of every route that touches a part of the tree."""
    deepest = sorted(API, key=lambda one: -one[1].count("/"))
    for method, full in sorted(deepest, key=lambda one: ORDER.index(one[0])):
        path = full.removeprefix(V1)
        if path.startswith(("/me/", "/room/", "/sign-", "/papers/", "/reforms")):
            continue
        if parameters(path) or (method, path) in BODIES:
            yield method, path


PLACED_ROUTES = list(placed())
LISTS = [
    path.removeprefix(V1)
    for method, path in API
    if method == "GET" and not parameters(path) and not path.endswith("/me") and "/me/" not in path
]


def ask(browser: Browser, side: Side, method: str, path: str, said: Side | None = None) -> Response:
    """Ask about what a district has; `said`: with a body that speaks of another one."""
    # A guest's seat is a site that only its meeting knows.
    named = path.replace("/guests/{site}", "/guests/{guest}")
    filled = named.format(**side.ids) + QUERIES.get(path, "")
    body: Any = BODIES[method, path](said or side) if (method, path) in BODIES else None
    headers = seen_headers(f'"{side.record().head.revision}"' if "{plan}" in path else '"0"')
    if "{mcu}" in path:
        headers["if-match"] = '"1"'
    kind = TYPES.get(V1 + path)
    if kind is not None and method != "GET":
        return browser.ask(method, filled, None, {**headers, "content-type": kind}, content=body)
    return browser.ask(method, filled, body, headers)


def kept(side: Side) -> object:
    """Return what must not change when somebody else's district tries."""
    house = side.house
    account = house.kept(f"kt-{side.code}")
    logins = sorted(one.login for one in house.people.accounts.all())
    return (account, side.record(), logins, len(house.published))


def test_every_route_that_changes_a_part_of_the_tree_is_tried() -> None:
    """A new route fails here until it says what it is asked with."""
    changing = {one for one in PLACED_ROUTES if one[0] not in ("GET", "DELETE")}
    # Neither takes anything but its path.
    assert changing - set(BODIES) == set()
    assert set(BODIES) <= set(PLACED_ROUTES)
    named = {name for _, path in API for name in parameters(path)}
    assert named <= PLACED | EVERYBODYS


@pytest.mark.parametrize("role", list(Role))
def test_a_role_does_in_its_district_what_the_table_says_and_nothing_in_the_next(
    role: Role,
) -> None:
    own, other = two_sides()
    browser = newcomer(own.house, role)
    for method, path in PLACED_ROUTES:
        deed = VERBS.get((method, path)) or deed_of(method, V1 + path)
        assert deed is not None
        word, where = OF_ROLES[deed, role], (role, method, path)
        before = kept(other)
        outside = ask(browser, other, method, path)
        # One's own things in the body open nothing, and neither do those in the path.
        mixed = [ask(browser, other, method, path, own)] if parameters(path) else []
        if names_a_unit(own, method, path):
            mixed.append(ask(browser, own, method, path, other))
        assert kept(other) == before, where
        if word in (".", "in"):
            assert {one.status_code for one in mixed} <= {403, 404}, where
        if "{session}" in path:
            # A password that was reset has ended the one before.
            own.sign_in()
        inside = ask(browser, own, method, path)
        if word == ".":
            assert inside.status_code == 403, where
            assert outside.status_code in (403, 404), where
        elif word == "in":
            assert outside.status_code in (403, 404), (*where, outside.text)
            assert may(inside, method, path), (*where, inside.status_code, inside.text)
        else:
            assert word == "yes", where
            assert (inside.status_code, outside.status_code) == (200, 200), where


@pytest.mark.parametrize("role", list(Role))
def test_no_list_shows_a_role_anything_of_the_next_district(role: Role) -> None:
    own, other = two_sides()
    browser = newcomer(own.house, role)
    seen = 0
    for path in LISTS:
        deed = deed_of("GET", V1 + path)
        assert deed is not None
        if OF_ROLES[deed, role] != "in" or deed in WHOLE_TREE:
            continue
        text = browser.ask("GET", path).text
        for name in ("account", "meeting", "plan", "device", "template", "pass_id"):
            assert other.ids[name] not in text, (path, name)
            seen += own.ids[name] in text
    # Whoever may read something of a district is shown it.
    assert seen > 0 or role is Role.TELECOM


def names_a_unit(side: Side, method: str, path: str) -> bool:
    """Return whether what a route asks with speaks of a part of the tree."""
    return (method, path) in BODIES and side.ids["unit"] in repr(BODIES[method, path](side))


def may(answer: Response, method: str, path: str) -> bool:
    """Return whether a right was what it took, whatever the state of the thing then says."""
    if answer.status_code == 404:
        return (method, path) in NOT_THERE_YET
    return answer.status_code < 500 and answer.status_code not in (401, 403)


def newcomer(house: House, role: Role) -> Browser:
    house.account("ai", role, code=DISTRICT, secret=SECRET)
    return Browser(house).enter("ai")
