"""Meetings over HTTP: written by several, approved, changed, approved again; nothing is lost."""

from datetime import datetime
from typing import Any

import pytest

from nhipcau.office.planning.founding import keep_plan
from nhipcau.planning.life import State
from nhipcau.planning.parts import plan_of
from nhipcau.web.problems import MEDIA_TYPE

from ..planning.session import DAY
from .people import PROVINCE
from .planning import MEETING, PATH, Planner, author, patch, set_part


@pytest.fixture
def planner() -> Planner:
    return Planner()


def test_a_plan_comes_with_its_times_its_names_and_its_problems(planner: Planner) -> None:
    answer = planner.secretary.ask("GET", PATH)
    plan = answer.json()
    assert answer.headers["etag"] == '"1"'
    assert (plan["state"], plan["steps"], plan["edition"]) == ("draft", ["submit", "cancel"], None)
    times = {one["cue"]: one for one in plan["times"]}
    assert (times["c12"]["begins"], times["c12"]["turns"]) == ("09:27", ["09:27", "09:31", "09:35"])
    assert times["c0"]["starts_at"] == "2024-01-25T07:45:00+07:00"
    assert (plan["ends"], plan["count"]["sites"], plan["problems"]) == ("11:36", 145, [])
    names = plan["names"]
    assert names[planner.house.unit("573")]["name"] == "Huyện Khánh Vĩnh"
    assert plan["cues"][3]["papers"] == ["TL1", "TL2"]


def test_the_list_shows_what_one_writes_or_takes_part_in(planner: Planner) -> None:
    (head,) = planner.secretary.ask("GET", "/meetings").json()["meetings"]
    assert (head["id"], head["host_name"], head["starts"]) == (
        MEETING,
        "Tỉnh Khánh Hòa",
        "2024-01-25T07:45:00+07:00",
    )
    assert planner.district.ask("GET", "/meetings").json()["total"] == 0
    assert planner.district.ask("GET", PATH).status_code == 404
    planner.approved()
    assert planner.district.ask("GET", "/meetings").json()["total"] == 1
    assert planner.district.ask("GET", PATH).json()["edition"] == 1
    assert planner.secretary.ask("GET", "/meetings?state=draft").json()["total"] == 0


def test_overlap_and_a_speaker_who_is_no_participant_are_told_in_their_rows(
    planner: Planner,
) -> None:
    c0 = planner.secretary.ask("GET", PATH).json()["cues"][0]
    value = {key: one for key, one in c0.items() if key not in ("id", "place")}
    stranger = {"op": "remove", "part": "participants/giang-ly"}
    gone = {"op": "remove", "part": "participants/communes"}
    answer = planner.edit(1, set_part("cues/c0", {**value, "minutes": 20}), stranger, gone)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    found = {(one["part"], one["code"]) for one in answer.json()["plan"]["problems"]}
    assert found >= {("cues/c1", "overlap"), ("cues/c12", "speaker_no_participant")}
    assert all(one["text"] for one in answer.json()["plan"]["problems"])


def test_two_pages_edit_at_once(planner: Planner) -> None:
    first = planner.edit(1, set_part("header/venue", "Hội trường A"))
    assert (first.status_code, first.json()["merged"]) == (200, False)
    second = patch(planner.operator, 1, set_part("header/summary", "Tóm tắt"))
    assert (second.json()["merged"], second.json()["plan"]["header"]["venue"]) == (
        True,
        "Hội trường A",
    )
    third = patch(planner.operator, 1, set_part("header/venue", "Hội trường B"))
    assert (third.status_code, third.headers["content-type"]) == (409, MEDIA_TYPE)
    problem = third.json()
    assert problem["type"] == "urn:nhipcau:problem:conflict"
    (conflict,) = problem["conflicts"]
    assert (conflict["part"], conflict["theirs"], conflict["mine"]) == (
        "header/venue",
        "Hội trường A",
        "Hội trường B",
    )
    assert planner.secretary.ask("GET", PATH).json()["header"]["venue"] == "Hội trường A"


