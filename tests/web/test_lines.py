"""A telecom operator sees its own lines: no competitor's, no meeting, no picture, no sound."""

from dataclasses import replace

import pytest

from nhipcau.access.roles import Role
from nhipcau.mcu.admission import AdmissionError, admit
from nhipcau.office.tree import apply_units, plan_units
from nhipcau.org.importplan import ImportOrder
from nhipcau.quantities import SiteId

from ..mcu.machine import HandClock
from ..mcu.nodes import Meeting
from ..org.province import START
from .people import DISTRICT, NEIGHBOUR, SECRET, Browser, House

OURS, THEIRS = "Viễn thông A", "Viễn thông B"


@pytest.fixture
def house() -> House:
    made = House()
    rows = {one.code: one for one in made.units.current().as_of(START).units.values()}
    head = "code,name,level,parent_code,line_operator"
    lines = [
        f"{code},{rows[code].name},{rows[code].level},56,{company}"
        for code, company in ((DISTRICT, OURS), (NEIGHBOUR, THEIRS))
    ]
    order = ImportOrder(START, whole=False)
    table = "\n".join([head, *lines]).encode()
    apply_units(made.units, plan_units(made.units, table, order))
    return made


def places(house: House, *roles: Role, company: str = "", code: str = "56") -> list[str]:
    """Return whose lines somebody with these roles is shown."""
    account = house.account("ai", *roles, code=code, secret=SECRET)
    house.people.accounts.change(replace(account, company=company))
    answer = Browser(house).enter("ai").ask("GET", "/places")
    assert answer.status_code == 200, answer.text
    return [one["line_operator"] for one in answer.json()]


def test_a_company_sees_its_own_lines(house: House) -> None:
    assert places(house, Role.TELECOM, company=OURS) == [OURS]


def test_a_telecom_operator_of_no_company_sees_none(house: House) -> None:
    assert places(house, Role.TELECOM) == []


def test_a_company_sees_its_lines_only_where_it_has_its_role(house: House) -> None:
    assert places(house, Role.TELECOM, company=THEIRS, code=DISTRICT) == []


def test_an_operator_sees_all_lines_of_its_subtree_and_no_others(house: House) -> None:
    seen = places(house, Role.OPERATOR, code=DISTRICT)
    assert OURS in seen and THEIRS not in seen


def test_whoever_has_the_province_sees_every_line(house: House) -> None:
    assert len(places(house, Role.ADMINISTRATOR)) == 145


def test_a_telecom_operator_reads_no_meeting(house: House) -> None:
    house.account("ai", Role.TELECOM, secret=SECRET)
    browser = Browser(house).enter("ai")
    answers = {browser.ask("GET", path).status_code for path in ("/meetings", "/conferences")}
    assert answers <= {403, 404}


def test_no_ticket_gives_a_telecom_operator_a_seat() -> None:
    meeting = Meeting(HandClock())
    for site in (SiteId("coast"), None):
        with pytest.raises(AdmissionError) as caught:
            admit(meeting.plan(), meeting.token(site, "telecom"), meeting.clock.wall_s())
        assert caught.value.code == "token_invalid"
