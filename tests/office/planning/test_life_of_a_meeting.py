"""The first session is planned, checked, submitted, approved, changed, approved again."""

import pytest

from nhipcau.access.roles import Role
from nhipcau.office.planning.briefing import brief, briefings
from nhipcau.office.planning.desk import Author
from nhipcau.office.planning.errors import (
    BadRequestError,
    FrozenError,
    MissingError,
    NotAllowedError,
    OutdatedError,
    UnfitError,
)
from nhipcau.office.planning.founding import Founding, found_meeting, keep_plan
from nhipcau.office.planning.living import Wish, take_step
from nhipcau.office.planning.reading import (
    differences,
    history,
    list_meetings,
    parts_at,
    read_meeting,
)
from nhipcau.office.planning.templates import list_templates, make_template, remove_template
from nhipcau.office.planning.writing import edit_meeting
from nhipcau.planning.booking import ClashError
from nhipcau.planning.editing import ConflictError, RemovePart
from nhipcau.planning.life import LifeError, State, Step
from nhipcau.planning.parts import seal

from ...planning.session import field, row, session, unit
from .desk import (
    CHAIR,
    MEETING,
    NOBODY,
    OPERATOR,
    SECRETARY,
    STRANGER,
    TECHNICIAN,
    Office,
    person,
)


@pytest.fixture
def office() -> Office:
    made = Office()
    made.with_session()
    return made


def test_from_draft_to_approval_and_a_second_version_with_its_difference(office: Office) -> None:
    desk = office.desk
    assert read_meeting(desk, SECRETARY, MEETING).checked.problems == ()
    office.step(SECRETARY, Step.SUBMIT)
    office.clock.set(22)
    approved = office.step(CHAIR, Step.APPROVE)
    (edition,) = approved.editions
    assert (edition.number, edition.signed.account, edition.signed.name) == (
        1,
        "account:chủ tọa",
        "Chủ Tọa",
    )
    assert edition.signed.at_s == office.clock.wall_s()
    assert edition.seal == seal(approved.parts) and len(edition.seal) == 64
    draft = office.step(SECRETARY, Step.REVISE)
    assert draft.head.state is State.DRAFT
    edit_meeting(desk, SECRETARY, MEETING, draft.head.revision, [row("cues/c3", minutes=20)])
    (change,) = differences(desk, SECRETARY, MEETING, 1, None)
    assert (change.part, change.fields[0].before, change.fields[0].after) == ("cues/c3", 15, 20)
    office.step(SECRETARY, Step.SUBMIT)
    again = office.step(CHAIR, Step.APPROVE)
    assert [one.number for one in again.editions] == [1, 2]
    assert again.editions[0] == edition
    assert again.editions[1].seal != edition.seal
    assert [one.part for one in differences(desk, CHAIR, MEETING, 1, 2)] == ["cues/c3"]


def test_changes_can_be_thrown_away_and_the_approved_version_stands(office: Office) -> None:
    office.step(SECRETARY, Step.SUBMIT)
    approved = office.step(CHAIR, Step.APPROVE)
    draft = office.step(SECRETARY, Step.REVISE)
    edit_meeting(office.desk, SECRETARY, MEETING, draft.head.revision, [field("title", "Khác")])
    back = office.step(SECRETARY, Step.DISCARD)
    assert (back.head.state, back.head.title) == (State.APPROVED, session().header.title)
    assert seal(back.parts) == approved.editions[0].seal


def test_an_approved_plan_edited_by_an_old_page_is_refused_and_nothing_changes(
    office: Office,
) -> None:
    seen = office.desk.plans.load(MEETING).head.revision
    office.step(SECRETARY, Step.SUBMIT)
    office.step(CHAIR, Step.APPROVE)
    before = office.desk.plans.load(MEETING)
    with pytest.raises(FrozenError, match="phiên bản mới"):
        edit_meeting(office.desk, SECRETARY, MEETING, seen, [field("title", "lén")])
    assert office.desk.plans.load(MEETING) == before
    office.step(SECRETARY, Step.REVISE)
    with pytest.raises(OutdatedError, match="tải lại"):
        edit_meeting(office.desk, SECRETARY, MEETING, seen, [field("title", "lén")])


