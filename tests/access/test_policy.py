"""The policy against the table: every deed, every role, inside and outside its subtree."""

import pytest

from nhipcau.access.actions import Action
from nhipcau.access.actor import (
    NOBODY,
    AccountId,
    Actor,
    ActorKind,
    Grant,
    GrantId,
    Target,
    in_force,
)
from nhipcau.access.policy import Allowed, Cause, Refused, allows, decide
from nhipcau.access.roles import ROLE_NAMES, Role, conflict, needs_second_factor
from nhipcau.access.rules import RULES
from nhipcau.ports.subjects import SUBJECTS
from nhipcau.quantities import ConferenceId, McuName, SiteId

from .expected import KINDS, OF_KINDS, OF_ROLES, ROLES

ME, OTHER = AccountId("me"), AccountId("other")
MEETING = ConferenceId("m")
# A province, its district, a commune of it; and another district.
INSIDE = Target(
    frozenset({"province", "district", "commune"}),
    MEETING,
    ME,
    SiteId("commune"),
    "VT",
    McuName("x"),
)
AT_THE_TOP = Target(frozenset({"province", "district"}), MEETING, ME, SiteId("district"), "VT")
OUTSIDE = Target(
    frozenset({"province", "neighbour"}),
    MEETING,
    OTHER,
    SiteId("neighbour"),
    "VT",
    McuName("y"),
)
ABOVE = Target(frozenset({"province"}), MEETING, OTHER, SiteId("province"), "VT")
NOWHERE = Target(owner=OTHER, company="VT")


def holder(role: Role, unit: str | None = "district") -> Actor:
    return Actor(ActorKind.ACCOUNT, ME, "ai", (Grant(GrantId("g"), role, unit),), company="VT")


def being(kind: ActorKind) -> Actor:
    seat = SiteId("commune") if kind in (ActorKind.DEVICE, ActorKind.GUEST) else None
    return Actor(kind, name="x", site=seat, meeting=MEETING if kind is ActorKind.GUEST else None)


def test_the_table_has_every_deed_and_every_role_and_no_other() -> None:
    assert set(OF_ROLES) == {(action, role) for action in Action for role in Role}
    assert set(OF_KINDS) == {(action, kind) for action in Action for kind in KINDS}
    assert {*KINDS, ActorKind.ACCOUNT} == set(ActorKind)
    assert set(RULES) == set(Action)
    assert (set(ROLES), set(ROLE_NAMES)) == (set(Role), set(Role))


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("action", list(Action))
def test_a_role_may_what_the_table_says(action: Action, role: Role) -> None:
    word = OF_ROLES[action, role]
    who = holder(role)
    inside = word != "."
    outside = word == "yes"
    assert [allows(who, action, on) for on in (INSIDE, AT_THE_TOP)] == [inside] * 2
    assert [allows(who, action, on) for on in (OUTSIDE, ABOVE, NOWHERE)] == [outside] * 3
    assert allows(who, action) == inside


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("action", list(Action))
def test_a_being_without_roles_may_what_the_table_says(action: Action, kind: ActorKind) -> None:
    word = OF_KINDS[action, kind]
    who = being(kind)
    assert allows(who, action, INSIDE) == (word != ".")
    assert allows(who, action, OUTSIDE) == (word == "yes")
    child = Target(frozenset({"commune", "hamlet"}), MEETING, None, SiteId("hamlet"))
    assert allows(who, action, child) == (word in ("yes", "in"))


@pytest.mark.parametrize("action", list(Action))
def test_everywhere_reaches_everything(action: Action) -> None:
    for role in Role:
        if OF_ROLES[action, role] in ("in", "co"):
            assert allows(holder(role, None), action, NOWHERE)


@pytest.mark.parametrize("action", list(Action))
def test_an_account_without_a_grant_has_only_itself(action: Action) -> None:
    who = Actor(ActorKind.ACCOUNT, ME, "ai")
    words = {OF_ROLES[action, role] for role in Role}
    for_all = words in ({"yes"}, {"own"}) and action is not Action.UNITS_READ
    assert allows(who, action, INSIDE) == for_all


@pytest.mark.parametrize("action", list(Action))
def test_while_the_second_factor_is_due_only_the_sign_in_goes_on(action: Action) -> None:
    who = Actor(ActorKind.ACCOUNT, ME, "ai", holder(Role.ADMINISTRATOR, None).grants, due=True)
    within = {Action.PUBLIC, Action.DEMO, Action.SIGN_IN, Action.SIGN_IN_STEP, Action.SELF_READ}
    assert allows(who, action, INSIDE) == (action in within)


