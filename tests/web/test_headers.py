"""Every answer of office and MCU carries the strict headers, errors and files too."""

import asyncio
from typing import cast

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response

from nhipcau.web.door import Door
from nhipcau.web.mcu_app import mcu_app
from nhipcau.web.pages import STATIC_DIR
from nhipcau.web.routes import FRONT_PAGES, MCU_PAGES, OFFICE_PAGES, WORKER
from nhipcau.web.trunk_door import TrunkRoot

from .people import House

OFFICE, MCU = House().app, mcu_app(cast(Door, None), cast(TrunkRoot, None), lambda: True, list)
ASSETS = [f"/assets/{one.name}" for one in sorted(STATIC_DIR.glob("assets/*"))[:3]]
OTHERS = ["/healthz", "/readyz", "/metrics", "/nowhere", WORKER, *ASSETS]
API = ["/api/openapi.json", "/api/v1/me", "/api/v1/nowhere", "/api/v1/units?limit=x"]
WHERE = [
    *(pytest.param(OFFICE, path, id=f"office {path}") for path in (*OFFICE_PAGES, *OTHERS, *API)),
    *(pytest.param(MCU, path, id=f"mcu {path}") for path in (*MCU_PAGES, *OTHERS)),
]


def get(app: FastAPI, path: str) -> Response:
    async def got() -> Response:
        transport = ASGITransport(app)
        async with AsyncClient(transport=transport, base_url="https://office.example") as client:
            return await client.get(path.replace("{", "").replace("}", ""))

    return asyncio.run(got())


def policy(answer: Response) -> dict[str, set[str]]:
    """Return the sources of each directive."""
    parts = [one.split() for one in answer.headers["content-security-policy"].split(";")]
    return {one[0]: set(one[1:]) for one in parts}


@pytest.mark.parametrize(("app", "path"), WHERE)
def test_an_answer_has_the_strict_headers(app: FastAPI, path: str) -> None:
    answer = get(app, path)
    given = policy(answer)
    assert given["default-src"] == {"'self'"}
    assert given["frame-ancestors"] == given["object-src"] == given["base-uri"] == {"'none'"}
    # Nothing widens what scripts and styles fall back to.
    assert given.get("script-src", {"'self'"}) == given["style-src"] == {"'self'"}
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"


@pytest.mark.parametrize("path", [one for one in OFFICE_PAGES if one not in FRONT_PAGES])
def test_a_page_of_the_office_speaks_to_the_office_alone(path: str) -> None:
    assert policy(get(OFFICE, path))["connect-src"] == {"'self'"}


def test_the_emergency_page_of_the_office_may_dial_the_fronts() -> None:
    if not (STATIC_DIR / "index.html").is_file():
        pytest.skip("the web client is not built")
    assert {"'self'", "wss:"} <= policy(get(OFFICE, "/emergency"))["connect-src"]


@pytest.mark.parametrize("path", MCU_PAGES)
def test_a_page_of_a_live_meeting_may_dial_the_mcus_of_its_plan(path: str) -> None:
    if not (STATIC_DIR / "index.html").is_file():
        pytest.skip("the web client is not built")
    assert {"'self'", "wss:"} <= policy(get(MCU, path))["connect-src"]