def test_planned_submitted_approved_changed_and_approved_again(planner: Planner) -> None:
    submitted = planner.step(planner.secretary, "submit")
    assert submitted.json()["plan"]["state"] == "submitted"
    seal = submitted.json()["plan"]["seal"]
    assert planner.step(planner.chair, "approve", seal="0" * 64).status_code == 409
    approved = planner.step(planner.chair, "approve", seal=seal).json()["plan"]
    (edition,) = approved["editions"]
    assert (edition["seal"], edition["approved"]["name"]) == (seal, "Chu-Toa")
    assert datetime.fromisoformat(edition["approved"]["at"]).timestamp() == 1_800_000_000
    assert planner.house.published == [MEETING]
    old = planner.edit(1, set_part("header/venue", "lén"))
    assert (old.status_code, old.json()["type"]) == (409, "urn:nhipcau:problem:frozen")
    draft = planner.step(planner.secretary, "revise").json()["plan"]
    stale = planner.edit(1, set_part("header/venue", "lén"))
    assert (stale.status_code, stale.json()["type"]) == (409, "urn:nhipcau:problem:outdated")
    assert stale.json()["revision"] == draft["revision"]
    planner.edit(draft["revision"], set_part("header/venue", "Hội trường lớn"))
    (change,) = planner.secretary.ask("GET", f"{PATH}/differences?before=1").json()
    assert (change["part"], change["fields"][0]["after"]) == ("header/venue", "Hội trường lớn")
    assert planner.approved().house.published == [MEETING, MEETING]
    history = planner.secretary.ask("GET", f"{PATH}/history").json()
    assert [one["step"] for one in history] == [
        "create",
        "submit",
        "approve",
        "revise",
        "edit",
        "submit",
        "approve",
    ]
    first = planner.secretary.ask("GET", f"{PATH}?edition=1").json()
    assert (first["seal"], first["header"]["venue"]) == (seal, "Hội trường Ủy ban nhân dân tỉnh")


def test_a_meeting_whose_mcu_has_no_place_left_is_not_started_and_stays_as_it_was(
    planner: Planner,
) -> None:
    planner.approved()
    told = list(planner.house.published)
    planner.house.without_place.add(MEETING)
    refused = planner.step(planner.operator, "start")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:nhipcau:problem:no_place")
    assert planner.house.plans.load(MEETING).head.state is State.APPROVED
    assert planner.house.published == told
    planner.house.without_place.clear()
    assert planner.step(planner.operator, "start").status_code == 200
    assert planner.house.plans.load(MEETING).head.state is State.LIVE


def test_a_plan_with_errors_is_not_submitted_and_says_which(planner: Planner) -> None:
    planner.edit(1, {"op": "remove", "part": "participants/hall"})
    answer = planner.step(planner.secretary, "submit")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:nhipcau:problem:unfit")
    assert "no_chair" in {one["code"] for one in answer.json()["problems"]}


def test_a_state_secret_names_the_decree(planner: Planner) -> None:
    answer = planner.edit(1, set_part("header/secret", True))
    assert answer.status_code == 422
    assert "26/2020/NĐ-CP" in answer.json()["detail"]


def test_a_room_that_is_taken_is_named(planner: Planner) -> None:
    planner.approved()
    plan = planner.house.plans.load(MEETING)
    house = planner.house
    keep_plan(house.desk, author(house, "thu-ky"), plan_of(plan.parts), meeting="phien-2")
    clashes = planner.secretary.ask("GET", "/meetings/phien-2/clashes").json()
    assert len(clashes) == 145 and clashes[0]["meeting"] == MEETING
    answer = planner.secretary.ask(
        "POST", "/meetings/phien-2/steps", {"step": "submit"}, {"If-Match": '"1"'}
    )
    assert answer.status_code == 409
    assert "đã có cuộc họp" in answer.json()["clashes"][0]["text"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 428),
        ({"If-Match": "1"}, 400),
        ({"If-Match": "*"}, 400),
        ({"If-Match": '"9"'}, 409),
        ({"If-Match": '"0"'}, 409),
    ],
)
def test_every_edit_names_the_revision_it_saw(
    planner: Planner, headers: dict[str, str], status: int
) -> None:
    body = {"changes": [set_part("header/venue", "A")]}
    assert planner.secretary.ask("PATCH", PATH, body, headers).status_code == status
    assert planner.house.plans.load(MEETING).head.revision == 1


