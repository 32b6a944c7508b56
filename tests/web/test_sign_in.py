"""Signing in as a browser does, and the attacks on it."""

import pytest

from nhipcau.access.roles import Role
from nhipcau.access.sessions import ABSOLUTE_S, IDLE_S
from nhipcau.web.problems import MEDIA_TYPE

from .people import PASSWORD, SECRET, Browser, House

NEW = "ba con trâu qua sông"


@pytest.fixture
def house() -> House:
    made = House()
    made.account("thu-ky", Role.SECRETARY)
    made.account("quan-tri", Role.ADMINISTRATOR)
    made.account("truc", Role.OPERATOR, secret=SECRET)
    return made


@pytest.fixture
def browser(house: House) -> Browser:
    return Browser(house)


def stage(browser: Browser) -> object:
    answer = browser.ask("GET", "/me")
    return answer.json()["stage"] if answer.status_code == 200 else answer.status_code


def test_a_password_lets_in_whoever_needs_no_more(house: House, browser: Browser) -> None:
    answer = browser.sign_in(" Thu-Ky ")
    assert (answer.status_code, answer.json()["stage"]) == (200, "in")
    assert answer.json()["account"]["grants"][0]["role"] == "secretary"
    assert "plain:" not in answer.text and answer.headers["cache-control"] == "no-store"
    assert browser.ask("GET", "/conferences").status_code == 200
    assert house.outcomes() == [("sign_in", "done")]
    assert browser.ask("POST", "/sign-out").status_code == 204
    assert browser.ask("GET", "/me").status_code == 401


