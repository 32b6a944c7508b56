"""The life of a meeting: what may follow what."""

import pytest

from nhipcau.planning.life import LifeError, State, Step, next_state, steps_from


def test_a_meeting_goes_from_draft_to_its_end() -> None:
    state = State.DRAFT
    for step in (Step.SUBMIT, Step.APPROVE, Step.START, Step.END):
        state = next_state(state, step, 1)
    assert state is State.ENDED
    assert steps_from(state, 1) == ()


def test_what_is_approved_is_changed_by_a_new_version_and_may_be_gone_back_to() -> None:
    assert next_state(State.APPROVED, Step.REVISE, 1) is State.DRAFT
    assert next_state(State.DRAFT, Step.DISCARD, 1) is State.APPROVED
    with pytest.raises(LifeError):
        next_state(State.DRAFT, Step.DISCARD, 0)


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (State.DRAFT, Step.APPROVE),
        (State.DRAFT, Step.START),
        (State.APPROVED, Step.SUBMIT),
        (State.LIVE, Step.CANCEL),
        (State.LIVE, Step.REVISE),
        (State.CANCELLED, Step.SUBMIT),
    ],
)
def test_a_step_out_of_turn_is_refused_with_a_sentence(state: State, step: Step) -> None:
    with pytest.raises(LifeError, match="trạng thái"):
        next_state(state, step, 1)
