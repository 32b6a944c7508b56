"""Why a verb of planning did nothing. The face makes a status of the kind; texts are for people."""

from collections.abc import Sequence

from nhipcau.access.policy import Refused
from nhipcau.planning.life import STATE_NAMES, State
from nhipcau.planning.problems import Problem


class PlanningError(Exception):
    """Any of these."""


class NotAllowedError(PlanningError):
    """The policy refused."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.detail)
        self.refused = refused


class MissingError(PlanningError):
    """There is none of that id, or none that the author may know of: both look alike."""


class BadTicketError(PlanningError):
    """A ticket for a file is none of ours, is for another file, or its time is over."""


class BadRequestError(PlanningError):
    """What was asked for can't be understood; `errors` says why, one line each."""

    def __init__(self, detail: str, errors: Sequence[str] = ()) -> None:
        super().__init__(detail)
        self.errors = tuple(errors)


class FrozenError(PlanningError):
    """The plan stands still: it was submitted or approved, or the meeting is live or over."""

    def __init__(self, state: State, revision: int) -> None:
        super().__init__(
            f"Kịch bản ở trạng thái “{STATE_NAMES[state]}” không sửa được; muốn thay đổi, hãy lập "
            "phiên bản mới."
        )
        self.state = state
        self.revision = revision


class OutdatedError(PlanningError):
    """What the author saw has been approved or written over since; look again."""

    def __init__(self, seen: int, revision: int) -> None:
        super().__init__(
            f"Trang này mở phiên bản {seen}, nay đã là {revision}: hãy tải lại rồi sửa tiếp."
        )
        self.seen = seen
        self.revision = revision


class NoPlaceError(PlanningError):
    """The MCU that is to host the meeting has no place free."""


def no_place(places: int) -> str:
    """Return why a meeting can't be held now, where its MCU has so many places."""
    return (
        f"MCU đã hết chỗ: {places} cuộc họp đang mở trên đó. Hãy kết thúc một cuộc họp rồi bắt đầu "
        "lại."
    )


class UnfitError(PlanningError):
    """The plan has errors, and so can't be submitted or approved."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"Kịch bản còn {len(problems)} lỗi, chưa trình duyệt được.")
        self.problems = tuple(problems)


class BadPaperError(PlanningError):
    """The file is no PDF that can be shown."""
