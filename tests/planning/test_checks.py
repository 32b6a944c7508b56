"""What is wrong with a plan is said at its row, and keeps nobody from writing."""

import pytest

from nhipcau.planning.editing import MovePart, RemovePart, SecretError, SetPart
from nhipcau.planning.problems import Severity

from .session import checked, codes, edit, field, problems, row, unit


def test_overlapping_times_are_shown_in_their_row() -> None:
    (problem,) = problems(row("cues/c0", minutes=20))
    assert (problem.part, problem.code, problem.field) == ("cues/c1", "overlap", "at")
    assert "08:00" in problem.text and "08:05" in problem.text and "5 phút" in problem.text


def test_a_gap_is_only_a_note() -> None:
    (problem,) = problems(row("cues/c0", minutes=10))
    assert (problem.code, problem.severity) == ("gap", Severity.NOTE)


def test_turns_longer_than_their_cue_are_an_impossible_time() -> None:
    assert codes(row("cues/c12", minutes=11)) == [("cues/c12", "turns_too_long")]
    assert codes(row("cues/c13", turn_minutes=3)) == [("cues/c13", "turns_too_long")]


def test_a_missing_speaker_is_shown_in_its_row() -> None:
    assert codes(row("cues/c5", turns=[])) == [("cues/c5", "no_speaker")]
    assert codes(row("cues/c5", turns=[{"speaker": "Sở Tài chính"}])) == [("cues/c5", "no_speaker")]


def test_a_speaker_who_is_no_participant_is_named() -> None:
    (problem,) = problems(row("participants/departments", kind="unit", unit=unit("56.TTTT")))[:1]
    assert problem.code == "speaker_no_participant"
    assert "Giám đốc Sở LĐ-TB&XH" in problem.text


def test_a_guest_may_speak_and_another_may_not() -> None:
    guest = SetPart(
        op="set",
        part="participants/bank",
        value={"kind": "guest", "name": "Ngân hàng", "unit": unit("56"), "role": "observing"},
    )
    assert codes(guest, row("cues/c5", turns=[{"guest": "bank"}])) == []
    assert codes(row("cues/c5", turns=[{"guest": "bank"}])) == [
        ("cues/c5", "speaker_no_participant")
    ]


def test_no_minutes_no_title_and_unknown_layouts_and_papers_are_told() -> None:
    found = codes(row("cues/c4", minutes=None, title="", layout="5x5", papers=["TL9"]))
    assert {code for _, code in found} == {
        "no_minutes",
        "missing",
        "unknown_layout",
        "unknown_paper",
    }


def test_a_paper_with_personal_data_is_not_shown() -> None:
    assert codes(row("cues/c4", papers=["TL3"])) == [("cues/c4", "restricted_paper")]


def test_a_vote_has_delegations_each_once_and_all_of_them_present() -> None:
    districts = [unit(str(code)) for code in range(568, 576)]

    def ballot(*delegations: str) -> list[tuple[str, str]]:
        return codes(row("cues/c15", ballot={"question": "Đồng ý?", "delegations": delegations}))

    assert codes(row("cues/c15", ballot=None)) == [("cues/c15", "no_ballot")]
    assert ballot() == [("cues/c15", "no_delegation")]
    assert ballot(*districts, districts[0]) == [("cues/c15", "delegation_twice")]
    assert ballot("nobody") == [("cues/c15", "delegation_no_participant")]


def test_what_is_split_is_merged_and_only_then() -> None:
    assert codes(RemovePart(op="remove", part="cues/c19")) == [("cues", "never_merged")]
    assert codes(RemovePart(op="remove", part="cues/c17")) == [("cues/c19", "not_split")]
    assert codes(row("cues/c16", kind="split", split_level="district")) == [
        ("cues/c17", "split_twice")
    ]
    assert codes(row("cues/c17", split_level="")) == [("cues/c17", "no_split_level")]
    moved = MovePart(op="move", part="cues/c19", after="c16")
    assert ("cues/c19", "not_split") in codes(moved)


def test_a_unit_invited_twice_is_told_at_once_with_the_lines_that_do() -> None:
    subtree = SetPart(
        op="set",
        part="participants/vanninh",
        value={"kind": "subtree", "unit": unit("571"), "role": "listening"},
    )
    found = [problem for problem in problems(subtree) if problem.code == "invited_twice"]
    assert {problem.part for problem in found} == {"participants/vanninh"}
    assert any("Vạn Ninh" in problem.text for problem in found)
    again = row("participants/again", kind="unit", unit=unit("22633"), role="listening")
    assert ("participants/again", "invited_twice") in codes(again)


def test_a_unit_picked_by_itself_keeps_its_own_role_within_a_level() -> None:
    invited = checked().invitation.units
    giang_ly = next(one for key, one in invited.items() if key == unit("22633"))
    assert (giang_ly.role.value, giang_ly.picks) == ("reporting", ("giang-ly", "communes"))


def test_one_chair_with_a_room_and_the_host_among_the_participants() -> None:
    assert codes(row("participants/hall", role="listening")) == [("participants", "no_chair")]
    assert codes(row("participants/office", role="chair")) == [("participants", "many_chairs")]
    assert ("participants", "host_absent") in codes(
        RemovePart(op="remove", part="participants/hall")
    )


def test_the_limit_of_sites_is_held() -> None:
    (problem,) = problems(field("site_limit", 144))
    assert problem.code == "too_many_sites" and "145" in problem.text and "144" in problem.text
    assert codes(field("site_limit", 145)) == []


def test_a_district_meets_its_own_communes_only() -> None:
    district = [field("kind", "district"), field("host", unit("571"))]
    (problem,) = [one for one in problems(*district) if one.code == "out_of_reach"]
    assert "và" in problem.text
    host = problems(field("kind", "district"))
    assert ("header/host", "host_level") in [(one.part, one.code) for one in host]


def test_a_header_says_what_it_lacks() -> None:
    empty = [field("title", ""), field("starts", None), field("host", ""), field("secret", None)]
    assert {part for part, code in codes(*empty) if code == "missing"} == {
        "header/title",
        "header/starts",
        "header/host",
        "header/secret",
    }
    assert codes(field("kind", "picnic"))[0] == ("header/kind", "unknown_kind")


def test_a_state_secret_is_refused_by_the_decree() -> None:
    with pytest.raises(SecretError, match="26/2020/NĐ-CP"):
        edit(field("secret", True))


def test_required_cases_parties_and_mcus_are_asked_for() -> None:
    assert codes(RemovePart(op="remove", part="cases/f8")) == [("cases", "case_missing")]
    assert codes(row("cases/f8", call=["nobody"])) == [("cases/f8", "unknown_party")]
    assert codes(row("tasks/t1", parties=[], units=[])) == [("tasks/t1", "no_party")]
    assert codes(row("standins/mcu-tinh", by=["mcu-tinh"])) == [
        ("standins/mcu-tinh", "own_stand_in")
    ]
    assert codes(row("standins/mcu-tinh", by=["mcu-x"])) == [("standins/mcu-tinh", "unknown_mcu")]
