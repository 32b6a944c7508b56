"""Text cues: to one site, to a part of the tree, to all; the newest that is meant counts."""

import pytest

from nhipcau.conference import RefusalCode
from nhipcau.conference import commands as c
from nhipcau.conference.prompt import MAX_LETTERS, prompt_for
from nhipcau.conference.state import MAX_PROMPTS
from nhipcau.quantities import SiteId

from .meeting import (
    CHAIR,
    CONSOLE,
    GIANG_LY,
    HALL,
    KHANH_VINH,
    NHA_TRANG,
    SITES,
    STRANGER,
    VAN_THANH,
    Meeting,
    opened,
    operator,
    room,
)


def read(meeting: Meeting) -> dict[SiteId, str]:
    prompts = {site: prompt_for(meeting.state, site) for site in SITES}
    return {site: prompt.text for site, prompt in prompts.items() if prompt is not None}


def test_a_text_reaches_one_site_a_part_of_the_tree_or_all() -> None:
    meeting = opened(*SITES)
    meeting.does(c.SendPrompt(CONSOLE, "Mời về chỗ"))
    assert read(meeting) == dict.fromkeys(SITES, "Mời về chỗ")
    meeting.does(c.SendPrompt(CHAIR, "Nói gần micro", KHANH_VINH, subtree=True))
    assert read(meeting)[GIANG_LY] == read(meeting)[KHANH_VINH] == "Nói gần micro"
    assert read(meeting)[VAN_THANH] == "Mời về chỗ"
    meeting.does(c.SendPrompt(CHAIR, "Bật đèn", KHANH_VINH))
    assert (read(meeting)[KHANH_VINH], read(meeting)[GIANG_LY]) == ("Bật đèn", "Nói gần micro")


def test_an_empty_text_takes_away_what_was_shown_there() -> None:
    meeting = opened(*SITES)
    meeting.does(c.SendPrompt(CONSOLE, "Mời về chỗ"))
    meeting.does(c.SendPrompt(CONSOLE, "", NHA_TRANG))
    assert NHA_TRANG not in read(meeting)
    assert read(meeting)[HALL] == "Mời về chỗ"


def test_a_text_says_until_when_it_is_shown_and_the_newest_are_kept() -> None:
    meeting = opened(*SITES)
    for number in range(MAX_PROMPTS + 5):
        meeting.does(c.SendPrompt(CONSOLE, f"Nhắc {number}", shown_s=30))
    newest = prompt_for(meeting.state, HALL)
    assert newest is not None
    assert newest.until_ms == round(meeting.now * 1000) + 30_000
    assert (newest.number, len(meeting.state.prompts)) == (MAX_PROMPTS + 5, MAX_PROMPTS)


def test_an_operator_writes_to_its_own_part_of_the_tree() -> None:
    meeting = opened(*SITES)
    meeting.does(c.SendPrompt(operator(KHANH_VINH), "Bật đèn", KHANH_VINH, subtree=True))
    for site in (None, NHA_TRANG):
        command = c.SendPrompt(operator(KHANH_VINH), "Bật đèn", site)
        assert meeting.refuses(command) is RefusalCode.NOT_ALLOWED


@pytest.mark.parametrize(
    "command",
    [
        c.SendPrompt(room(HALL), "x"),
        c.SendPrompt(CHAIR, "x", STRANGER),
        c.SendPrompt(CHAIR, "x" * (MAX_LETTERS + 1)),
        c.SendPrompt(CHAIR, "x", shown_s=0),
        c.SendPrompt(CHAIR, "x", shown_s=3601),
    ],
)
def test_an_unfit_text_is_not_sent(command: c.Command) -> None:
    assert opened(*SITES).refuses(command) is RefusalCode.NOT_ALLOWED
