"""Every item of the first session's run sheet is in our data, as it was written."""

import re
from datetime import date
from pathlib import Path

import pytest

from nhipcau.planning.leadtimes import due_time
from nhipcau.planning.plan import Case, Cue, CueKind, Phase, Task
from nhipcau.planning.timeline import clock_text, cue_minutes, span, timeline
from nhipcau.planning.workdays import vietnam_calendar

from .session import DAY, checked, session

SHEET = (Path(__file__).parent / "data" / "first-session.md").read_text(encoding="utf-8")
# The sheet glosses its Vietnamese in English; where it says something in English alone, this is it.
GLOSS = re.compile(r" \((?!≥ 60 min)[a-z≥][\x20-\x7e≥]*\)")
IN_VIETNAMESE = {
    "≥ 60 min": "≥ 60 phút",
    "chairing agency; each site": "Cơ quan chủ trì; từng điểm cầu",
    "145 technicians": "145 kỹ thuật viên",
}


def plain(cell: str) -> str:
    text = GLOSS.sub("", cell.strip()).replace("**", "")
    for english, vietnamese in IN_VIETNAMESE.items():
        text = text.replace(english, vietnamese)
    return "" if text == "–" else text


def table(number: int) -> list[list[str]]:
    """Return the rows of one of the sheet's tables, without its head."""
    found: list[list[list[str]]] = []
    for block in re.findall(r"(?:^\|.*\n?)+", SHEET, flags=re.MULTILINE):
        rows = [[plain(cell) for cell in line.split("|")[1:-1]] for line in block.splitlines()]
        found.append(rows[2:])
    return found[number]


@pytest.mark.parametrize(("row", "cue"), list(zip(table(1), session().cues, strict=True)))
def test_a_cue_is_as_on_the_sheet(row: list[str], cue: Cue) -> None:
    slot = {one.cue: one for one in timeline(session())}[cue.id]
    assert row == [
        cue.id.removeprefix("c"),
        clock_text(slot.begins_min),
        str(slot.ends_min - slot.begins_min),
        cue.title,
        cue.who,
        cue.picture,
        ", ".join(cue.papers),
        cue.note,
    ]


def test_the_sums_of_the_sheet_come_out() -> None:
    minutes = [cue_minutes(cue) for cue in session().cues]
    assert (len(minutes), sum(minutes[1:18]), minutes[18], minutes[19]) == (20, 146, 60, 10)
    ends = span(session())
    assert ends is not None and f"{ends.ends:%H:%M}" == "11:36"


@pytest.mark.parametrize(("row", "case"), list(zip(table(2), session().cases[:8], strict=True)))
def test_a_case_of_the_backup_plan_is_as_on_the_sheet(row: list[str], case: Case) -> None:
    announced = f'"{case.announce}"' if case.announce else ""
    assert row == [case.trigger, case.action, case.within, case.who, announced]


def written(task: Task) -> str:
    """Return when a task is due as the sheet writes it."""
    starts = session().header.opening()
    assert task.due is not None and starts is not None
    due = due_time(task.due, starts, vietnam_calendar())
    if due.begins is not None and due.day == DAY:
        until = f" to {due.ends:%H:%M}" if due.ends else ""
        day = "25/01 " if task.id == "t5" else ""
        return f"{day}{due.begins:%H:%M}{until}"
    at = f" {due.begins:%H:%M}" if due.begins else ""
    return f"{'≤ ' if task.due.at_latest else ''}{due.day:%d/%m}{at}"


@pytest.mark.parametrize(("row", "task"), list(zip(table(0), session().tasks[:8], strict=True)))
def test_a_task_is_as_on_the_sheet(row: list[str], task: Task) -> None:
    assert row == [written(task), task.text, task.who]
    assert task.phase is Phase.BEFORE


def test_what_comes_after_is_due_as_on_the_sheet() -> None:
    after = {task.text: task for task in session().tasks if task.phase is Phase.AFTER}
    opening = session().header.opening()
    assert opening is not None
    due = {
        text: due_time(task.due, opening, vietnam_calendar()).day
        for text, task in after.items()
        if task.due
    }
    assert due == {"Báo cáo kỹ thuật": date(2024, 1, 26), "Thông báo kết luận": date(2024, 2, 1)}
    form = next(text for text in after if text.startswith("Phiếu sự cố"))
    assert form.removeprefix("Phiếu sự cố: ") in SHEET


def test_title_day_and_papers_are_those_of_the_sheet() -> None:
    plan = session()
    assert f"Kịch bản: {plan.header.title}**" in SHEET
    for paper in plan.papers:
        assert f"{paper.id} {paper.title}" in SHEET
    assert [paper.id for paper in plan.papers if paper.restricted] == ["TL3"]


def test_the_session_has_145_sites_one_chair_and_nothing_wrong() -> None:
    made = checked()
    assert (len(made.invitation.sites), len(made.invitation.chairs)) == (145, 1)
    assert made.problems == ()


def test_split_vote_and_merge_are_cues() -> None:
    kinds = {cue.kind: cue for cue in session().cues}
    assert kinds[CueKind.SPLIT].split_level == "district"
    ballot = kinds[CueKind.VOTE].ballot
    assert ballot is not None and len(ballot.delegations) == 8
    assert kinds[CueKind.MERGE].title.startswith("Nhập lại")
