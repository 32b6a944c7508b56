"""What a token entitles to, above all an operator's."""

from dataclasses import replace

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhipcau.conference.commands import Role
from nhipcau.mcu.admission import AdmissionError, Ticket, admit
from nhipcau.office.links import LinkMaker
from nhipcau.office.meetings import Meeting
from nhipcau.office.tokens import Seat, TokenIssuer
from nhipcau.ports.messages import ConferencePlan, PlannedSite
from nhipcau.quantities import ConferenceId, McuName, SiteId

from .machine import HandClock

KEY = Ed25519PrivateKey.generate()
ISSUER = TokenIssuer(KEY)
CLOCK = HandClock()
HALL, DISTRICT, COMMUNE, GUEST = (SiteId(code) for code in ("56", "573", "22633", "22519"))
SITES = (
    PlannedSite(site=HALL, name="Khánh Hòa", level="province"),
    PlannedSite(site=DISTRICT, name="Khánh Vĩnh", level="district", parent=HALL),
    PlannedSite(site=COMMUNE, name="Giang Ly", level="commune", parent=DISTRICT),
    # Its district is not invited.
    PlannedSite(site=GUEST, name="Vạn Thạnh", level="commune", parent=SiteId("571")),
)
PLAN = ConferencePlan(
    conference=ConferenceId("tet"),
    title="Hội nghị ba cấp",
    mcu=McuName("tinh"),
    chair_site=HALL,
    layout="auto",
    sites=SITES,
    token_public_key_pem=ISSUER.public_key_pem(),
)
MEETING = Meeting(
    PLAN.conference, PLAN.title, PLAN.mcu, "http://127.0.0.1:1", HALL, PLAN.layout, SITES
)
OPERATOR = Seat(PLAN.conference, "operator", None, DISTRICT)


def token(seat: Seat) -> str:
    return ISSUER.issue(seat, token_id="t", now_s=CLOCK.wall_s(), lifetime_s=3600)


def refusal(text: str) -> str:
    with pytest.raises(AdmissionError) as caught:
        admit(PLAN, text, CLOCK.wall_s())
    return caught.value.code


def test_an_operator_is_told_its_subtree() -> None:
    ticket = admit(PLAN, token(OPERATOR), CLOCK.wall_s())
    assert ticket == Ticket(Role.OPERATOR, None, DISTRICT, "link:t")
    absent = replace(OPERATOR, subtree=SiteId("571"))
    assert admit(PLAN, token(absent), CLOCK.wall_s()).subtree == "571"


def test_an_operator_without_a_subtree_is_not_admitted() -> None:
    assert refusal(token(replace(OPERATOR, subtree=None))) == "token_invalid"
    claims = jwt.decode(token(OPERATOR), options={"verify_signature": False})
    strange = jwt.encode({**claims, "subtree": ["573"]}, KEY, algorithm="EdDSA")
    assert refusal(strange) == "token_invalid"


def test_an_operator_of_nobody_who_is_invited_is_not_admitted() -> None:
    assert refusal(token(replace(OPERATOR, subtree=SiteId("999")))) == "unknown_site"


def test_a_subtree_in_another_roles_token_means_nothing() -> None:
    console = Seat(PLAN.conference, "console", None, DISTRICT)
    assert admit(PLAN, token(console), CLOCK.wall_s()) == Ticket(Role.CONSOLE, None, None, "link:t")


def test_a_room_and_a_chair_have_no_subtree() -> None:
    for role in ("site", "chair"):
        ticket = admit(PLAN, token(Seat(PLAN.conference, role, COMMUNE)), CLOCK.wall_s())
        assert ticket == Ticket(Role(role), COMMUNE, None, "link:t")


def test_each_site_with_others_below_it_has_an_operators_link_but_the_chairs() -> None:
    links = LinkMaker(ISSUER, CLOCK).operators(MEETING)
    assert list(links) == [DISTRICT]
    page, text = links[DISTRICT].split("#token=")
    assert page == "http://127.0.0.1:1/console"
    ticket = admit(PLAN, text, CLOCK.wall_s())
    assert (ticket.role, ticket.site, ticket.subtree) == (Role.OPERATOR, None, DISTRICT)