def test_cookies_are_strict_and_kept_from_scripts(browser: Browser) -> None:
    cookies = browser.sign_in("thu-ky").headers.get_list("set-cookie")
    assert sorted(one.partition("=")[0] for one in cookies) == [
        "__Host-nhipcau-device",
        "__Host-nhipcau-session",
    ]
    for cookie in cookies:
        assert {"HttpOnly", "Secure", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
        assert "Domain" not in cookie


def test_on_this_machine_without_tls_the_cookie_carries_the_port(house: House) -> None:
    cookie = Browser(house, base="http://127.0.0.1:8460").sign_in("thu-ky").headers["set-cookie"]
    assert cookie.startswith("nhipcau-session-8460=") and "Secure" not in cookie


def test_from_another_machine_nobody_signs_in_without_tls(house: House) -> None:
    far = Browser(house, host="10.1.2.3", base="http://office.example")
    assert far.sign_in("thu-ky").status_code == 403
    assert Browser(house, host="10.1.2.3").sign_in("thu-ky").status_code == 200


def test_an_administrator_enrols_a_second_factor_first(house: House, browser: Browser) -> None:
    assert browser.sign_in("quan-tri").json()["stage"] == "enrol"
    assert browser.ask("GET", "/accounts").status_code == 401
    offer = browser.ask("POST", "/me/second-factor").json()
    assert offer["uri"].startswith("otpauth://totp/")
    wrong = browser.ask("POST", "/me/second-factor/confirmation", {"code": "000000"})
    assert wrong.status_code == 401
    code = house.code(offer["secret"])
    done = browser.ask("POST", "/me/second-factor/confirmation", {"code": code}).json()
    assert (done["stage"], len(set(done["recovery_codes"]))) == ("in", 10)
    assert browser.ask("GET", "/accounts").status_code == 200
    assert browser.ask("POST", "/me/second-factor").status_code == 409


def test_a_code_is_due_and_taken_once(house: House, browser: Browser) -> None:
    assert browser.sign_in("truc").json()["stage"] == "code"
    assert browser.ask("GET", "/mcus").status_code == 401
    assert browser.ask("POST", "/me/second-factor").status_code == 409
    code = house.code()
    assert browser.ask("POST", "/sign-in/code", {"code": code}).json()["stage"] == "in"
    assert browser.ask("GET", "/mcus").status_code == 200
    thief = Browser(house)
    thief.sign_in("truc")
    replayed = thief.ask("POST", "/sign-in/code", {"code": code})
    assert (replayed.status_code, stage(thief)) == (401, "code")
    house.clock.at_s += 30
    assert thief.ask("POST", "/sign-in/code", {"code": house.code()}).status_code == 200


def test_a_recovery_code_lets_in_once(house: House, browser: Browser) -> None:
    browser.sign_in("quan-tri")
    secret = browser.ask("POST", "/me/second-factor").json()["secret"]
    body = {"code": house.code(secret)}
    codes = browser.ask("POST", "/me/second-factor/confirmation", body).json()["recovery_codes"]
    for expected in (200, 401):
        again = Browser(house)
        again.sign_in("quan-tri")
        assert again.ask("POST", "/sign-in/code", {"code": codes[3]}).status_code == expected


def test_codes_can_not_be_tried_through(house: House, browser: Browser) -> None:
    browser.sign_in("truc")
    statuses = [
        browser.ask("POST", "/sign-in/code", {"code": f"{guess:06}"}).status_code
        for guess in range(8)
    ]
    assert statuses == [401] * 4 + [429] * 4


def test_many_addresses_do_not_try_codes_through_either(house: House) -> None:
    last = 0
    for number in range(12):
        browser = Browser(house, host=f"10.0.0.{number}")
        browser.sign_in("truc")
        last = browser.ask("POST", "/sign-in/code", {"code": "000000"}).status_code
    assert last == 429


def test_a_session_can_not_be_foisted_on_a_victim(house: House) -> None:
    attacker = Browser(house)
    attacker.sign_in("truc")
    planted = attacker.secret()
    victim = Browser(house)
    victim.cookies.set("__Host-nhipcau-session", planted, domain="office.example")
    victim.sign_in("thu-ky")
    assert victim.ask("GET", "/me").json()["account"]["login"] == "thu-ky"
    assert victim.secret() != planted
    assert attacker.ask("GET", "/me").json()["account"]["login"] == "truc"


def test_each_step_of_a_sign_in_has_a_session_of_its_own(house: House, browser: Browser) -> None:
    browser.sign_in("truc")
    before = browser.secret()
    browser.ask("POST", "/sign-in/code", {"code": house.code()})
    assert browser.secret() != before
    old = Browser(house)
    old.cookies.set("__Host-nhipcau-session", before, domain="office.example")
    assert stage(old) == 401


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/me/password", "/accounts"])
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "https://office.example.evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "https://office.example"},
    ],
)
def test_another_sites_page_can_do_nothing(
    house: House, path: str, headers: dict[str, str]
) -> None:
    browser = Browser(house).enter("truc")
    assert browser.ask("POST", path, {"login": "x", "password": "y"}, headers).status_code == 403
    assert stage(browser) == "in"


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", ""])
def test_what_a_form_can_send_is_not_taken(browser: Browser, kind: str) -> None:
    headers = {"content-type": kind, "origin": "https://office.example"}
    answer = browser.ask("POST", "/sign-in", None, headers, content=b'{"login":"a","password":"b"}')
    assert (answer.status_code, answer.headers["content-type"]) == (415, MEDIA_TYPE)


@pytest.mark.parametrize("login", ["thu-ky", "truc", "nobody-here", "Đông", "x" * 90, ""])
def test_a_wrong_name_costs_and_says_what_a_wrong_password_does(house: House, login: str) -> None:
    before = house.passwords.checked
    answer = Browser(house).sign_in(login, "not the password at all")
    assert house.passwords.checked - before == 1
    assert (answer.status_code, answer.json()["detail"]) == (
        401,
        "the name or the password is not right",
    )
    assert "set-cookie" not in answer.headers


def test_a_disabled_account_answers_like_a_wrong_password(house: House) -> None:
    from dataclasses import replace

    house.people.accounts.change(replace(house.kept("thu-ky"), disabled=True))
    answer = Browser(house).sign_in("thu-ky")
    assert (answer.status_code, answer.json()["detail"]) == (
        401,
        "the name or the password is not right",
    )


def test_unknown_names_are_braked_like_known_ones(house: House) -> None:
    def statuses(login: str, host: str) -> list[int]:
        browser = Browser(house, host=host)
        return [browser.sign_in(login, "wrong wrong wrong").status_code for _ in range(6)]

    assert statuses("thu-ky", "10.0.0.1") == statuses("nobody", "10.0.0.2") == [401] * 4 + [429] * 2


