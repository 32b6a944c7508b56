"""The API of reforms."""

import asyncio
from datetime import date
from typing import Any

import pytest
from fastapi import Depends, FastAPI
from httpx import ASGITransport, AsyncClient, Response

from nhipcau.web.problems import MEDIA_TYPE, answer_with_problems
from nhipcau.web.reform_api import reform_router
from nhipcau.web.tree_api import TreeParts, tree_router

from ..office.test_reforms import JULY, NOVEMBER, TABLES, Office
from .people import stand_at_the_gate

CSV = {"content-type": "text/csv"}


class Api:
    """The routes over one province, asked from an address."""

    def __init__(self, office: Office, host: str = "127.0.0.1") -> None:
        app = FastAPI(dependencies=[Depends(stand_at_the_gate)])
        answer_with_problems(app)
        app.include_router(tree_router(TreeParts(office.units, lambda: date(2024, 1, 25))))
        app.include_router(reform_router(office.reforms))
        self._transport = ASGITransport(app, client=(host, 50000))

    def ask(self, method: str, path: str, **more: Any) -> Response:
        async def asked() -> Response:
            async with AsyncClient(transport=self._transport, base_url="http://office") as client:
                return await client.request(method, f"/api/v1{path}", **more)

        return asyncio.run(asked())

    def reform(self, order: Any, **query: Any) -> Response:
        return self.ask(
            "POST",
            "/reforms",
            params={"on": str(order.day), **query},
            content=TABLES[order],
            headers=CSV,
        )

    def undo(self, number: int) -> Response:
        return self.ask("POST", f"/reforms/{number}/undo", json={"number": number})

    def units(self, day: str) -> int:
        return int(self.ask("GET", "/units", params={"as_of": day, "limit": 1}).json()["total"])


@pytest.fixture
def api() -> Api:
    return Api(Office())


def test_a_reform_is_a_dry_run_unless_asked_otherwise(api: Api) -> None:
    told = api.reform(NOVEMBER).json()
    assert (told["number"], len(told["merged"]), told["split"]) == (None, 5, [])
    assert [one["unit"]["name"] for one in told["new"]] == ["Phường Tân Tiến", "Xã Xuân Đồng"]
    assert api.units("2024-11-01") == 145
    done = api.reform(NOVEMBER, dry_run=False, act="1196", file="1196.csv").json()
    assert (done["number"], done["act"], api.units("2024-11-01")) == (3, "1196", 138)


def test_the_reform_of_2025_is_applied_and_taken_back_in_turn(api: Api) -> None:
    for order in (NOVEMBER, JULY):
        api.reform(order, dry_run=False)
    assert (api.units("2025-07-01"), api.units("2024-01-25")) == (66, 145)
    refused = api.undo(3)
    assert (refused.status_code, refused.headers["content-type"]) == (409, MEDIA_TYPE)
    assert "Phường Tân Tiến has changed again on 2025-07-01" in refused.json()["errors"]
    assert [api.undo(number).status_code for number in (4, 3, 3)] == [200, 200, 404]
    assert api.units("2025-07-01") == 145
    listed = api.ask("GET", "/reforms").json()
    assert [one["undone_at"] is not None for one in listed] == [True, True]
    table = api.ask("GET", "/reforms/4/table")
    assert (table.content, table.headers["content-type"]) == (
        TABLES[JULY],
        "text/csv; charset=utf-8",
    )
    assert api.ask("GET", "/reforms/9/table").status_code == 404


def test_bad_lines_are_named_and_nothing_is_applied(api: Api) -> None:
    answer = api.reform(JULY, dry_run=False)
    assert answer.status_code == 422
    assert any("22366 is Phường Phước Tiến until then" in one for one in answer.json()["errors"])
    lines = answer.json()["lines"]
    assert {(one["code"], "Phước Tiến" in one["detail"]) for one in lines} > {("old_name", True)}
    assert all(one["line"] > 1 for one in lines)
    assert api.units("2025-07-01") == 145


def test_a_reform_looked_at_before_another_one_is_refused(api: Api) -> None:
    seen = api.reform(NOVEMBER).json()["revision"]
    assert api.reform(NOVEMBER, dry_run=False, revision=seen).status_code == 200
    assert api.reform(NOVEMBER, dry_run=False, revision=seen).status_code in (409, 422)


def test_a_question_that_is_none_is_a_problem(api: Api) -> None:
    assert api.reform(NOVEMBER, dri_run=False).status_code == 422
    assert api.ask("POST", "/reforms", content=b"x", headers=CSV).status_code == 422
    api.reform(NOVEMBER, dry_run=False)
    assert api.ask("POST", "/reforms/3/undo", json={"number": 4}).status_code == 422
    assert api.ask("POST", "/reforms/3/undo", content=b"").status_code == 422
    assert api.units("2024-11-01") == 138
