"""The API of the audit log: for whom, what is found, page by page, as a file, and if it stands."""

import csv
import io
from typing import Any

import pytest
from httpx import Response

from nhipcau.access.roles import Role
from nhipcau.audit.chain import Begin, Chain

from ..audit.chains import OTHER, SIGNER, START_S, chain_of, deed
from .people import SECRET, Browser, House


def office() -> House:
    """Return an office with an auditor, and with a chain of 12 deeds, one of them refused."""
    house = House()
    house.account("kiem-tra", Role.AUDITOR)
    chain = Chain(Begin("hall-1", "mcu hall", START_S, SIGNER.public))
    told = [
        *(deed(number) for number in range(10)),
        deed(10, outcome="not_allowed", name='=HYPERLINK("x")'),
        deed(11, action="units.import"),
    ]
    rows = [chain.first, *(chain.deed(one) for one in told)]
    house.audit.append("hall-1", rows, [SIGNER.checkpoint(chain.head, START_S + 60)])
    return house


def ask(house: House, path: str = "", **query: Any) -> Response:
    return Browser(house).enter("kiem-tra").ask("GET", f"/audit{path}", params=query)


def found(**query: Any) -> list[str]:
    answer = ask(office(), **query)
    assert answer.status_code == 200, answer.text
    return [one["on"] for one in answer.json()["deeds"]]


def test_a_deed_comes_whole_and_says_where_it_stands() -> None:
    answer = ask(office(), limit=1, outcome="refused").json()
    [one] = answer["deeds"]
    assert answer["next"] is None
    assert one["at"] == "2024-01-25T00:00:10Z"
    assert (one["who"], one["address"], one["page"]) == ("site:56", "10.1.0.7", "chair")
    assert (one["verdict"], one["outcome"]) == ("refused", "not_allowed")
    assert (one["chain"], one["row"], one["process"]) == ("hall-1", 11, "mcu hall")
    assert len(one["hash"]) == 64


def test_deeds_are_found_by_what_is_asked() -> None:
    assert len(found()) == 12
    assert found(action="units.import") == ["site:579"]
    assert len(found(action="live.")) == 11
    assert found(on="site:570") == ["site:570"]
    assert len(found(who="khánh hòa")) == 11
    assert found(since="2024-01-25T07:00:09+07:00", until="2024-01-25T00:00:11Z") == [
        "site:578",
        "site:577",
    ]


def test_pages_follow_each_other() -> None:
    house, seen, query = office(), [], {"limit": "5"}
    while True:
        answer = ask(house, **query).json()
        seen.append([one["row"] for one in answer["deeds"]])
        if answer["next"] is None:
            break
        query = {"limit": "5", "before": answer["next"]}
    assert seen == [[12, 11, 10, 9, 8], [7, 6, 5, 4, 3], [2, 1]]


@pytest.mark.parametrize(
    "query",
    [
        {"before": "x"},
        {"before": "1~2"},
        {"before": f"{'9' * 40}~1~x"},
        {"since": "2024-01-25T00:00:00"},
        {"outcome": "maybe"},
        {"limit": 0},
        {"limit": 501},
        {"whom": "x"},
    ],
)
def test_what_can_not_be_asked_is_422(query: dict[str, Any]) -> None:
    answer = ask(office(), **query)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


def test_the_export_is_a_table_without_formulas_and_is_told_itself() -> None:
    house = office()
    answer = ask(house, "/export.csv", who="56", outcome="refused")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    text = answer.content.decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text))
    assert (row["on"], row["outcome"], row["row"]) == ("site:578", "not_allowed", "11")
    assert row["name"] == '\'=HYPERLINK("x")'
    told = house.trail.entries[-1]
    assert (told.action, told.outcome, told.who) == (
        "audit.read.export",
        "done",
        "account:id-kiem-tra",
    )
    assert told.more == {"who": "56", "outcome": "refused"}


def test_an_export_goes_over_many_pages() -> None:
    house = office()
    _, rows = chain_of(2500, "hall-2")
    house.audit.append("hall-2", rows)
    lines = ask(house, "/export.csv").text.splitlines()
    assert len(lines) == 1 + 2512


def test_chains_say_how_long_they_are_and_when_they_were_signed() -> None:
    [chain] = ask(office(), "/chains").json()
    assert (chain["chain"], chain["process"], chain["last"]) == ("hall-1", "mcu hall", 12)
    assert (chain["signed"], chain["cut"]) == ("2024-01-25T00:01:00Z", None)


def test_an_audit_that_stands_says_so() -> None:
    answer = ask(office(), "/standing").json()
    assert (answer["stands"], answer["chains"], answer["rows"]) == (True, 1, 13)
    assert (answer["checkpoints"], answer["findings"]) == (1, [])


def test_one_that_does_not_stand_says_why_and_the_look_is_kept_for_a_minute() -> None:
    house = office()
    assert ask(house, "/standing").json()["stands"]
    _, rows = chain_of(3, "hall-2", OTHER)
    house.audit.append("hall-2", rows)
    assert ask(house, "/standing").json()["stands"]
    house.clock.at_s += 61
    answer = ask(house, "/standing").json()
    assert not answer["stands"]
    assert answer["findings"] == [
        "forged: hall-2: the key in its first row is none that is known here"
    ]


@pytest.mark.parametrize("path", ["", "/export.csv", "/chains", "/standing"])
def test_only_who_has_the_whole_tree_reads_and_nobody_writes(path: str) -> None:
    house = office()
    house.account("quan-tri", Role.ADMINISTRATOR, secret=SECRET)
    house.account("huyen", Role.AUDITOR, code="573")
    house.account("chu-toa", Role.CHAIR)
    statuses = [
        Browser(house).enter(login).ask("GET", f"/audit{path}").status_code
        for login in ("kiem-tra", "quan-tri", "huyen", "chu-toa")
    ]
    assert statuses == [200, 200, 403, 403]
    assert Browser(house).ask("GET", f"/audit{path}").status_code == 401
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = Browser(house).enter("quan-tri").ask(method, f"/audit{path}")
        assert answer.status_code in (403, 404, 405)


def test_an_import_over_http_is_told_with_who_and_outcome() -> None:
    house = office()
    house.account("quan-tri", Role.ADMINISTRATOR, secret=SECRET)
    browser = Browser(house).enter("quan-tri")
    headers = {"content-type": "text/csv"}
    for content in (b"code,name,level,parent_code\n", b"\xff"):
        browser.ask(
            "POST", "/units/import", content=content, headers=headers, params={"act": "thử"}
        )
    told = [entry for entry in house.trail.entries if entry.action == "units.import"]
    assert [(one.who, one.outcome) for one in told] == [
        ("account:id-quan-tri", "http_422"),
        ("account:id-quan-tri", "http_422"),
    ]
    assert told[0].more == {"act": "thử"} and told[0].on == "/api/v1/units/import"
