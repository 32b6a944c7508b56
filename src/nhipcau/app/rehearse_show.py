"""Shows a rehearsal to a person: a bar while it runs, then the limits and where the report lies."""

import asyncio
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from nhipcau.app.children import ChildError
from nhipcau.app.rehearse import RehearsalError, RehearsalOptions, rehearse, write_report
from nhipcau.rehearsal.reportwords import CHECKS
from nhipcau.rehearsal.verdict import Report

_PARTS = {"join": "Vào họp", "measure": "Đang đo"}


def rehearse_and_show(options: RehearsalOptions, out: Path) -> bool:
    """Rehearse, write the report into `out`; return whether it passed.

    Raises:
        RehearsalError: it can't begin.
    """
    console = Console(highlight=False, soft_wrap=True)
    columns = (TextColumn("{task.description:10}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        tasks = {part: bars.add_task(words, total=1.0) for part, words in _PARTS.items()}

        def progress(part: str, done: float) -> None:
            bars.update(tasks[part], completed=done)

        try:
            report = asyncio.run(rehearse(options, progress))
        except ChildError as error:
            raise RehearsalError(str(error)) from error
    data, page = write_report(report, out)
    console.print(_table(report))
    console.print(f"{page}\n{data}")
    return report.passed


def _table(report: Report) -> Table:
    table = Table(title="ĐẠT" if report.passed else "KHÔNG ĐẠT", title_justify="left")
    for column in ("", "kém nhất", "giới hạn", "số điểm cầu vượt"):
        table.add_column(column)
    for check in report.checks:
        worst = "–" if check.worst is None else f"{check.worst:.3g}"
        row = (CHECKS[check.name].vi, worst, f"{check.limit:g}", str(len(check.beyond)))
        table.add_row(*row)
    return table
