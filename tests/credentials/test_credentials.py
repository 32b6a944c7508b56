"""Keys, codes, statements and tickets: what is right is taken, whatever else is one typed no."""

import secrets
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.credentials import statements
from nhipcau.credentials.codes import (
    ALPHABET,
    code_hash,
    make_code,
    make_pin,
    normal_code,
    pin_matches,
    pin_record,
)
from nhipcau.credentials.keys import BadKeyError, PublicKey, decode_bytes, encode_bytes
from nhipcau.credentials.statements import Challenge
from nhipcau.credentials.tickets import (
    ResumeTicket,
    TicketError,
    is_resume_ticket,
    read_ticket,
    sign_ticket,
)
from nhipcau.quantities import ConferenceId, SiteId

from .device import RoomBrowser

DEVICE = RoomBrowser()
MEETING_KEY = encode_bytes(bytes(range(32)))
TICKET = ResumeTicket(ConferenceId("tet"), SiteId("573"), "device:1", "thumb", 2_000_000_000)


def test_a_signature_of_the_browsers_form_is_verified() -> None:
    assert DEVICE.key.verifies(DEVICE.sign(b"statement"), b"statement")
    assert not DEVICE.key.verifies(DEVICE.sign(b"statement"), b"another")
    assert not RoomBrowser().key.verifies(DEVICE.sign(b"statement"), b"statement")


@given(st.text(max_size=120))
def test_no_other_text_is_a_signature_or_a_key(text: str) -> None:
    assert not DEVICE.key.verifies(text, b"statement")
    with pytest.raises(BadKeyError):
        PublicKey.read(text)


def test_a_point_that_is_not_on_the_curve_is_no_key() -> None:
    data = bytearray(decode_bytes(DEVICE.key.text))
    data[-1] ^= 1
    for wrong in (bytes(data), b"\x04" + bytes(64), data[:-1], b"\x02" + data[1:33]):
        with pytest.raises(BadKeyError):
            PublicKey.read(encode_bytes(bytes(wrong)))


def test_the_thumbprint_is_that_of_the_standard_form() -> None:
    # RFC 7517 A.1's key, its thumbprint computed by the rule of RFC 7638 §3.
    x = "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4"
    y = "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"
    key = PublicKey.read(encode_bytes(b"\x04" + decode_bytes(x) + decode_bytes(y)))
    assert key.thumbprint() == "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s"


def test_the_same_bytes_are_never_said_in_two_domains() -> None:
    challenge = Challenge("n", "c", "m", 1)
    said = {
        statements.admission(challenge, "d", "k"),
        statements.admission(replace(challenge, nonce="nm", mcu=""), "d", "k"),
        statements.pairing("d", "k"),
        statements.rotation("d", "k", 1),
        statements.agenda("d", 1),
        statements.agenda("d\n1:1", 1),
    }
    assert len(said) == 6


def test_codes_are_what_people_can_read_out() -> None:
    code = make_code(secrets.randbelow)
    assert len(code) == 9
    assert code[4] == "-"
    assert not set("0O1IL2Z5S8BUV") & set(ALPHABET)
    assert normal_code(f" {code.lower()} ") == code.replace("-", "")
    for wrong in ("", "AAAA-AAA", "AAAA-AAAA0", "AAAA-AAAO", "ĂĂĂĂ-ĂĂĂĂ"):
        assert normal_code(wrong) is None


def test_a_codes_hash_needs_the_offices_secret() -> None:
    assert code_hash("ACDEFGHJ", b"one") == code_hash("ACDEFGHJ", b"one")
    assert code_hash("ACDEFGHJ", b"one") != code_hash("ACDEFGHJ", b"two")
    assert "ACDEFGHJ" not in code_hash("ACDEFGHJ", b"one")


def test_a_pin_matches_its_record_alone() -> None:
    pin = make_pin(secrets.randbelow)
    record = pin_record(pin, secrets.token_bytes(16))
    assert len(pin) == 6
    assert pin not in record
    assert pin_matches(pin, record)
    assert not pin_matches("12345x", record)
    assert not pin_matches(pin, "no record")


def test_a_ticket_says_what_it_was_given_for() -> None:
    text = sign_ticket(TICKET, MEETING_KEY, 1_700_000_000)
    assert is_resume_ticket(text)
    assert read_ticket(text, MEETING_KEY) == TICKET
    guests = replace(TICKET, thumbprint=None)
    assert read_ticket(sign_ticket(guests, MEETING_KEY, 0), MEETING_KEY) == guests


@given(st.integers(0, 400), st.text(max_size=200))
def test_a_ticket_that_is_changed_or_made_up_is_none(place: int, made_up: str) -> None:
    text = sign_ticket(TICKET, MEETING_KEY, 0)
    place %= len(text)
    letter = "A" if text[place] != "A" else "Q"
    changed = text[:place] + letter + text[place + 1 :]
    for wrong in (changed, made_up, f"{made_up}.{made_up}.{made_up}"):
        try:
            read = read_ticket(wrong, MEETING_KEY)
        except TicketError:
            continue
        # The last letter of base64 holds bits that mean nothing.
        assert read == TICKET


def test_a_ticket_of_another_key_is_none() -> None:
    text = sign_ticket(TICKET, encode_bytes(bytes(32)), 0)
    with pytest.raises(TicketError):
        read_ticket(text, MEETING_KEY)


def test_a_der_signature_is_not_the_browsers_form() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    der = key.sign(b"statement", ec.ECDSA(hashes.SHA256()))
    assert not DEVICE.key.verifies(encode_bytes(der), b"statement")
