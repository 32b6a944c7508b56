"""The whole API, asked with what its description allows and what it forbids, as each role.

Each answer must be one that the description names, of the shape that it names, and no fault of
ours. What the requests mean is tested elsewhere.
"""

import itertools
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.errors import SerializationNotPossible
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.e2e.apiworld import LOGINS, World
from tests.e2e.demo import running_demo

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

AnyCase = Case[Any]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# Once as each role with what is allowed, and a few times with what is not.
ALLOWED, FORBIDDEN = len(LOGINS), 3


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running_demo(tmp_path_factory.mktemp("api"), 0) as demo:
        yield World(demo)


class Asking:
    """Asks as one role after the other; whoever was signed out signs in again."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.known = world.known()
        self.roles = itertools.cycle(LOGINS)
        self.cookies = {role: self._cookies(role) for role in LOGINS}
        self.asked: set[tuple[str, str]] = set()
        self.statuses: dict[int, int] = {}
        self.faults: dict[tuple[str, int], str] = {}

    def ask(self, case: AnyCase, label: str) -> None:
        """Ask once, as the next role, and note what is wrong with the answer."""
        role = next(self.roles)
        self._meet_what_is_there(case)
        answer = self._call(case, role)
        if answer.status_code == 401 and LOGINS[role]:
            self.cookies[role] = self._cookies(role)
            answer = self._call(case, role)
        self.asked.add((label, role))
        self.statuses[answer.status_code] = self.statuses.get(answer.status_code, 0) + 1
        try:
            case.validate_response(answer, checks=CHECKS)
        except BaseExceptionGroup as fault:
            self.faults.setdefault((label, answer.status_code), f"as {role}: {fault}")

    def _call(self, case: AnyCase, role: str) -> schemathesis.Response:
        headers = {"Origin": self.world.office}
        session = requests.Session()
        session.cookies.update(self.cookies[role])
        with session:
            return case.call(self.world.office, session, headers, timeout=30)

    def _cookies(self, role: str) -> dict[str, str]:
        with self.world.client(role) as client:
            return dict(client.cookies)

    def _meet_what_is_there(self, case: AnyCase) -> None:
        """Put ids of what is there where ids are asked for."""
        body = case.body if isinstance(case.body, dict) else {}
        for place in (case.path_parameters or {}, case.query or {}, case.headers or {}, body):
            for name in list(place):
                if name.lower() in self.known:
                    place[name] = next(self.known[name.lower()])


def test_every_operation_answers_each_role_as_it_is_described(world: World) -> None:
    asking = Asking(world)
    schema = schemathesis.openapi.from_url(f"{world.office}/api/openapi.json")
    operations = [one.ok() for one in schema.get_all_operations() if isinstance(one, Ok)]
    for operation in operations:
        for mode, count in (
            (GenerationMode.POSITIVE, ALLOWED),
            (GenerationMode.NEGATIVE, FORBIDDEN),
        ):
            for case in cases(operation, mode, count):
                asking.ask(case, operation.label)
    assert not asking.faults, "\n\n".join(
        f"{where}: {what}" for where, what in asking.faults.items()
    )
    # Requests that reach nothing would prove nothing.
    assert {200, 201, 204, 400, 401, 403, 404, 409, 422} <= set(asking.statuses)
    roles = {
        label: {role for one, role in asking.asked if one == label} for label, _ in asking.asked
    }
    # A file of another type than JSON is uploaded by tests of its own.
    assert all(roles[one.label] == set(LOGINS) for one in operations if not uploads_a_file(one))


@pytest.mark.parametrize(
    "path",
    [
        "/reforms/99999999999999999999/table",
        "/reforms/-1/table",
        "/units/%00",
        "/units?offset=99999999999999999999",
        "/audit?name=%00%ED%A0%80",
        "/meetings/%00/history",
        "/accounts/%2e%2e%2fsessions",
    ],
)
def test_what_no_store_can_look_for_is_no_fault(world: World, path: str) -> None:
    with world.client("administrator") as client:
        assert client.get(path).status_code in (404, 422)


def uploads_a_file(operation: Any) -> bool:
    return bool(operation.label == "PUT /api/v1/meetings/{plan}/papers/{paper}/file")


def cases(operation: Any, mode: GenerationMode, count: int) -> list[AnyCase]:
    """Return so many requests, none where nothing can be made up; again and again the few."""
    made: list[AnyCase] = []

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def make(case: AnyCase) -> None:
        made.append(case)

    # No parameter that could be wrong, or a body that is no text.
    with suppress(Unsatisfiable, SerializationNotPossible):
        make()
    return list(itertools.islice(itertools.cycle(made), count))
