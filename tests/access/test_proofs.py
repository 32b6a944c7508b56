"""What a sign-in rests on: passwords, one-time codes, secrets, sessions, waiting."""

import base64
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.access.accounts import BadAccountError, clean_login
from nhipcau.access.actor import AccountId
from nhipcau.access.brake import Brake, BrakeLimits, Flood
from nhipcau.access.passwords import WeakPasswordError, check_password
from nhipcau.access.secrets import hash_of, hash_of_recovery, is_among, new_recovery_code, new_token
from nhipcau.access.sessions import ABSOLUTE_S, IDLE_S, PENDING_S, Session, Stage
from nhipcau.access.totp import code_of, enrolment_uri, new_secret, step_at, used_step

# The secret and the codes of RFC 6238, appendix B (SHA-1).
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
RFC_CODES = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


@pytest.mark.parametrize(("at_s", "code"), RFC_CODES)
def test_one_time_codes_are_those_of_the_rfc(at_s: int, code: str) -> None:
    assert code_of(RFC_SECRET, step_at(at_s), digits=8) == code
    assert code_of(RFC_SECRET, step_at(at_s)) == code[2:]


@given(st.binary(min_size=20, max_size=20), st.integers(0, 2**33))
def test_a_code_is_taken_once_and_within_a_step(random: bytes, now_s: int) -> None:
    secret = new_secret(random)
    code = code_of(secret, step_at(now_s))
    step = used_step(secret, f" {code[:3]} {code[3:]} ", now_s, -1)
    assert step is not None
    assert used_step(secret, code, now_s, step) is None
    later = used_step(secret, code, now_s + 30, -1)
    assert later is not None and later <= step_at(now_s) + 2


def test_a_code_is_over_after_its_neighbours() -> None:
    code = code_of(RFC_SECRET, 100)
    steps = [used_step(RFC_SECRET, code, 30.0 * step, -1) for step in (98, 99, 100, 101, 102)]
    assert steps == [None, 100, 100, 100, None]


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "１２３４５６", "1234567", "💥"])
def test_what_is_no_code_is_none(code: str) -> None:
    assert used_step(RFC_SECRET, code, 3000.0, -1) is None


def test_an_authenticator_can_read_the_enrolment() -> None:
    uri = enrolment_uri("ABC", "quan-tri")
    assert uri.startswith("otpauth://totp/Nh%E1%BB%8Bp%20C%E1%BA%A7u:quan-tri?secret=ABC&")


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "aaaaaaaaaaaaaaaa",
        "x" * 300,
        "quan-tri-hai-nghin",
        "Password1234567",
        "1234567890123456",
        "qwertyuiop1234567",
        "matkhau12345678",
    ],
)
def test_a_password_that_is_easy_to_guess_is_not_taken(password: str) -> None:
    with pytest.raises(WeakPasswordError):
        check_password(password, "quan-tri")


@pytest.mark.parametrize(
    "password", ["bốn con voi đi chợ", "correct horse battery", "T9!kd0-Zm4_qq7"]
)
def test_a_long_password_is_taken_whatever_its_letters(password: str) -> None:
    assert check_password(password, "quan-tri") == password


def test_a_password_is_the_same_however_the_keyboard_composed_it() -> None:
    composed, apart = "bốn con voi đi chợ", "bốn con voi đi chợ"
    assert check_password(composed, "x-y") == check_password(apart, "x-y")


@pytest.mark.parametrize(
    "login", ["", "ab", "a b c", "Đông", "x" * 65, ".ab", "a/../b", "<b>x</b>"]
)
def test_a_bad_sign_in_name_is_refused(login: str) -> None:
    with pytest.raises(BadAccountError):
        clean_login(login)


def test_a_sign_in_name_has_one_form() -> None:
    assert clean_login("  Quan-Tri.568 ") == "quan-tri.568"


def test_secrets_are_kept_as_hashes() -> None:
    token = new_token(bytes(range(32)))
    assert len(token) == 43
    assert is_among(hash_of(token), ["x" * 64, hash_of(token)])
    assert not is_among(hash_of(token + "x"), [hash_of(token)])
    code = new_recovery_code(bytes(range(10)))
    assert hash_of_recovery(code.upper().replace("-", " ")) == hash_of_recovery(code)


def test_a_session_ends_by_silence_and_by_age() -> None:
    session = Session("s", "h", AccountId("a"), Stage.IN, 1000, 1000, "", "")
    assert [session.is_over(1000 + age) for age in (IDLE_S - 1, IDLE_S)] == [False, True]
    busy = Session("s", "h", AccountId("a"), Stage.IN, 0, ABSOLUTE_S - 2, "", "")
    assert [busy.is_over(ABSOLUTE_S - 1), busy.is_over(ABSOLUTE_S)] == [False, True]
    pending = Session("s", "h", AccountId("a"), Stage.CODE, 0, 0, "", "")
    assert [pending.is_over(PENDING_S - 1), pending.is_over(PENDING_S)] == [False, True]


def waits(brake: Brake, key: str, times: int) -> Iterator[float]:
    """Yield the wait before each of so many tries, each made as soon as it may."""
    now_s = 0.0
    for _ in range(times):
        wait_s = brake.wait_s(key, now_s)
        now_s += wait_s
        assert brake.take(key, now_s) == 0
        yield wait_s


def test_the_wait_grows_and_has_an_end() -> None:
    brake = Brake(BrakeLimits(free=2, first_s=1, longest_s=5))
    assert list(waits(brake, "k", 7)) == [0, 0, 1, 2, 4, 5, 5]


def test_one_keys_failures_are_not_anothers_wait() -> None:
    brake = Brake()
    list(waits(brake, "stranger", 20))
    assert brake.wait_s("owner", 0.0) == 0


def test_many_at_once_are_counted_before_they_are_known() -> None:
    brake = Brake(BrakeLimits(free=3))
    assert [brake.take("k", 5.0) > 0 for _ in range(6)] == [False] * 3 + [True] * 3


def test_a_right_one_and_a_quiet_hour_forget_the_failures() -> None:
    brake = Brake(BrakeLimits(free=1, forget_s=100))
    brake.take("k", 0)
    assert brake.wait_s("k", 1) > 0
    assert brake.wait_s("k", 100) == 0
    brake.take("k", 100)
    brake.release("k")
    assert brake.wait_s("k", 100) == 0


def test_a_brake_keeps_only_so_many_keys() -> None:
    brake = Brake(BrakeLimits(free=1))
    for number in range(50_001):
        brake.take(number, 1.0)
    assert brake.wait_s(0, 1.0) == 0
    assert brake.wait_s(50_000, 1.0) > 0


def test_a_flood_is_let_through_drop_by_drop() -> None:
    flood = Flood(per_s=2, burst=3)
    assert [flood.take(0.0) for _ in range(4)] == [0, 0, 0, 0.5]
    assert flood.take(0.5) == 0
    flood.give_back()
    assert flood.take(0.5) == 0
