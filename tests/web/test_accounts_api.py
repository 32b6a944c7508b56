"""Accounts and roles over HTTP: an administrator of a district, and what it tries beyond it."""

import pytest

from nhipcau.access.roles import Role

from .people import DISTRICT, NEIGHBOUR, SECRET, Browser, House

NEW = "ba con trâu qua sông"


@pytest.fixture
def house() -> House:
    made = House()
    made.account("quan-tri", Role.ADMINISTRATOR, secret=SECRET)
    made.account("quan-tri-573", Role.ADMINISTRATOR, code=DISTRICT, secret=SECRET)
    made.account("ky-thuat-573", Role.TECHNICIAN, code=DISTRICT)
    made.account("ky-thuat-575", Role.TECHNICIAN, code=NEIGHBOUR)
    made.account("kiem-tra", Role.AUDITOR)
    return made


@pytest.fixture
def district(house: House) -> Browser:
    return Browser(house).enter("quan-tri-573")


@pytest.fixture
def province(house: House) -> Browser:
    return Browser(house).enter("quan-tri")


def new(house: House, **more: object) -> dict[str, object]:
    return {
        "login": "moi",
        "name": "Người mới",
        "unit": house.unit(DISTRICT),
        "password": NEW,
        **more,
    }


def test_a_district_sees_its_own_accounts_only(district: Browser, province: Browser) -> None:
    def logins(browser: Browser) -> list[str]:
        return [one["login"] for one in browser.ask("GET", "/accounts").json()]

    assert logins(district) == ["ky-thuat-573", "quan-tri-573"]
    assert len(logins(province)) == 5
    assert district.ask("GET", "/accounts/id-ky-thuat-573").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {"name": "x"}),
        ("DELETE", "", None),
        ("PUT", "/password", {"password": NEW}),
        ("DELETE", "/second-factor", None),
        ("GET", "/sessions", None),
        ("DELETE", "/sessions", None),
        ("POST", "/grants", {"role": "technician", "unit": "x"}),
        ("DELETE", "/grants/ky-thuat-575-technician", None),
    ],
)
def test_another_districts_account_is_as_if_it_were_not_there(
    house: House, district: Browser, method: str, path: str, body: object
) -> None:
    before = house.kept("ky-thuat-575")
    there = district.ask(method, f"/accounts/id-ky-thuat-575{path}", body)
    nowhere = district.ask(method, f"/accounts/id-nobody{path}", body)
    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert there.json()["detail"].replace("ky-thuat-575", "nobody") == nowhere.json()["detail"]
    assert house.kept("ky-thuat-575") == before
    assert house.outcomes()[-1][1] == "unknown"


def test_another_districts_meeting_is_as_if_it_were_not_there(house: House) -> None:
    house.account("thu-ky-573", Role.SECRETARY, code=DISTRICT)
    browser = Browser(house).enter("thu-ky-573")
    assert [one["id"] for one in browser.ask("GET", "/conferences").json()] == ["of-573"]
    statuses = [
        browser.ask("GET", f"/conferences/{one}").status_code for one in ("of-573", "of-575")
    ]
    assert statuses == [200, 404]


@pytest.mark.parametrize(
    "smuggled",
    [
        {"roles": ["administrator"]},
        {"grants": [{"role": "administrator", "unit": None}]},
        {"id": "id-quan-tri"},
        {"credentials": {"secret": ""}},
        {"must_change": False},
        {"revision": 7},
        {"is_admin": True},
    ],
)
def test_a_role_does_not_come_in_by_the_side_door(
    house: House, district: Browser, smuggled: dict[str, object]
) -> None:
    assert district.ask("POST", "/accounts", new(house, **smuggled)).status_code == 422
    changed = district.ask("PATCH", "/accounts/id-ky-thuat-573", {"name": "x", **smuggled})
    assert changed.status_code == 422
    assert house.people.accounts.by_login("moi") is None
    assert house.kept("ky-thuat-573").roles == {Role.TECHNICIAN}


def test_a_new_account_has_no_role_and_changes_its_password(
    house: House, district: Browser
) -> None:
    made = district.ask("POST", "/accounts", new(house))
    assert (made.status_code, made.json()["grants"]) == (201, [])
    assert district.ask("POST", "/accounts", new(house)).status_code == 409
    browser = Browser(house)
    assert browser.sign_in("moi", NEW).json()["stage"] == "renew"
    assert browser.ask("GET", "/units").status_code == 401
    body = {"old": NEW, "new": "bảy con cá lội ngược"}
    assert browser.ask("POST", "/me/password", body).json()["stage"] == "in"
    assert browser.ask("GET", "/units").status_code == 403


def test_an_account_is_made_within_the_subtree_only(house: House, district: Browser) -> None:
    for unit, status in (
        (house.unit(NEIGHBOUR), 403),
        (house.unit("56"), 403),
        (None, 403),
        ("no-unit", 422),
    ):
        assert district.ask("POST", "/accounts", new(house, unit=unit)).status_code == status
    moved = district.ask("PATCH", "/accounts/id-ky-thuat-573", {"unit": house.unit(NEIGHBOUR)})
    assert moved.status_code == 403


def test_roles_are_granted_within_the_subtree_only(house: House, district: Browser) -> None:
    path = "/accounts/id-ky-thuat-573/grants"
    for unit, status in (
        (house.unit(DISTRICT), 201),
        (house.unit(DISTRICT), 409),
        (house.unit(NEIGHBOUR), 403),
        (house.unit("56"), 403),
        (None, 403),
    ):
        body = {"role": "operator", "unit": unit}
        assert district.ask("POST", path, body).status_code == status
    grants = district.ask("GET", "/accounts/id-ky-thuat-573").json()["grants"]
    assert [one["role"] for one in grants] == ["technician", "operator"]
    gone = district.ask("DELETE", f"{path}/{grants[1]['id']}")
    assert [one["role"] for one in gone.json()["grants"]] == ["technician"]


