"""The demo's meeting is made by planning, once, and the live plane is told of it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from nhipcau.app.demo_accounts import demo_accounts
from nhipcau.app.demo_session import plan_demo
from nhipcau.office.planning.briefing import briefings
from nhipcau.office.planning.duties import lead_times
from nhipcau.office.planning.inventory import mcus
from nhipcau.office.planning.lineup import foresee_load
from nhipcau.office.planning.reading import lay_out
from nhipcau.planning.forecast import Verdict
from nhipcau.planning.life import State
from nhipcau.planning.timeline import span
from nhipcau.quantities import ConferenceId, McuName
from nhipcau.settings import DemoMcu, DemoSettings

from ..office.planning.desk import Office

MEETING = ConferenceId("phien-ba-cap")


def demo(url: str = "http://127.0.0.1:1") -> DemoSettings:
    return DemoSettings(
        conference=MEETING,
        mcus=(DemoMcu(name=McuName("mcu-tinh"), url=url),),
        accounts=demo_accounts(),
    )


def test_the_first_session_is_planned_approved_and_live() -> None:
    office = Office()
    plan_demo(office.desk, demo())
    record = office.desk.plans.load(MEETING)
    sheet = lay_out(office.desk, record)
    assert (record.head.state, record.head.editions) == (State.LIVE, 1)
    assert record.editions[0].signed.name == "Chủ tọa (tỉnh)"
    assert sheet.checked.problems == () and len(sheet.plan.cues) == 20
    time = span(sheet.plan)
    assert time is not None and f"{time.ends:%H:%M %d/%m/%Y}" == "11:36 25/01/2024"
    standing = {one.rule.key: one.standing.value for one in lead_times(office.desk, sheet)}
    assert standing["invitation"] == "done"


def test_the_live_plane_is_told_of_its_145_sites() -> None:
    office = Office()
    plan_demo(office.desk, demo())
    (meeting,) = briefings(office.desk)
    assert (meeting.meeting, meeting.mcu, meeting.chair_site) == (MEETING, "mcu-tinh", "56")
    assert len(meeting.sites) == 145
    assert meeting.title.startswith("Hội nghị trực tuyến ba cấp")


def test_the_live_plane_is_told_of_its_20_cues_with_rooms_for_units() -> None:
    office = Office()
    plan_demo(office.desk, demo())
    (meeting,) = briefings(office.desk)
    cues = {cue.cue: cue for cue in meeting.scenario}
    assert [*cues] == [f"c{n}" for n in range(20)]
    # The Fatherland Front's department has no room of its own and speaks from the hall.
    assert [turn.site for turn in cues["c4"].turns] == [meeting.chair_site]
    assert [turn.site for turn in cues["c12"].turns] == ["22633", "22735", "22519"]
    assert (cues["c8"].minutes, cues["c8"].layout, cues["c8"].fixed) == (7, "1+2", False)
    opening = datetime(2024, 1, 25, 7, 45, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    assert cues["c0"].planned_ms == opening.timestamp() * 1000 and cues["c0"].fixed
    ballot = cues["c15"].ballot
    assert ballot is not None and len(ballot.delegations) == 8


def test_its_line_up_carries_the_loss_of_any_mcu() -> None:
    office = Office()
    plan_demo(office.desk, demo())
    made = foresee_load(office.desk, lay_out(office.desk, office.desk.plans.load(MEETING)))
    assert all(one.fits and one.lost.verdict is Verdict.CARRIES for one in made.mcus)
    assert len(made.trunks) == 8


def test_a_second_start_keeps_the_meeting_and_takes_the_new_address() -> None:
    office = Office()
    plan_demo(office.desk, demo())
    before = office.desk.plans.load(MEETING)
    plan_demo(office.desk, demo("http://127.0.0.1:2"))
    assert office.desk.plans.load(MEETING) == before
    assert mcus(office.desk)[0].url == "http://127.0.0.1:2"
