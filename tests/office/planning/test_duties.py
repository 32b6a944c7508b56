"""Who does what, whom to call, what is done; lead times are watched."""

import pytest

from nhipcau.access.roles import Role
from nhipcau.office.planning.calling import calls
from nhipcau.office.planning.contacts import Contact, put_contacts, read_contacts
from nhipcau.office.planning.duties import (
    Check,
    Reply,
    check_off,
    confirm_attendance,
    duties,
    lead_times,
    mark_invited,
    replies,
)
from nhipcau.office.planning.errors import BadRequestError, MissingError, NotAllowedError
from nhipcau.office.planning.founding import keep_plan
from nhipcau.office.planning.inventory import list_mcus, put_mcu, remove_mcu
from nhipcau.office.planning.lineup import foresee_clashes, foresee_load
from nhipcau.office.planning.papers import Upload, approve_paper, upload_paper
from nhipcau.office.planning.printed import marks_of
from nhipcau.office.planning.reading import Sheet, read_meeting
from nhipcau.planning.forecast import Verdict
from nhipcau.planning.life import Step
from nhipcau.planning.lineup import Mcu
from nhipcau.planning.plan import Phase
from nhipcau.planning.rules import shipped_rules
from nhipcau.ports.cabinet import StaleCardError
from nhipcau.quantities import McuName

from ...planning.session import session, unit
from .desk import (
    CHAIR,
    MEETING,
    OPERATOR,
    SECRETARY,
    STRANGER,
    TECHNICIAN,
    Office,
    line_up,
    person,
)
from .pdfs import pdf

TELECOM = person("VNPT", Role.TELECOM)


@pytest.fixture
def office() -> Office:
    made = Office()
    made.approved()
    return made


def standings(office: Office) -> dict[str, str]:
    sheet = read_meeting(office.desk, SECRETARY, MEETING)
    return {one.rule.key: one.standing.value for one in lead_times(office.desk, sheet)}


def test_a_task_has_its_day_its_units_and_their_contacts(office: Office) -> None:
    contact = Contact(name="Nguyễn Văn Mẫu", duty="Trực trưởng", phone="+84 258 000 0001")
    assert put_contacts(office.desk, SECRETARY, unit("56.TTTT"), [contact], 0) == 1
    table = {duty.task.id: duty for duty in duties(office.desk, read(office))}
    lead = table["t8"]
    assert lead.due is not None and lead.due.begins is not None
    assert f"{lead.due.begins:%d/%m/%Y %H:%M}" == "25/01/2024 07:45"
    assert lead.contacts == {unit("56.TTTT"): (contact,)}
    everybody = table["t6"]
    assert len(everybody.units) + everybody.more == 8 + 136
    assert table["t13"].units == tuple(unit(str(code)) for code in range(568, 576))


def read(office: Office) -> Sheet:
    return read_meeting(office.desk, SECRETARY, MEETING)


def test_tasks_are_checked_off_with_time_and_name_by_whose_part_it_is(office: Office) -> None:
    office.clock.set(24, 15)
    check_off(office.desk, OPERATOR, MEETING, Check("t4", True))
    check_off(office.desk, TECHNICIAN, MEETING, Check("t6", True, unit("22633")))
    check_off(office.desk, TELECOM, MEETING, Check("t12", True))
    table = {duty.task.id: duty for duty in duties(office.desk, read(office))}
    assert table["t4"].checks[""].name == "Trực"
    assert table["t4"].checks[""].at_s == office.clock.wall_s()
    assert table["t6"].checks[unit("22633")].name == "Kỹ Thuật"
    check_off(office.desk, OPERATOR, MEETING, Check("t4", False))
    assert not duties(office.desk, read(office))[3].checks
    with pytest.raises(NotAllowedError):
        check_off(office.desk, TECHNICIAN, MEETING, Check("t6", True, unit("571")))
    with pytest.raises(NotAllowedError):
        check_off(office.desk, TECHNICIAN, MEETING, Check("t4", True))
    with pytest.raises(MissingError):
        check_off(office.desk, OPERATOR, MEETING, Check("t99", True))


def test_lead_times_are_watched(office: Office) -> None:
    assert standings(office) == dict.fromkeys(("invitation", "papers", "attendance"), "pending")
    office.clock.set(19)
    mark_invited(office.desk, SECRETARY, MEETING, "15/GM-UBND")
    office.clock.set(24)
    assert standings(office) == {"invitation": "done", "papers": "overdue", "attendance": "soon"}
    for paper in session().papers:
        file = upload_paper(office.desk, SECRETARY, MEETING, Upload(paper.id, "a.pdf", [pdf()]))
        approve_paper(office.desk, CHAIR, MEETING, paper.id, file.sha256)
    for invited in read(office).checked.invitation.units:
        confirm_attendance(office.desk, SECRETARY, MEETING, Reply(invited, True))
    assert standings(office) == {"invitation": "done", "papers": "late", "attendance": "done"}


def test_a_unit_answers_for_itself_and_for_no_other(office: Office) -> None:
    own = Reply(unit("22633"), True, ("Ông A", "Bà B"))
    confirm_attendance(office.desk, TECHNICIAN, MEETING, own)
    assert replies(office.desk, read(office))[unit("22633")].reply == own
    with pytest.raises(NotAllowedError):
        confirm_attendance(office.desk, TECHNICIAN, MEETING, Reply(unit("571"), True))
    with pytest.raises(MissingError):
        confirm_attendance(office.desk, SECRETARY, MEETING, Reply("nobody", True))


