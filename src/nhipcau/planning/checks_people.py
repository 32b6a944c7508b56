"""What is wrong with the list of participants."""

from collections.abc import Iterator

from nhipcau.org.units import UnitId
from nhipcau.planning.inviting import Invitation
from nhipcau.planning.plan import PickKind, Plan
from nhipcau.planning.problems import Problem, Severity
from nhipcau.planning.rules import Rules

# A list of 136 names helps nobody; the first few and their number do.
_NAMED = 5


def people_problems(plan: Plan, who: Invitation, rules: Rules) -> Iterator[Problem]:
    """Yield what is wrong with who takes part."""
    if not plan.participants:
        yield Problem("participants", "missing", "Chưa có thành phần tham dự.")
        return
    yield from _lines(plan, who)
    yield from _twice(who)
    yield from _chairs(plan, who)
    yield from _reach(plan, who, rules)
    yield from _rooms(plan, who)


def names(who: Invitation, units: list[UnitId]) -> str:
    """Return the first names of a list and how many more there are."""
    shown = who.view.display_names
    first = ", ".join(shown[unit] for unit in units[:_NAMED])
    more = len(units) - _NAMED
    return f"{first} và {more} đơn vị khác" if more > 0 else first


def _lines(plan: Plan, who: Invitation) -> Iterator[Problem]:
    for pick in plan.participants:
        part = f"participants/{pick.id}"
        if pick.kind is PickKind.GUEST and not pick.name:
            yield Problem(part, "missing", "Chưa có tên khách mời.", "name")
        if pick.id in who.unknown:
            yield Problem(part, "unknown_unit", "Không chọn được đơn vị nào trong ngày họp.")


def _twice(who: Invitation) -> Iterator[Problem]:
    told: dict[tuple[str, ...], list[UnitId]] = {}
    for unit, picks in who.twice.items():
        told.setdefault(picks, []).append(unit)
    for picks, units in told.items():
        named = names(who, units)
        values = {"units": named, "count": str(len(units)), "picks": ", ".join(picks)}
        text = f"Mời hai lần: {named}."
        yield Problem(f"participants/{picks[-1]}", "invited_twice", text, values=values)


def _chairs(plan: Plan, who: Invitation) -> Iterator[Problem]:
    if not who.chairs:
        yield Problem("participants", "no_chair", "Chưa có điểm cầu chủ tọa.")
    elif len(who.chairs) > 1:
        named = names(who, list(who.chairs))
        text = f"Chỉ một điểm cầu chủ tọa, không phải: {named}."
        yield Problem("participants", "many_chairs", text, values={"units": named})
    elif not who.view.tenures(who.chairs[0]):
        yield Problem("participants", "chair_roomless", "Điểm cầu chủ tọa không có phòng họp.")
    if plan.header.host and who.units and not who.has(plan.header.host):
        text = "Cơ quan chủ trì không có trong thành phần tham dự."
        yield Problem("participants", "host_absent", text, severity=Severity.WARNING)


def _reach(plan: Plan, who: Invitation, rules: Rules) -> Iterator[Problem]:
    kind = rules.kinds.get(plan.header.kind)
    host = UnitId(plan.header.host)
    if kind is None or kind.reach != "subtree" or host not in who.view.units:
        return
    own = {version.unit for version in who.view.subtree(host)}
    strangers = [unit for unit in who.units if unit not in own]
    if strangers:
        named = names(who, strangers)
        text = f"Không thuộc cơ quan chủ trì: {named}."
        yield Problem("participants", "out_of_reach", text, values={"units": named})


def _rooms(plan: Plan, who: Invitation) -> Iterator[Problem]:
    if who.roomless:
        named = names(who, list(who.roomless))
        text = f"Không có phòng họp: {named}."
        yield Problem(
            "participants", "roomless", text, severity=Severity.WARNING, values={"units": named}
        )
    count, limit = len(who.sites), plan.header.site_limit
    if count > limit:
        values = {"count": str(count), "limit": str(limit)}
        text = f"Có {count} điểm cầu, giới hạn là {limit}."
        yield Problem("participants", "too_many_sites", text, "site_limit", values=values)
