"""Each enters a live meeting by the door of its role, where it reaches, and the audit is told."""

from dataclasses import replace

import pytest

from nhipcau.access.actor import Actor, ActorKind
from nhipcau.access.roles import Role
from nhipcau.office.entering import Entrance, entrances
from nhipcau.office.meetings import Meeting
from nhipcau.office.roster import roster
from nhipcau.quantities import ConferenceId, McuName, SiteId

from ..org.province import START
from .people import DISTRICT, NEIGHBOUR, PROVINCE, SECRET, Browser, House

COMMUNE = "22633"
PART = Entrance("operator", SiteId(DISTRICT))
DOORS = {
    (Role.CHAIR, PROVINCE): [Entrance("chair")],
    (Role.SECRETARY, PROVINCE): [Entrance("secretary")],
    (Role.OPERATOR, PROVINCE): [Entrance("console")],
    (Role.OPERATOR, DISTRICT): [PART],
    (Role.OPERATOR, COMMUNE): [Entrance("operator", SiteId(COMMUNE))],
    # Whose own meetings it leads is not this one.
    (Role.CHAIR, DISTRICT): [],
    (Role.SECRETARY, DISTRICT): [],
    (Role.TECHNICIAN, PROVINCE): [],
    (Role.AUDITOR, PROVINCE): [],
    (Role.ADMINISTRATOR, PROVINCE): [],
    (Role.TELECOM, PROVINCE): [],
}


def session(house: House) -> Meeting:
    """Return a session that the province chairs, with two districts and a commune."""
    invited = {PROVINCE, DISTRICT, NEIGHBOUR, COMMUNE}
    sites = [one for one in roster(house.units.current(), START) if one.site in invited]
    chair = SiteId(PROVINCE)
    return Meeting(ConferenceId("s"), "s", McuName("m"), "http://m", chair, "auto", sites)


def holder(house: House, role: Role, code: str) -> Actor:
    account = house.account(f"{role}-{code}", role, code=code)
    return Actor(ActorKind.ACCOUNT, account.id, account.login, account.grants)


@pytest.mark.parametrize(("role", "code"), DOORS)
def test_a_role_enters_by_its_own_door_where_it_reaches(role: Role, code: str) -> None:
    house = House()
    found = entrances(house.people.view(), holder(house, role, code), session(house))
    assert found == DOORS[role, code]


def test_whoever_is_several_things_has_several_doors() -> None:
    house = House()
    roles = (Role.SECRETARY, Role.OPERATOR)
    grants = [grant for role in roles for grant in holder(house, role, PROVINCE).grants]
    actor = replace(holder(house, Role.CHAIR, DISTRICT), grants=tuple(grants))
    found = entrances(house.people.view(), actor, session(house))
    assert found == [Entrance("secretary"), Entrance("console")]


def test_a_link_opens_the_door_that_was_asked_for_and_the_audit_knows_whose_it_is() -> None:
    house = House()
    house.account("thu-ky", Role.SECRETARY, code=DISTRICT)
    browser = Browser(house).enter("thu-ky")
    path = "/meetings/of-573/entrances"
    assert browser.ask("GET", path).json() == [{"role": "secretary", "site": None, "name": ""}]
    answer = browser.ask("POST", path, {"role": "secretary"})
    page, token = answer.json()["url"].split("#token=")
    assert page == "http://m/secretary"
    assert token
    refused = browser.ask("POST", path, {"role": "chair"})
    assert refused.status_code == 403
    told = [
        (entry.name, entry.outcome, dict(entry.more))
        for entry in house.trail.entries
        if entry.action == "meetings.enter"
    ]
    assert told == [
        ("thu-ky", "done", {"role": "secretary"}),
        ("thu-ky", "not_allowed", {"role": "chair"}),
    ]


def test_what_is_no_door_is_refused_with_a_clear_word() -> None:
    house = House()
    house.account("chu-toa", Role.CHAIR, code=DISTRICT, secret=SECRET)
    browser = Browser(house).enter("chu-toa")
    path = "/meetings/of-573/entrances"
    assert browser.ask("POST", path, {"role": "site"}).status_code == 422
    assert browser.ask("POST", path, {"role": "operator", "site": NEIGHBOUR}).status_code == 403
    assert browser.ask("GET", "/meetings/of-575/entrances").status_code == 404
