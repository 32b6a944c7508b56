"""What is wrong with the scenario, cue by cue."""

from collections.abc import Iterator

from nhipcau.planning.inviting import Invitation
from nhipcau.planning.plan import Cue, CueKind, Plan, Turn
from nhipcau.planning.problems import Problem, Severity
from nhipcau.planning.timeline import (
    DAY_MIN,
    Slot,
    clock_text,
    cue_minutes,
    timeline,
    turns_together,
)

# In these nobody needs to be named as speaker.
_NEED_NO_SPEAKER = frozenset({CueKind.BREAK, CueKind.DISCUSSION, CueKind.VOTE, CueKind.ROLL_CALL})


def cue_problems(plan: Plan, who: Invitation, layouts: frozenset[str]) -> Iterator[Problem]:
    """Yield what is wrong with each cue, in the order of the scenario."""
    if not plan.cues:
        yield Problem("cues", "missing", "Kịch bản chưa có mục nào.")
        return
    restricted = {paper.id: paper.restricted for paper in plan.papers}
    split = False
    for cue, slot in zip(plan.cues, timeline(plan), strict=True):
        yield from _shape(cue, layouts)
        yield from _time(cue, slot)
        yield from _speakers(cue, who)
        yield from _papers(cue, restricted)
        yield from _vote(cue, who)
        yield from _order(cue, split)
        split = cue.kind is CueKind.SPLIT or (split and cue.kind is not CueKind.MERGE)
    if split:
        text = "Đã tách phiên mà không nhập lại."
        yield Problem("cues", "never_merged", text, severity=Severity.WARNING)


def _shape(cue: Cue, layouts: frozenset[str]) -> Iterator[Problem]:
    part = f"cues/{cue.id}"
    if not cue.title:
        yield Problem(part, "missing", "Chưa có nội dung của mục.", "title")
    if cue.layout not in layouts | {"auto"}:
        text = f"Không có bố cục “{cue.layout}”."
        yield Problem(part, "unknown_layout", text, "layout", values={"layout": cue.layout})


def _time(cue: Cue, slot: Slot) -> Iterator[Problem]:
    part = f"cues/{cue.id}"
    if cue_minutes(cue) == 0:
        yield Problem(part, "no_minutes", "Chưa có thời lượng.", "minutes")
    if slot.gap_min < 0:
        ended = clock_text(slot.begins_min - slot.gap_min)
        text = f"Bắt đầu {cue.at} khi mục trước đến {ended} mới xong (chồng {-slot.gap_min} phút)."
        values = {"at": cue.at or "", "ended": ended, "minutes": str(-slot.gap_min)}
        yield Problem(part, "overlap", text, "at", values=values)
    elif slot.gap_min > 0:
        text = f"Trống {slot.gap_min} phút trước mục này."
        values = {"minutes": str(slot.gap_min)}
        yield Problem(part, "gap", text, "at", Severity.NOTE, values)
    together = turns_together(cue)
    if cue.minutes is not None and together > cue.minutes:
        text = f"Các lượt nói cộng lại {together} phút, mục chỉ có {cue.minutes} phút."
        values = {"turns": str(together), "minutes": str(cue.minutes)}
        yield Problem(part, "turns_too_long", text, "turns", values=values)
    if slot.ends_min > DAY_MIN:
        ends = clock_text(slot.ends_min)
        text = f"Kéo dài qua nửa đêm, đến {ends}."
        yield Problem(part, "past_midnight", text, "minutes", Severity.WARNING, {"ends": ends})


def _speakers(cue: Cue, who: Invitation) -> Iterator[Problem]:
    part = f"cues/{cue.id}"
    if not cue.turns and cue.kind not in _NEED_NO_SPEAKER:
        yield Problem(part, "no_speaker", "Chưa có người nói.", "turns")
    for number, turn in enumerate(cue.turns, 1):
        field, values = f"turns/{number - 1}", {"turn": str(number), "speaker": turn.speaker}
        if not turn.unit and not turn.guest:
            text = f"Lượt {number} chưa có điểm cầu của người nói."
            yield Problem(part, "no_speaker", text, field, values=values)
        elif not _takes_part(turn, who):
            name = _name(turn, who)
            text = f"{name} nói ở lượt {number} nhưng không có trong thành phần tham dự."
            yield Problem(part, "speaker_no_participant", text, field, values=values)


def _takes_part(turn: Turn, who: Invitation) -> bool:
    return turn.guest in who.guests if turn.guest else who.has(turn.unit)


def _name(turn: Turn, who: Invitation) -> str:
    version = next((one for key, one in who.view.units.items() if key == turn.unit), None)
    return turn.speaker or ("Khách mời" if version is None else version.name)


def _papers(cue: Cue, restricted: dict[str, bool]) -> Iterator[Problem]:
    part = f"cues/{cue.id}"
    for paper in cue.papers:
        values = {"paper": paper}
        if paper not in restricted:
            text = f"Không có tài liệu “{paper}”."
            yield Problem(part, "unknown_paper", text, "papers", values=values)
        elif restricted[paper]:
            text = f"{paper} có dữ liệu cá nhân: không trình chiếu."
            yield Problem(part, "restricted_paper", text, "papers", values=values)


def _vote(cue: Cue, who: Invitation) -> Iterator[Problem]:
    part = f"cues/{cue.id}"
    if cue.kind is CueKind.VOTE and cue.ballot is None:
        yield Problem(part, "no_ballot", "Chưa có nội dung biểu quyết.", "ballot")
    if cue.ballot is None:
        return
    if not cue.ballot.delegations:
        yield Problem(part, "no_delegation", "Chưa có đoàn nào biểu quyết.", "ballot")
    if len(set(cue.ballot.delegations)) < len(cue.ballot.delegations):
        text = "Một đoàn chỉ biểu quyết một lần."
        yield Problem(part, "delegation_twice", text, "ballot")
    for unit in cue.ballot.delegations:
        if not who.has(unit):
            text = "Đoàn biểu quyết không có trong thành phần tham dự."
            values = {"unit": unit}
            yield Problem(part, "delegation_no_participant", text, "ballot", values=values)


def _order(cue: Cue, split: bool) -> Iterator[Problem]:
    part = f"cues/{cue.id}"
    if cue.kind is CueKind.SPLIT and split:
        yield Problem(part, "split_twice", "Phiên đã tách rồi.", "kind")
    if cue.kind is CueKind.SPLIT and not cue.split_level:
        yield Problem(part, "no_split_level", "Chưa chọn cấp tách phiên.", "split_level")
    if cue.kind is CueKind.MERGE and not split:
        yield Problem(part, "not_split", "Nhập lại khi chưa tách phiên.", "kind")
