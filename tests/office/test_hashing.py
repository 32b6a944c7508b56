"""Argon2id itself, and its bounds."""

import threading

import pytest

from nhipcau.office.hashing import Argon2Passwords, BusyError


@pytest.fixture(scope="module")
def passwords() -> Argon2Passwords:
    return Argon2Passwords()


def test_a_password_fits_its_own_hash_and_no_other(passwords: Argon2Passwords) -> None:
    hashed = passwords.hash("bốn con voi đi chợ")
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert passwords.fits(hashed, "bốn con voi đi chợ")
    assert not passwords.fits(hashed, "ba con voi đi chợ")
    assert passwords.hash("bốn con voi đi chợ") != hashed


@pytest.mark.parametrize("hashed", ["", "plain:x", "$argon2id$broken"])
def test_what_is_no_hash_fits_nothing(passwords: Argon2Passwords, hashed: str) -> None:
    assert not passwords.fits(hashed, "nobody's")


def test_too_many_at_once_are_turned_away(passwords: Argon2Passwords) -> None:
    refused = threading.Event()

    def ask() -> None:
        try:
            passwords.fits("", "x")
        except BusyError:
            refused.set()

    crowd = [threading.Thread(target=ask) for _ in range(40)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert refused.is_set()
