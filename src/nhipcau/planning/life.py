"""The life of a meeting.

              ┌───────── send_back ─────────┐
    draft ────┴─ submit ──▶ submitted ── approve ──▶ approved ── start ──▶ live ── end ──▶ ended
      ▲                                              │   ▲
      └───────────────── revise ─────────────────────┘   │ discard (back to what was approved)
      └──────────────────────────────────────────────────┘

An approved plan is frozen. To change it is to write a new version, which is approved again; until
then the one approved before is in force. Whoever cancels a meeting lets go of its rooms.
"""

from enum import StrEnum


class State(StrEnum):
    """Where a meeting is in its life."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    LIVE = "live"
    ENDED = "ended"
    CANCELLED = "cancelled"


class Step(StrEnum):
    """What moves it on."""

    SUBMIT = "submit"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    REVISE = "revise"
    DISCARD = "discard"
    START = "start"
    END = "end"
    CANCEL = "cancel"


class LifeError(Exception):
    """The step can't be taken from where the meeting is."""

    def __init__(self, state: State, step: Step) -> None:
        self.state = state
        self.step = step
        super().__init__(f"Cuộc họp đang ở trạng thái “{STATE_NAMES[state]}”: {_WHY_NOT[step]}")


STATE_NAMES = {
    State.DRAFT: "dự thảo",
    State.SUBMITTED: "đã trình duyệt",
    State.APPROVED: "đã duyệt",
    State.LIVE: "đang họp",
    State.ENDED: "đã kết thúc",
    State.CANCELLED: "đã hủy",
}
_WHY_NOT = {
    Step.SUBMIT: "chỉ trình duyệt được bản dự thảo.",
    Step.SEND_BACK: "chỉ trả lại được bản đã trình duyệt.",
    Step.APPROVE: "chỉ duyệt được bản đã trình duyệt.",
    Step.REVISE: "chỉ lập phiên bản mới từ bản đã duyệt.",
    Step.DISCARD: "chỉ bỏ được thay đổi của một bản đã có lần duyệt trước.",
    Step.START: "chỉ bắt đầu được cuộc họp đã duyệt.",
    Step.END: "chỉ kết thúc được cuộc họp đang diễn ra.",
    Step.CANCEL: "không hủy được nữa.",
}
_STEPS = {
    (State.DRAFT, Step.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Step.SEND_BACK): State.DRAFT,
    (State.SUBMITTED, Step.APPROVE): State.APPROVED,
    (State.APPROVED, Step.REVISE): State.DRAFT,
    (State.APPROVED, Step.START): State.LIVE,
    (State.LIVE, Step.END): State.ENDED,
    (State.DRAFT, Step.CANCEL): State.CANCELLED,
    (State.SUBMITTED, Step.CANCEL): State.CANCELLED,
    (State.APPROVED, Step.CANCEL): State.CANCELLED,
}


def next_state(state: State, step: Step, editions: int) -> State:
    """Return where a step leads.

    Args:
        state: where the meeting is.
        step: what is to be done.
        editions: how often it was approved; only what was approved before can be gone back to.

    Raises:
        LifeError: the step can't be taken from there.
    """
    if step is Step.DISCARD and editions and state in (State.DRAFT, State.SUBMITTED):
        return State.APPROVED
    try:
        return _STEPS[state, step]
    except KeyError:
        raise LifeError(state, step) from None


def steps_from(state: State, editions: int) -> tuple[Step, ...]:
    """Return the steps that can be taken."""
    found = []
    for step in Step:
        try:
            next_state(state, step, editions)
        except LifeError:
            continue
        found.append(step)
    return tuple(found)