def test_an_invitation_is_issued_for_what_was_approved_only() -> None:
    office = Office()
    office.with_session()
    with pytest.raises(BadRequestError, match="Chưa duyệt"):
        mark_invited(office.desk, SECRETARY, MEETING, "1")


def test_contacts_are_kept_by_their_host_and_not_lost_to_a_later_page(office: Office) -> None:
    desk, place = office.desk, unit("571")
    put_contacts(desk, STRANGER, place, [Contact(name="A", phone="0258 3 822 222")], 0)
    with pytest.raises(StaleCardError):
        put_contacts(desk, SECRETARY, place, [Contact(name="B")], 0)
    assert read_contacts(desk, SECRETARY, place)[1][0].name == "A"
    with pytest.raises(NotAllowedError):
        put_contacts(desk, STRANGER, unit("568"), [], 0)
    with pytest.raises(MissingError):
        read_contacts(desk, SECRETARY, "nowhere")


@pytest.mark.parametrize("phone", ["gọi tôi", "+", "12", "0258;rm", "1" * 40])
def test_what_is_no_telephone_number_is_refused(phone: str) -> None:
    with pytest.raises(ValueError, match="telephone"):
        Contact(name="A", phone=phone)


def test_the_inventory_is_kept_by_operators_and_has_no_circles(office: Office) -> None:
    desk = office.desk
    assert [mcu.name for mcu, _ in list_mcus(desk, OPERATOR)][:2] == ["mcu-tinh", "mcu-568"]
    with pytest.raises(NotAllowedError):
        put_mcu(desk, SECRETARY, line_up()[0], None)
    root = Mcu(McuName("mcu-tinh"), "MCU tỉnh", uplink="mcu-568")
    with pytest.raises(BadRequestError, match="đi vòng"):
        put_mcu(desk, OPERATOR, root, None)
    lost = Mcu(McuName("m"), "M", uplink="nowhere")
    with pytest.raises(BadRequestError, match="nowhere"):
        put_mcu(desk, OPERATOR, lost, 0)
    remove_mcu(desk, OPERATOR, "mcu-du-phong", 1)
    codes = {problem.code for problem in read(office).checked.problems}
    assert codes == {"unknown_mcu"}


def test_load_and_clashes_are_foreseen(office: Office) -> None:
    made = foresee_load(office.desk, read(office))
    assert {str(one.mcu.name): one.sites for one in made.mcus}["mcu-568"] == 28
    assert all(one.lost.verdict is Verdict.CARRIES for one in made.mcus)
    assert foresee_clashes(office.desk, read(office)) == ()
    keep_plan(office.desk, SECRETARY, session(), meeting="phien-2")
    other = read_meeting(office.desk, SECRETARY, "phien-2")
    found = foresee_clashes(office.desk, other)
    assert [clash.kind for clash in found] == ["site"] * 145
    office.step(SECRETARY, Step.CANCEL)
    assert foresee_clashes(office.desk, other) == ()


def test_printed_papers_say_whom_to_call_and_what_is_done(office: Office) -> None:
    contact = Contact(name="Nguyễn Văn Mẫu", phone="+84 258 000 0001")
    put_contacts(office.desk, SECRETARY, unit("56.TTTT"), [contact], 0)
    office.clock.set(25, 7)
    check_off(office.desk, OPERATOR, MEETING, Check("t8", True))
    marks = marks_of(office.desk, MEETING)
    # A telephone number is not broken over two lines.
    number = "+84 258 000 0001".replace(" ", "\u00a0")
    assert marks.contacts[unit("56.TTTT")] == f"Nguyễn Văn Mẫu, {number}"
    assert marks.invited is None
    mark_invited(office.desk, SECRETARY, MEETING, "27/GM-UBND")
    assert marks_of(office.desk, MEETING).invited == ("27/GM-UBND", office.clock.wall_s())
    assert marks.done == {"t8": "07:00 25/01/2024, Trực"}
    assert marks_of(office.desk, "nothing").done == {}


def test_a_party_is_called_by_the_contacts_of_those_whom_it_stands_for(office: Office) -> None:
    lead = Contact(name="Trần Văn Mẫu", phone="0258 000 0003")
    other = Contact(name="Hoàng Văn Mẫu", phone="0258 000 0005", parties=("it_centre",))
    put_contacts(office.desk, SECRETARY, unit("56.TTTT"), [other, lead], None)
    found = calls(office.desk, read(office))
    # The department is the one that its own tasks name; what is another party's contact stays out.
    assert found["department"].units == {unit("56.TTTT"): (lead,)}
    assert list(found["chairing_office"].units) == [unit("56.VP")]
    assert (len(found["district"].units), found["district"].more) == (8, 0)
    assert (len(found["commune"].units), found["commune"].more) == (12, 124)


def test_every_party_has_a_task_to_begin_with_in_every_phase_and_each_names_its_source() -> None:
    rules = shipped_rules()
    pairs = {(party, duty.phase) for duty in rules.duties.values() for party in duty.parties}
    assert pairs == {(party, phase.value) for party in rules.parties for phase in Phase}
    assert all(duty.source for duty in rules.duties.values())
    assert not any(duty.days is not None and duty.minutes for duty in rules.duties.values())
