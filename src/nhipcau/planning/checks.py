"""What is wrong with a plan, each problem at its row.

Plan + tree of the day + rules ── check ──▶ Problem, Problem, …

Nothing here keeps anybody from writing: a draft may be as wrong as it likes and says so at every
row. Only submitting asks that no error is left.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from nhipcau.org.view import TreeView
from nhipcau.planning.checks_cues import cue_problems
from nhipcau.planning.checks_people import people_problems
from nhipcau.planning.inviting import Invitation, invite
from nhipcau.planning.plan import Plan
from nhipcau.planning.problems import Problem, Severity
from nhipcau.planning.rules import Rules


@dataclass(frozen=True)
class Scene:
    """What a plan is checked against.

    Attributes:
        view: the tree of the meeting's day.
        rules: kinds, parties, cases.
        layouts: names of the layouts that there are.
        mcus: names of the MCUs that there are.
    """

    view: TreeView
    rules: Rules
    layouts: frozenset[str] = frozenset()
    mcus: frozenset[str] = frozenset()


class Checked:
    """A plan laid on its scene."""

    def __init__(self, plan: Plan, scene: Scene) -> None:
        self.plan = plan
        self.scene = scene

    @cached_property
    def invitation(self) -> Invitation:
        """Who takes part."""
        return invite(self.plan.participants, self.scene.view)

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """All problems, from the header down."""
        plan, scene = self.plan, self.scene
        return (
            *_header(plan, scene),
            *people_problems(plan, self.invitation, scene.rules),
            *cue_problems(plan, self.invitation, scene.layouts),
            *_tasks(plan, scene.rules),
            *_cases(plan, scene),
        )


def _header(plan: Plan, scene: Scene) -> Iterator[Problem]:
    header, rules = plan.header, scene.rules

    def missing(field: str, text: str) -> Problem:
        return Problem(f"header/{field}", "missing", text, field)

    if not header.title:
        yield missing("title", "Chưa có tên cuộc họp.")
    if header.starts is None:
        yield missing("starts", "Chưa có ngày giờ họp.")
    if header.secret is None:
        yield missing("secret", "Chưa trả lời: cuộc họp có nội dung bí mật nhà nước không?")
    kind = rules.kinds.get(header.kind)
    if kind is None:
        yield Problem("header/kind", "unknown_kind", f"Không có loại cuộc họp “{header.kind}”.")
    host = scene.view.units.get(header.host)  # type: ignore[call-overload]
    if not header.host:
        yield missing("host", "Chưa chọn cơ quan chủ trì.")
    elif host is None:
        yield Problem("header/host", "unknown_unit", "Cơ quan chủ trì không còn trong ngày họp.")
    elif kind is not None and kind.host_levels and host.level not in kind.host_levels:
        text = f"{host.name} không thể chủ trì “{kind.name}”."
        yield Problem("header/host", "host_level", text, values={"unit": host.name})
    if header.layout not in scene.layouts | {"auto"}:
        yield Problem("header/layout", "unknown_layout", f"Không có bố cục “{header.layout}”.")


def _tasks(plan: Plan, rules: Rules) -> Iterator[Problem]:
    for task in plan.tasks:
        part = f"tasks/{task.id}"
        if not task.text:
            yield Problem(part, "missing", "Chưa ghi việc.", "text")
        if not task.parties and not task.units:
            yield Problem(part, "no_party", "Việc chưa giao cho ai.", "parties", Severity.WARNING)
        for party in task.parties:
            if party not in rules.parties:
                yield Problem(part, "unknown_party", f"Không có bên “{party}”.", "parties")


def _cases(plan: Plan, scene: Scene) -> Iterator[Problem]:
    rules = scene.rules
    named = {case.case for case in plan.cases}
    for key, case in rules.cases.items():
        if case.required and key not in named:
            text = f"Phương án dự phòng chưa nói: {case.name}."
            values = {"case": case.name, "case_en": case.name_en}
            yield Problem("cases", "case_missing", text, "", Severity.WARNING, values)
    for row in plan.cases:
        part = f"cases/{row.id}"
        if row.case and row.case not in rules.cases:
            yield Problem(part, "unknown_case", f"Không có tình huống “{row.case}”.", "case")
        for party in row.call:
            if party not in rules.parties:
                yield Problem(part, "unknown_party", f"Không có bên “{party}”.", "call")
        if not row.action:
            yield Problem(part, "missing", "Chưa ghi hành động.", "action", Severity.WARNING)
    for standin in plan.standins:
        part = f"standins/{standin.id}"
        for name in (standin.id, *standin.by):
            if name not in scene.mcus:
                yield Problem(part, "unknown_mcu", f"Không có MCU “{name}”.", "by")
        if standin.id in standin.by:
            yield Problem(part, "own_stand_in", "MCU không thể thay chính nó.", "by")


def errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return those that keep a plan from being submitted."""
    return tuple(problem for problem in problems if problem.blocks)