def test_two_who_edit_at_once_lose_nothing(office: Office) -> None:
    desk, seen = office.desk, office.desk.plans.load(MEETING).head.revision
    edit_meeting(desk, SECRETARY, MEETING, seen, [row("cues/c3", minutes=20)])
    second = edit_meeting(desk, OPERATOR, MEETING, seen, [row("cues/c4", note="micro 2")])
    assert second.merged and second.parts == ("cues/c4",)
    parts = second.record.parts
    assert (parts["cues/c3"]["minutes"], parts["cues/c4"]["note"]) == (20, "micro 2")
    with pytest.raises(ConflictError) as caught:
        edit_meeting(desk, OPERATOR, MEETING, seen, [row("cues/c3", minutes=25)])
    (conflict,) = caught.value.conflicts
    assert [text["minutes"] for text in (conflict.base, conflict.theirs, conflict.mine)] == [
        15,
        20,
        25,
    ]
    assert parts_at(desk, second.record, seen)["cues/c3"]["minutes"] == 15


def test_every_revision_says_who_and_what(office: Office) -> None:
    edit_meeting(office.desk, OPERATOR, MEETING, 1, [field("venue", "Hội trường B")])
    told = history(office.desk, SECRETARY, MEETING)
    assert [(one.revision, one.step, one.signed.name) for one in told] == [
        (1, "create", "Thư Ký"),
        (2, "edit", "Trực"),
    ]
    assert told[1].edit.before == {"header/venue": session().header.venue}
    assert [entry.more.get("step") for entry in office.trail.entries if "meeting" in entry.on] == [
        "create",
        "edit",
    ]


def test_a_plan_with_errors_is_not_submitted(office: Office) -> None:
    edit_meeting(office.desk, SECRETARY, MEETING, 1, [row("cues/c5", turns=[])])
    with pytest.raises(UnfitError) as caught:
        office.step(SECRETARY, Step.SUBMIT)
    assert [problem.part for problem in caught.value.problems] == ["cues/c5"]
    assert office.desk.plans.load(MEETING).head.state is State.DRAFT


def test_a_state_secret_is_refused_naming_the_decree(office: Office) -> None:
    with pytest.raises(BadRequestError, match="26/2020/NĐ-CP"):
        edit_meeting(office.desk, SECRETARY, MEETING, 1, [field("secret", True)])


def test_a_bad_change_among_good_ones_writes_none_of_them(office: Office) -> None:
    before = office.desk.plans.load(MEETING)
    with pytest.raises(BadRequestError) as caught:
        edit_meeting(
            office.desk, SECRETARY, MEETING, 1, [field("title", "gut"), row("cues/c3", minutes=-5)]
        )
    assert any("cues/c3/minutes" in line for line in caught.value.errors)
    assert office.desk.plans.load(MEETING) == before


def test_two_meetings_at_once_in_one_room_are_refused_by_name(office: Office) -> None:
    office.step(SECRETARY, Step.SUBMIT)
    keep_plan(office.desk, SECRETARY, session(), meeting="phien-2")
    with pytest.raises(ClashError) as caught:
        office.step(SECRETARY, Step.SUBMIT, "phien-2")
    texts = [clash.text for clash in caught.value.clashes]
    assert any("Tỉnh Khánh Hòa" in text and "chăm lo Tết" in text for text in texts)
    assert office.desk.plans.load("phien-2").head.state is State.DRAFT
    office.step(SECRETARY, Step.CANCEL)
    office.step(SECRETARY, Step.SUBMIT, "phien-2")


def test_who_may_do_what(office: Office) -> None:
    desk = office.desk
    for author in (STRANGER, TECHNICIAN, NOBODY):
        with pytest.raises((NotAllowedError, MissingError)):
            edit_meeting(desk, author, MEETING, 1, [field("title", "x")])
        with pytest.raises(MissingError):
            read_meeting(desk, author, MEETING)
        assert list_meetings(desk, author) == []
    with pytest.raises(NotAllowedError):
        office.step(CHAIR, Step.SUBMIT)
    office.step(SECRETARY, Step.SUBMIT)
    with pytest.raises(NotAllowedError):
        office.step(SECRETARY, Step.APPROVE)
    other = person("chủ tọa huyện", Role.CHAIR, "571")
    with pytest.raises(MissingError):
        office.step(other, Step.APPROVE)


def test_a_room_that_takes_part_sees_what_was_approved_and_no_draft(office: Office) -> None:
    office.step(SECRETARY, Step.SUBMIT)
    office.step(CHAIR, Step.APPROVE)
    draft = office.step(SECRETARY, Step.REVISE)
    edit_meeting(office.desk, SECRETARY, MEETING, draft.head.revision, [field("title", "Khác")])
    assert read_meeting(office.desk, SECRETARY, MEETING).plan.header.title == "Khác"
    seen = read_meeting(office.desk, TECHNICIAN, MEETING)
    assert seen.plan.header.title == session().header.title
    with pytest.raises(MissingError):
        history(office.desk, TECHNICIAN, MEETING)


