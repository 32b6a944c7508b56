"""The demo begins where its first speaker reports."""

from typing import Any

from nhipcau.app.demo_chair import next_command


def cue(name: str, *sites: str, state: str = "coming") -> dict[str, Any]:
    return {"cue": name, "state": state, "turns": [{"site": site} for site in sites]}


def scenario(*cues: dict[str, Any], at: dict[str, str] | None = None) -> dict[str, Any]:
    return {"revision": 7, "at": at, "cues": list(cues)}


def test_what_comes_before_the_speaker_is_passed_over_one_by_one_then_the_turn_begins() -> None:
    before, speaks = cue("c1", "56"), cue("c2", "573")
    skip = next_command(scenario(before, speaks), "573")
    assert skip == {"type": "cue_skip", "seen": 7, "cue": "c1"}
    begun = next_command(scenario(cue("c1", "56", state="skipped"), speaks), "573")
    assert begun == {"type": "cue_next", "seen": 7}


def test_a_scenario_that_runs_stays_as_it_is() -> None:
    assert next_command(scenario(cue("c1", "573"), at={"cue": "c1", "turn": "0"}), "573") is None


def test_without_a_turn_of_the_speaker_it_gets_the_floor_by_hand() -> None:
    by_hand = {"type": "give_floor", "site": "573"}
    assert next_command(scenario(cue("c1", "56")), "573") == by_hand
    assert next_command(None, "573") == by_hand