def test_nobody_changes_its_own_roles_or_resets_its_own_factor(
    house: House, province: Browser
) -> None:
    body = {"role": "chair", "unit": house.unit("56")}
    me = "/accounts/id-quan-tri"
    for method, path, given in (
        ("POST", "/grants", body),
        ("DELETE", "/grants/quan-tri-administrator", None),
        ("DELETE", "/second-factor", None),
        ("DELETE", "", None),
        ("PATCH", "", {"disabled": True}),
    ):
        assert province.ask(method, me + path, given).status_code == 403
    assert house.kept("quan-tri").roles == {Role.ADMINISTRATOR}


@pytest.mark.parametrize(
    ("account", "role"),
    [
        ("kiem-tra", "administrator"),
        ("kiem-tra", "operator"),
        ("quan-tri-573", "auditor"),
        ("ky-thuat-573", "auditor"),
    ],
)
def test_nobody_both_audits_and_works(
    house: House, province: Browser, account: str, role: str
) -> None:
    body = {"role": role, "unit": house.unit(DISTRICT)}
    answer = province.ask("POST", f"/accounts/id-{account}/grants", body)
    assert (answer.status_code, len(house.kept(account).grants)) == (403, 1)


def test_an_account_that_reaches_beyond_the_subtree_is_not_the_districts_to_take_over(
    house: House, district: Browser, province: Browser
) -> None:
    body = {"role": "operator", "unit": house.unit("56")}
    path = "/accounts/id-ky-thuat-573"
    assert province.ask("POST", f"{path}/grants", body).status_code == 201
    assert district.ask("GET", path).status_code == 200
    for method, part, given in (
        ("PUT", "/password", {"password": NEW}),
        ("DELETE", "/second-factor", None),
        ("PATCH", "", {"disabled": True}),
        ("DELETE", "/sessions", None),
    ):
        assert district.ask(method, path + part, given).status_code == 403


def test_what_is_taken_back_is_gone_with_the_next_request(house: House, province: Browser) -> None:
    browser = Browser(house).enter("quan-tri-573")
    assert browser.ask("GET", "/accounts").status_code == 200
    path = "/accounts/id-quan-tri-573/grants/quan-tri-573-administrator"
    assert province.ask("DELETE", path).status_code == 200
    assert browser.ask("GET", "/accounts").status_code == 403


def test_a_role_that_asks_for_more_proof_asks_for_it_at_once(
    house: House, province: Browser
) -> None:
    browser = Browser(house).enter("ky-thuat-573")
    assert browser.ask("GET", "/units").status_code == 200
    body = {"role": "operator", "unit": house.unit(DISTRICT)}
    province.ask("POST", "/accounts/id-ky-thuat-573/grants", body)
    assert browser.ask("GET", "/mcus").status_code == 401
    assert browser.ask("POST", "/me/second-factor").status_code == 200


@pytest.mark.parametrize("how", ["disable", "close", "password", "factor", "sessions"])
def test_whoever_is_shut_out_is_out_at_once(house: House, district: Browser, how: str) -> None:
    browser = Browser(house).enter("ky-thuat-573")
    path = "/accounts/id-ky-thuat-573"
    answer = {
        "disable": lambda: district.ask("PATCH", path, {"disabled": True}),
        "close": lambda: district.ask("DELETE", path),
        "password": lambda: district.ask("PUT", f"{path}/password", {"password": NEW}),
        "factor": lambda: district.ask("DELETE", f"{path}/second-factor"),
        "sessions": lambda: district.ask("DELETE", f"{path}/sessions"),
    }[how]()
    assert answer.status_code in (200, 204)
    assert browser.ask("GET", "/me").status_code == 401


def test_an_auditor_reads_accounts_and_changes_none(house: House) -> None:
    auditor = Browser(house).enter("kiem-tra")
    assert len(auditor.ask("GET", "/accounts").json()) == 5
    body = {"name": "x"}
    assert auditor.ask("PATCH", "/accounts/id-ky-thuat-573", body).status_code == 403
    assert auditor.ask("POST", "/accounts", new(house)).status_code == 403


def test_units_are_imported_by_whoever_has_the_whole_tree(house: House) -> None:
    csv = b"code,name,level,parent_code\n"
    headers = {"content-type": "text/csv", "origin": "https://office.example"}
    for login, status in (("quan-tri-573", 403), ("kiem-tra", 403)):
        answer = (
            Browser(house).enter(login).ask("POST", "/units/import", None, headers, content=csv)
        )
        assert answer.status_code == status
    answer = (
        Browser(house)
        .enter("quan-tri")
        .ask("POST", "/units/import?whole=false", None, headers, content=csv)
    )
    assert answer.status_code in (200, 422)
    assert (
        Browser(house).ask("POST", "/units/import", None, headers, content=csv).status_code == 401
    )


def test_every_deed_is_told_to_the_audit(house: House, district: Browser) -> None:
    district.ask("POST", "/accounts", new(house))
    moi = house.kept("moi").id
    district.ask("POST", f"/accounts/{moi}/grants", {"role": "chair", "unit": house.unit("56")})
    last = house.trail.entries[-2:]
    assert [(one.action, one.outcome) for one in last] == [
        ("accounts.add", "done"),
        ("grants.change", "outside"),
    ]
    assert {(one.who, one.name, one.address) for one in last} == {
        ("account:id-quan-tri-573", "quan-tri-573", "127.0.0.1")
    }
    assert last[0].on == f"account:{moi}"