@pytest.mark.parametrize("author", [SECRETARY, CHAIR])
def test_a_step_on_what_has_changed_since_is_refused(office: Office, author: Author) -> None:
    edit_meeting(office.desk, SECRETARY, MEETING, 1, [field("title", "Khác")])
    with pytest.raises(OutdatedError):
        take_step(office.desk, SECRETARY, MEETING, Wish(Step.SUBMIT, 1))
    office.step(SECRETARY, Step.SUBMIT)
    wrong = Wish(Step.APPROVE, 3, seal="0" * 64)
    with pytest.raises(OutdatedError):
        take_step(office.desk, CHAIR, MEETING, wrong)
    with pytest.raises(LifeError, match="đã trình duyệt"):
        office.step(SECRETARY, Step.REVISE)


def test_a_meeting_is_founded_cloned_and_made_from_a_template(office: Office) -> None:
    desk = office.desk
    bare = found_meeting(desk, SECRETARY, Founding(unit("56"), title="Giao ban"))
    assert (bare.head.title, bare.head.state, bare.head.starts_s) == ("Giao ban", "draft", None)
    clone = found_meeting(desk, SECRETARY, Founding(unit("56"), meeting=MEETING))
    assert clone.head.id != MEETING and clone.parts["cues/c3"]["minutes"] == 15
    # Whether its content is secret is asked anew.
    assert clone.parts["header/secret"] is None
    template = make_template(desk, SECRETARY, MEETING, "  Họp ba cấp ")
    assert (template.name, template.cues) == ("Họp ba cấp", 20)
    assert list_templates(desk, STRANGER) == []
    made = found_meeting(desk, SECRETARY, Founding(unit("56"), template=template.id))
    assert made.parts["header/starts"] is None and "cues/c19" in made.parts
    remove_template(desk, SECRETARY, template.id)
    with pytest.raises(MissingError):
        found_meeting(desk, SECRETARY, Founding(unit("56"), template=template.id))


@pytest.mark.parametrize("founding", [Founding("nowhere"), Founding("")])
def test_a_meeting_needs_a_host_that_is_there(office: Office, founding: Founding) -> None:
    with pytest.raises(BadRequestError):
        found_meeting(office.desk, SECRETARY, founding)
    with pytest.raises(NotAllowedError):
        found_meeting(office.desk, STRANGER, Founding(unit("56")))


def test_the_live_plane_is_told_what_was_approved(office: Office) -> None:
    with pytest.raises(BadRequestError, match="chưa được duyệt"):
        brief(office.desk, office.desk.plans.load(MEETING))
    office.step(SECRETARY, Step.SUBMIT)
    record = office.step(CHAIR, Step.APPROVE)
    told = brief(office.desk, record)
    assert (told.meeting, told.mcu, told.mcu_url, told.chair_site) == (
        MEETING,
        "mcu-tinh",
        "http://mcu-tinh",
        "56",
    )
    sites = {str(site.site): site for site in told.sites}
    assert len(sites) == 145 and told.sites[0].site == "56"
    assert (sites["22633"].name, sites["22633"].parent) == ("Xã Giang Ly", "573")
    assert sites["573"].parent == "56"
    assert [one.meeting for one in briefings(office.desk)] == [MEETING]
    office.clock.set(26)
    assert briefings(office.desk) == []


def test_a_meeting_is_started_and_ended_and_lets_go_of_its_rooms(office: Office) -> None:
    office.step(SECRETARY, Step.SUBMIT)
    office.step(CHAIR, Step.APPROVE)
    office.step(OPERATOR, Step.START)
    with pytest.raises(FrozenError):
        edit_meeting(office.desk, SECRETARY, MEETING, 4, [field("title", "x")])
    office.step(CHAIR, Step.END)
    keep_plan(office.desk, SECRETARY, session(), meeting="phien-2")
    office.step(SECRETARY, Step.SUBMIT, "phien-2")


def test_a_row_removed_and_a_chair_gone_are_told_at_submission(office: Office) -> None:
    removed = RemovePart(op="remove", part="participants/hall")
    edit_meeting(office.desk, SECRETARY, MEETING, 1, [removed])
    with pytest.raises(UnfitError) as caught:
        office.step(SECRETARY, Step.SUBMIT)
    assert "no_chair" in {problem.code for problem in caught.value.problems}