def test_whoever_fails_waits_longer_each_time(house: House, browser: Browser) -> None:
    waits = []
    for _ in range(7):
        answer = browser.sign_in("thu-ky", "wrong wrong wrong")
        if answer.status_code == 429:
            waits.append(int(answer.headers["retry-after"]))
            house.clock.at_s += waits[-1]
            browser.sign_in("thu-ky", "wrong wrong wrong")
    assert waits == [2, 4, 8]
    house.clock.at_s += 16
    assert browser.sign_in("thu-ky").status_code == 200


def test_strangers_failures_lock_nobody_out(house: House) -> None:
    owner = Browser(house, host="10.0.0.1")
    assert owner.sign_in("thu-ky").status_code == 200
    owner.ask("POST", "/sign-out")
    # From the owner's own address, behind one router, and from everywhere else.
    for host in ("10.0.0.1", *(f"10.9.{number // 250}.{number % 250}" for number in range(300))):
        Browser(house, host=host).sign_in("thu-ky", "wrong wrong wrong")
    for _ in range(6):
        Browser(house, host="10.0.0.1").sign_in("thu-ky", "wrong wrong wrong")
    assert Browser(house, host="10.0.0.1").sign_in("thu-ky").status_code == 429
    assert owner.sign_in("thu-ky").status_code == 200


def test_a_flood_of_strangers_is_refused_before_it_costs_a_hash(house: House) -> None:
    for number in range(260):
        Browser(house, host=f"10.9.{number // 250}.{number % 250}").sign_in(f"name-{number}")
    assert house.passwords.checked == 200


def test_a_session_ends_by_silence_and_by_age(house: House, browser: Browser) -> None:
    browser.sign_in("thu-ky")
    house.clock.at_s += IDLE_S
    assert stage(browser) == 401
    browser.sign_in("thu-ky")
    for _ in range(int(ABSOLUTE_S // (IDLE_S / 2)) - 1):
        house.clock.at_s += IDLE_S / 2
        assert stage(browser) == "in"
    house.clock.at_s += IDLE_S / 2
    assert stage(browser) == 401


def test_own_sessions_are_listed_and_ended_and_only_own_ones(house: House) -> None:
    first, second = Browser(house), Browser(house)
    first.sign_in("thu-ky")
    second.sign_in("thu-ky")
    listed = second.ask("GET", "/me/sessions").json()
    assert [one["here"] for one in listed].count(True) == 1
    other = next(one["id"] for one in listed if not one["here"])
    stranger = Browser(house).enter("truc")
    assert stranger.ask("DELETE", f"/me/sessions/{other}").status_code == 404
    assert second.ask("DELETE", f"/me/sessions/{other}").status_code == 204
    assert (stage(first), stage(second)) == (401, "in")


def test_one_changes_ones_own_password_and_all_other_sessions_end(house: House) -> None:
    browser, other = Browser(house), Browser(house)
    browser.sign_in("thu-ky")
    other.sign_in("thu-ky")
    for old, new, status in (
        ("wrong", NEW, 401),
        (PASSWORD, "short", 422),
        (PASSWORD, PASSWORD, 422),
        (PASSWORD, NEW, 200),
    ):
        body = {"old": old, "new": new}
        assert browser.ask("POST", "/me/password", body).status_code == status
    assert (stage(browser), stage(other)) == ("in", 401)
    assert Browser(house).sign_in("thu-ky").status_code == 401
    assert Browser(house).sign_in("thu-ky", NEW).status_code == 200


def test_a_demos_link_is_nobody_elses_to_make(house: House, browser: Browser) -> None:
    token = house.links.token(house.kept("truc").id, house.clock.at_s)
    forged = token.replace("id-truc", "id-quan-tri")
    for bad in (forged, token[:-1], "", "a.b.c", "..", f"id-truc.9e99.{token[-64:]}"):
        assert browser.ask("POST", "/sign-in/link", {"token": bad}).status_code == 401
    house.clock.at_s += 17 * 3600
    assert browser.ask("POST", "/sign-in/link", {"token": token}).status_code == 401


def test_passwords_and_codes_are_never_in_the_audit(house: House, browser: Browser) -> None:
    browser.sign_in("truc", "a secret that was mistyped")
    browser.sign_in("truc")
    browser.ask("POST", "/sign-in/code", {"code": house.code()})
    told = repr(house.trail.entries)
    assert [outcome for _, outcome in house.outcomes()] == ["wrong", "done", "done"]
    assert not any(one in told for one in ("mistyped", PASSWORD, house.code(), browser.secret()))
