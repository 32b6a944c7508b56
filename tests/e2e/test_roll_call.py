"""The roll is called in real pages: three rooms in Chromium, synthetic ones, and the absent.

chair's page ─ press ─▶ MCU ─ two seconds of each ─▶ who is here; a room's technician presses
"""

from functools import partial

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import COMMUNE, DISTRICT, HALL
from tests.e2e.desk import Desk
from tests.e2e.meeting import calm
from tests.e2e.room import Room
from tests.e2e.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

_SYNTHETIC = "573"
_ABSENT = "22384"
_ROLL_S = 90.0


def test_the_roll_is_called_and_a_missing_site_is_confirmed_by_telephone(
    chair: Page, desk: Desk, rooms: dict[str, Room]
) -> None:
    calm(desk, rooms)
    chair.get_by_test_id("roll-start").click()
    room = rooms[DISTRICT].page
    room.get_by_test_id("here").wait_for()
    room.get_by_test_id("here").click()
    chair.get_by_test_id("roll-again").wait_for(timeout=1000 * _ROLL_S)
    found = desk.roll
    standing = {line["site"]: line["standing"] for line in found["sites"]}
    evidence = {line["site"]: line["evidence"] for line in found["sites"]}
    assert standing[DISTRICT] == "confirmed", evidence[DISTRICT]
    assert standing[HALL] == standing[COMMUNE] == "seen", (evidence[HALL], evidence[COMMUNE])
    assert standing[_SYNTHETIC] == "seen", evidence[_SYNTHETIC]
    assert standing[_ABSENT] == "missing"
    assert len(found["sites"]) == 145
    # Nobody else saw or heard it: the microphones are as closed as before.
    assert not desk.row(COMMUNE)["mic"]
    line = chair.locator(f'[data-testid=roll-line][data-site="{_ABSENT}"]')
    line.get_by_test_id("roll-confirm").click()
    eventually(partial(_confirmed, desk), "the chair's word for it")
    line.wait_for(state="detached")
    assert room.get_by_test_id("roll-answer").count() == 0


def _confirmed(desk: Desk) -> bool:
    lines = {line["site"]: line for line in desk.roll["sites"]}
    return bool(lines[_ABSENT]["standing"] == "confirmed" and lines[_ABSENT]["confirmed_ms"])