def test_a_telecom_operator_sees_its_own_companys_lines_only() -> None:
    who = holder(Role.TELECOM)
    seen = [
        allows(who, Action.LINES_READ, Target(INSIDE.units, company=company))
        for company in ("VT", "Mạng khác", "")
    ]
    assert seen == [True, False, False]
    of_none = Actor(ActorKind.ACCOUNT, ME, "ai", who.grants)
    assert not allows(of_none, Action.LINES_READ, Target(INSIDE.units))


def test_a_grant_for_one_meeting_does_not_reach_another() -> None:
    grant = Grant(GrantId("g"), Role.CHAIR, "district", MEETING)
    who = Actor(ActorKind.ACCOUNT, ME, "ai", (grant,))
    assert decide(who, Action.LIVE_FLOOR, INSIDE) == Allowed(grant)
    elsewhere = Target(INSIDE.units, ConferenceId("another"))
    assert not allows(who, Action.LIVE_FLOOR, elsewhere)


def test_a_guest_has_its_own_seat_in_its_own_meeting_only() -> None:
    guest = being(ActorKind.GUEST)
    assert allows(guest, Action.LIVE_HAND, INSIDE)
    elsewhere = Target(INSIDE.units, ConferenceId("another"), site=guest.site)
    assert not allows(guest, Action.LIVE_HAND, elsewhere)


def test_a_grant_holds_from_its_first_second_until_before_its_last() -> None:
    grant = Grant(GrantId("g"), Role.CHAIR, None, from_s=10, until_s=20)
    held = [bool(in_force([grant], now)) for now in (9.9, 10, 19.9, 20)]
    assert held == [False, True, True, False]


@pytest.mark.parametrize(
    ("who", "action", "on", "cause"),
    [
        (NOBODY, Action.UNITS_READ, None, Cause.NOT_SIGNED_IN),
        (holder(Role.CHAIR), Action.ACCOUNTS_READ, None, Cause.ROLE),
        (holder(Role.ADMINISTRATOR), Action.ACCOUNTS_READ, OUTSIDE, Cause.OUTSIDE),
        (Actor(ActorKind.ACCOUNT, ME, due=True), Action.ROLES_READ, None, Cause.SECOND_FACTOR_DUE),
    ],
)
def test_a_refusal_names_its_cause(
    who: Actor, action: Action, on: Target | None, cause: Cause
) -> None:
    refused = decide(who, action, on)
    assert isinstance(refused, Refused)
    assert (refused.cause, bool(refused.detail)) == (cause, True)


def test_nobody_rewrites_the_audit_log_and_an_auditor_changes_nothing() -> None:
    changing = [action for action in Action if action.value.endswith((".change", ".import"))]
    others = [action for action in changing if action is not Action.SELF_CHANGE]
    assert len(others) >= 5
    for role in Role:
        assert not allows(holder(role, None), Action.AUDIT_REWRITE)
    assert not any(allows(holder(Role.AUDITOR, None), action) for action in others)


def test_an_auditor_holds_nothing_else() -> None:
    for role in set(Role) - {Role.AUDITOR}:
        assert conflict([role], Role.AUDITOR) is role
        assert conflict([Role.AUDITOR], role) is Role.AUDITOR
    assert conflict([Role.AUDITOR], Role.AUDITOR) is None
    assert conflict([Role.OPERATOR, Role.CHAIR], Role.ADMINISTRATOR) is None


def test_administrators_and_operators_need_a_second_factor() -> None:
    assert needs_second_factor([Role.CHAIR, Role.ADMINISTRATOR])
    assert needs_second_factor([Role.OPERATOR])
    assert not needs_second_factor([Role.CHAIR, Role.SECRETARY, Role.TECHNICIAN])


def test_every_subject_of_the_bus_is_refused_to_people() -> None:
    deeds = {deed for subject in SUBJECTS for deed in (subject.write, subject.read)}
    deeds.add(Action.BUS_REGISTRY_FOUND)
    assert deeds == {action for action in Action if action.value.startswith("bus.")}
    assert not any(allows(holder(role, None), deed) for role in Role for deed in deeds)
