"""Every signalling message has a deed, and the policy lets through what the conference allows."""

import pytest

from nhipcau.access.actions import Action
from nhipcau.access.policy import allows
from nhipcau.access.roles import Role
from nhipcau.web.deeds import DEEDS, message_types
from nhipcau.web.messages import ClientMessage

from ..access.expected import OF_ROLES
from ..access.test_policy import INSIDE, OUTSIDE, holder


def test_every_message_has_a_deed_of_a_live_meeting() -> None:
    assert set(DEEDS) == set(message_types())
    live = {action for action in Action if action.value.startswith("live.")}
    assert set(DEEDS.values()) == live


@pytest.mark.parametrize("message", message_types(), ids=lambda one: one.__name__)
@pytest.mark.parametrize("role", list(Role))
def test_a_message_is_taken_from_a_role_as_the_table_says(
    message: type[ClientMessage], role: Role
) -> None:
    deed = DEEDS[message]
    word = OF_ROLES[deed, role]
    assert allows(holder(role), deed, INSIDE) == (word != ".")
    assert allows(holder(role), deed, OUTSIDE) == (word == "yes")


def test_a_telecom_operator_gets_neither_picture_nor_sound() -> None:
    deeds = {deed for deed in DEEDS.values() if allows(holder(Role.TELECOM, None), deed)}
    assert deeds == {Action.LIVE_ENTER, Action.LIVE_STATISTICS}
