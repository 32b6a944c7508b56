"""The API of units, levels, places and sites."""

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from fastapi import Depends, FastAPI
from httpx import ASGITransport, AsyncClient, Response

from nhipcau.office.tree import UnitTree, apply_units, found_levels, plan_units
from nhipcau.org.csvtable import MAX_FILE_BYTES
from nhipcau.org.importplan import ImportOrder
from nhipcau.ports.tree import StoreError
from nhipcau.storage.memorytree import MemoryTreeStore
from nhipcau.web.problems import MEDIA_TYPE, answer_with_problems
from nhipcau.web.tree_api import TreeParts, answer_store_errors, tree_router

from ..org.province import START, ids, levels, text_of
from .people import stand_at_the_gate

CSV = {"content-type": "text/csv"}
REFORM = text_of("resolution-1196.csv").encode()
IN_NOVEMBER = "/api/v1/units/import?day=2024-11-01&whole=false&act=1196"


class LostStore(MemoryTreeStore):
    """A store that can be lost."""

    lost = False

    def revision(self) -> int:
        if self.lost:
            raise StoreError("the database: gone")
        return super().revision()


@pytest.fixture
def store() -> LostStore:
    return LostStore()


@pytest.fixture
def units(store: LostStore) -> UnitTree:
    made = UnitTree(store, ids())
    found_levels(made, levels(), START)
    first = ImportOrder(START)
    apply_units(made, plan_units(made, text_of("khanh-hoa-2024.csv").encode(), first))
    return made


class Api:
    """The routes, asked from an address."""

    def __init__(self, units: UnitTree, host: str = "127.0.0.1") -> None:
        app = FastAPI(dependencies=[Depends(stand_at_the_gate)])
        answer_with_problems(app)
        answer_store_errors(app)
        app.include_router(tree_router(TreeParts(units, lambda: date(2024, 1, 25))))
        self._transport = ASGITransport(app, client=(host, 50000))

    def get(self, path: str, params: Mapping[str, str | int] | None = None) -> Response:
        return self._ask("GET", path, params=params)

    def post(self, path: str, content: bytes, headers: Mapping[str, str]) -> Response:
        return self._ask("POST", path, content=content, headers=headers)

    def _ask(self, method: str, path: str, **more: Any) -> Response:
        async def asked() -> Response:
            async with AsyncClient(transport=self._transport, base_url="http://office") as client:
                return await client.request(method, path, **more)

        return asyncio.run(asked())


@pytest.fixture
def client(units: UnitTree) -> Api:
    """Return the API as this machine sees it."""
    return Api(units)


def test_units_are_found_and_told_apart(client: Api) -> None:
    found = client.get("/api/v1/units", params={"search": "VẠN THẠNH"}).json()
    assert (found["as_of"], found["total"]) == ("2024-01-25", 2)
    assert [unit["display_name"] for unit in found["units"]] == [
        "Phường Vạn Thạnh (Nha Trang)",
        "Xã Vạn Thạnh (Vạn Ninh)",
    ]
    assert found["units"][0]["path"][-2] == "Thành phố Nha Trang"


def test_the_list_has_parts_and_parents(client: Api) -> None:
    root = client.get("/api/v1/units", params={"limit": 1}).json()["units"][0]
    below = client.get("/api/v1/units", params={"parent": root["id"], "offset": 7}).json()
    assert (below["total"], [unit["code"] for unit in below["units"]]) == (8, ["575"])


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=1001", "offset=-1", "as_of=yesterday", "as_of=2024-02-30"]
)
def test_a_bad_question_is_a_problem(client: Api, query: str) -> None:
    answer = client.get(f"/api/v1/units?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.json()["errors"]


def test_a_unit_that_is_not_there_is_a_problem(client: Api) -> None:
    for path in ("/api/v1/units/56", "/api/v1/units?parent=56"):
        assert client.get(path).status_code == 404


def test_levels_places_and_sites_are_listed(client: Api) -> None:
    counts = {one["key"]: one["units"] for one in client.get("/api/v1/levels").json()}
    assert counts == {"province": 1, "department": 0, "district": 8, "commune": 136}
    places = {one["id"] for one in client.get("/api/v1/places").json()}
    sites = client.get("/api/v1/sites").json()
    assert len(places) == len(sites) == 145
    assert {site["place"] for site in sites} == places
    assert all(len(site["units"]) == 1 for site in sites)


def test_an_import_is_a_dry_run_unless_asked_otherwise(client: Api) -> None:
    planned = client.post(IN_NOVEMBER, content=REFORM, headers=CSV).json()
    assert (planned["dry_run"], len(planned["new"]), len(planned["gone"])) == (True, 2, 9)
    assert client.get("/api/v1/units?as_of=2024-11-01").json()["total"] == 145
    done = client.post(f"{IN_NOVEMBER}&dry_run=false", content=REFORM, headers=CSV).json()
    assert done["dry_run"] is False
    assert client.get("/api/v1/units?as_of=2024-11-01").json()["total"] == 138
    assert client.get("/api/v1/units?as_of=2024-10-31").json()["total"] == 145


def test_a_unit_tells_its_history(client: Api) -> None:
    found = client.get("/api/v1/units", params={"search": "22579"}).json()["units"][0]
    client.post(f"{IN_NOVEMBER}&dry_run=false", content=REFORM, headers=CSV)
    history = client.get(f"/api/v1/units/{found['id']}?as_of=2024-11-01").json()
    assert [one["code"] for one in history["versions"]] == ["22579", "22606"]
    assert history["unit"]["act"] == "1196"
    assert [one["kind"] for one in history["origins"]] == ["merge"]


def test_every_bad_line_is_an_error_and_nothing_is_imported(client: Api) -> None:
    bad = REFORM.replace(b"568", b"999").replace(b"22579 22606", b"1")
    answer = client.post(f"{IN_NOVEMBER}&dry_run=false", content=bad, headers=CSV)
    assert answer.status_code == 422
    assert [line.split(":")[0] for line in answer.json()["errors"]] == [
        "line 2",
        "line 3",
        "line 4",
        "line 5",
    ]
    assert client.get("/api/v1/units?as_of=2030-01-01").json()["total"] == 145


def test_an_import_looked_at_before_another_one_is_refused(client: Api) -> None:
    answer = client.post(f"{IN_NOVEMBER}&revision=1", content=REFORM, headers=CSV)
    assert answer.status_code == 409


def test_a_file_that_is_too_large_or_asked_for_oddly_is_refused(client: Api) -> None:
    huge = client.post(IN_NOVEMBER, content=b"x" * (MAX_FILE_BYTES + 1), headers=CSV)
    assert huge.status_code == 413
    assert (
        client.post(f"{IN_NOVEMBER}&dri_run=true", content=REFORM, headers=CSV).status_code == 422
    )


def test_a_database_that_is_gone_is_a_problem(client: Api, store: LostStore) -> None:
    store.lost = True
    answer = client.get("/api/v1/units")
    assert (answer.status_code, answer.json()["detail"]) == (503, "the database: gone")


def test_the_api_describes_the_file(client: Api) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    operation = paths["/api/v1/units/import"]["post"]
    assert list(operation["requestBody"]["content"]) == ["text/csv"]