@pytest.mark.parametrize(
    "change",
    [
        {"op": "set", "part": "header/title"},
        {"op": "dance", "part": "cues/c1"},
        {"op": "set", "part": "../../etc/passwd", "value": 1},
        {"op": "set", "part": "cues/c1", "value": "text"},
        {"op": "set", "part": "cues/c1", "value": {"minutes": 1e9}},
        {"op": "set", "part": "header/starts", "value": "yesterday"},
        {"op": "move", "part": "cues/c1"},
    ],
)
def test_bad_input_is_a_problem_and_nothing_is_written(
    planner: Planner, change: dict[str, object]
) -> None:
    answer = planner.edit(1, set_part("header/venue", "A"), change)
    assert (answer.status_code, answer.headers["content-type"]) == (422, MEDIA_TYPE)
    assert answer.json()["errors"]
    assert planner.house.plans.load(MEETING).head.revision == 1


def test_who_may_not_is_refused_and_recorded(planner: Planner) -> None:
    assert patch(planner.district, 1, set_part("header/venue", "A")).status_code == 404
    assert patch(planner.chair, 1, set_part("header/venue", "A")).status_code == 403
    assert planner.step(planner.chair, "submit").status_code == 403
    assert planner.step(planner.secretary, "submit").status_code == 200
    assert planner.step(planner.secretary, "approve").status_code == 403
    assert ("meetings.read", "role") in planner.house.outcomes()
    assert ("meetings.change", "done") in planner.house.outcomes()


def test_a_meeting_is_founded_copied_and_made_from_a_template(planner: Planner) -> None:
    host, secretary = planner.house.unit(PROVINCE), planner.secretary
    bare = secretary.ask("POST", "/meetings", {"host": host, "title": "Giao ban"})
    assert (bare.status_code, bare.headers["location"]) == (
        201,
        f"/api/v1/meetings/{bare.json()['id']}",
    )
    body = {"host": host, "from_meeting": MEETING, "starts": "2024-02-01T08:00:00"}
    copy = secretary.ask("POST", "/meetings", body).json()
    assert (len(copy["cues"]), copy["times"][0]["starts_at"]) == (20, "2024-02-01T07:45:00+07:00")
    made = secretary.ask("POST", "/templates", {"meeting": MEETING, "name": "Họp ba cấp"})
    assert made.status_code == 201 and made.json()["cues"] == 20
    (kept,) = secretary.ask("GET", "/templates").json()
    again = secretary.ask("POST", "/meetings", {"host": host, "from_template": kept["id"]})
    assert again.json()["header"]["starts"] is None
    assert secretary.ask("DELETE", f"/templates/{kept['id']}").status_code == 204
    assert planner.district.ask("POST", "/meetings", {"host": host}).status_code == 403


def test_what_a_page_offers_to_choose_from_is_there(planner: Planner) -> None:
    rules = planner.secretary.ask("GET", "/planning/rules").json()
    assert next(iter(rules["kinds"]))["key"] == "provincial"
    assert rules["layouts"]["1+8"] == "Một lớn, tám nhỏ"
    assert {"split", "merge", "vote"} <= set(rules["cue_kinds"])


def test_duties_deadlines_attendance_and_load_are_shown_and_marked(planner: Planner) -> None:
    house, secretary = planner.house, planner.secretary
    office = house.unit("56.TTTT")
    contact = {"name": "Nguyễn Văn Mẫu", "duty": "Trực trưởng", "phone": "+84 258 000 0001"}
    put = secretary.ask(
        "PUT", f"/units/{office}/contacts", {"contacts": [contact]}, {"If-Match": '"0"'}
    )
    assert (put.status_code, put.headers["etag"]) == (200, '"1"')
    late = secretary.ask("PUT", f"/units/{office}/contacts", {"contacts": []}, {"If-Match": '"0"'})
    assert late.status_code == 409
    planner.approved()
    check = f"{PATH}/duties/t8/check"
    assert planner.operator.ask("PUT", check, {"done": True}).status_code == 204
    duty = next(one for one in secretary.ask("GET", f"{PATH}/duties").json() if one["task"] == "t8")
    assert duty["begins"] == "2024-01-25T07:45:00+07:00"
    assert duty["units"][0]["contacts"][0]["phone"] == "+84 258 000 0001"
    assert duty["checks"][0]["by"]["name"] == "Truc"
    assert secretary.ask("PUT", f"{PATH}/invitation", {"number": "15/GM"}).status_code == 204
    standing = {
        one["key"]: (one["due"], one["standing"])
        for one in secretary.ask("GET", f"{PATH}/deadlines").json()
    }
    assert standing["invitation"] == ("2024-01-22", "late")
    assert standing["papers"] == ("2024-01-23", "overdue")
    unit = house.unit("573")
    reply = {"coming": True, "delegates": ["Chủ tịch UBND huyện"]}
    answered = planner.district.ask("PUT", f"{PATH}/attendance/{unit}", reply)
    assert answered.status_code == 204
    other = house.unit("575")
    assert planner.district.ask("PUT", f"{PATH}/attendance/{other}", reply).status_code == 403
    units = planner.district.ask("GET", f"{PATH}/attendance?limit=1000").json()["units"]
    mine = {one["unit"] for one in units if one["may_answer"]}
    assert unit in mine and other not in mine
    page = secretary.ask("GET", f"{PATH}/attendance?limit=3").json()
    assert (page["total"], page["coming"], len(page["units"])) == (158, 1, 3)
    load = secretary.ask("GET", f"{PATH}/forecast").json()
    assert {one["lost"]["verdict"] for one in load["mcus"]} == {"carries"}
    assert len(load["trunks"]) == 8


