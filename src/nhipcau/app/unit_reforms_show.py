"""What a reform does, as lines for a person at a terminal."""

from collections.abc import Iterable, Iterator

from nhipcau.app.unit_reforms import ReformResult
from nhipcau.org.reform import Passage, ReformReport
from nhipcau.org.units import UnitVersion
from nhipcau.ports.reforms import AppliedReform


def result_lines(result: ReformResult) -> Iterator[str]:
    """Yield the report, each unit by name under what becomes of it, and what to do next."""
    sections = list(_sections(result.report))
    for title, lines in sections:
        if lines:
            yield f"{title} ({len(lines)}):"
            yield from (f"  {line}" for line in lines)
    counts = ", ".join(f"{len(lines)} {title}" for title, lines in sections)
    yield f"From {result.day} on: {counts}."
    if result.number is None:
        yield "A dry run: nothing was changed."
    else:
        number = result.number
        yield f"Reform {number} is applied; nhipcau units undo {number} takes it back."


def reform_lines(reforms: Iterable[AppliedReform]) -> Iterator[str]:
    """Yield one line for each reform."""
    for one in reforms:
        state = "in force" if one.undone_at is None else f"taken back {one.undone_at:%Y-%m-%d}"
        yield f"{one.number}  from {one.day}  {one.act or one.file}  ({state})"


def _sections(report: ReformReport) -> Iterator[tuple[str, list[str]]]:
    yield "new", [_passage(one, "←") for one in report.new]
    yield "gone", [_passage(one, "→") for one in report.gone]
    yield (
        "renamed",
        [f"{one.before.code}  {one.before.name} → {one.after.name}" for one in report.renamed],
    )
    yield (
        "with another code",
        [f"{one.before.code} → {one.after.code}  {one.after.name}" for one in report.recoded],
    )
    yield (
        "moved",
        [f"{_unit(one.unit)}: {one.before or '–'} → {one.after or '–'}" for one in report.moved],
    )
    yield "merged", [_passage(one, "←") for one in report.merged]
    yield "split", [_passage(one, "→") for one in report.split]
    yield (
        "rooms without an heir",
        [f"{one.site}  {one.place} ({one.unit.name})" for one in report.left],
    )


def _passage(passage: Passage, arrow: str) -> str:
    others = ", ".join(one.name for one in passage.others)
    return f"{_unit(passage.unit)} {arrow} {others}" if others else _unit(passage.unit)


def _unit(version: UnitVersion) -> str:
    return f"{version.code}  {version.name}"
