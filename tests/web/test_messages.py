"""The schema's words for districts, doors and the way back."""

import json
from typing import Any

import pytest

from nhipcau.web import messages as said
from nhipcau.web.messages import MalformedError, parse_message


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"type": "undo", "id": 1}, said.Undo(type="undo", id=1)),
        (
            {"type": "hands_via_parent", "on": True},
            said.HandsViaParent(type="hands_via_parent", on=True),
        ),
        (
            {"type": "forward_hand", "site": "573"},
            said.ForwardHand(type="forward_hand", site="573"),
        ),
        ({"type": "doors", "ask": False, "id": 0}, said.Doors(type="doors", ask=False, id=0)),
        ({"type": "admit", "site": "573"}, said.Admit(type="admit", site="573")),
    ],
)
def test_a_word_is_read_as_it_is_said(body: dict[str, Any], message: said.ClientMessage) -> None:
    assert parse_message(json.dumps(body)) == message


@pytest.mark.parametrize(
    "body",
    [
        {"type": "undo", "site": "573"},
        {"type": "hands_via_parent"},
        {"type": "forward_hand"},
        {"type": "doors", "ask": None},
        {"type": "admit", "site": ""},
        {"type": "admit", "site": "5" * 65},
        {"type": "admit", "site": "573", "id": -1},
    ],
)
def test_a_field_that_is_missing_wrong_or_unknown_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        parse_message(json.dumps(body))