def test_the_line_up_is_kept_by_the_operator(planner: Planner) -> None:
    body = {"title": "MCU xã", "cores": 1, "line_bps": 10_000_000, "max_sites": 10}
    new = {"If-Match": '"0"'}
    assert planner.secretary.ask("PUT", "/line-up/mcu-x", body, new).status_code == 403
    made = planner.operator.ask("PUT", "/line-up/mcu-x", body, new)
    assert (made.status_code, made.json()["revision"]) == (200, 1)
    assert planner.operator.ask("PUT", "/line-up/mcu-x", body, new).status_code == 409
    names = [one["name"] for one in planner.operator.ask("GET", "/line-up").json()]
    assert "mcu-x" in names
    removed = planner.operator.ask("DELETE", "/line-up/mcu-x", None, {"If-Match": '"1"'})
    assert removed.status_code == 204


def test_the_tree_of_the_meetings_day_gives_the_names(planner: Planner) -> None:
    assert planner.house.units.current().as_of(DAY).day == DAY
    assert planner.secretary.ask("GET", f"{PATH}?edition=1").status_code == 404


def test_the_list_says_what_is_left_to_do(planner: Planner) -> None:
    (head,) = planner.secretary.ask("GET", "/meetings").json()["meetings"]
    assert (head["sites"], head["errors"]) == (145, 0)
    assert head["next"]["standing"] == "overdue" and head["next"]["key"] == "invitation"
    planner.edit(1, {"op": "remove", "part": "participants/hall"})
    (head,) = planner.secretary.ask("GET", "/meetings").json()["meetings"]
    assert head["errors"] >= 1


def test_what_every_site_will_see_is_arranged_as_the_mcu_would(planner: Planner) -> None:
    def seen(at: str) -> dict[str, Any]:
        sight: dict[str, Any] = planner.secretary.ask("GET", f"{PATH}/sight?at={at}").json()
        return sight

    report = seen("09:05")
    assert (report["cue"], report["turn"], report["program"]["layout"]) == ("c8", 0, "1+2")
    floor, chair, _ = report["program"]["boxes"]
    assert (floor["role"], floor["name"]) == ("floor", "Huyện Khánh Vĩnh")
    assert (chair["role"], chair["name"]) == ("chair", "Tỉnh Khánh Hòa")
    # Who speaks sees the chair large and itself nowhere.
    assert report["speaker"]["boxes"][0]["name"] == "Tỉnh Khánh Hòa"
    assert "Huyện Khánh Vĩnh" not in {box["name"] for box in report["speaker"]["boxes"]}
    # The second of three communes, four minutes each.
    assert (seen("09:31")["cue"], seen("09:31")["turn"]) == ("c12", 1)
    # In the discussion the chair gives the floor; before the first cue nobody has it.
    assert (seen("09:45")["cue"], seen("09:45")["turn"]) == ("c13", None)
    assert (seen("06:00")["cue"], seen("06:00")["program"]["layout"]) == ("", "4x4")
    assert planner.secretary.ask("GET", f"{PATH}/sight?at=25:00").status_code == 422
    assert planner.district.ask("GET", f"{PATH}/sight?at=09:05").status_code == 404
