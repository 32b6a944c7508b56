"""Shows a bench's figures to a person."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from nhipcau.bench.report import Figure, machine

_WORDS = {True: "[green]met[/]", False: "[red]missed[/]", None: ""}


def show_figures(bench: str, figures: Sequence[Figure]) -> None:
    """Print a table of figures and the machine's line below it."""
    table = Table(title=f"bench {bench}", title_justify="left")
    for column in ("figure", "value", "unit", "goal", ""):
        table.add_column(column)
    for figure in figures:
        value = "–" if figure.value is None else f"{figure.value:g}"
        met = figure.against if figure.value is None else _WORDS[figure.met]
        table.add_row(figure.name, value, figure.unit, figure.goal or "", met)
    console = Console(highlight=False)
    console.print(table)
    console.print(", ".join(f"{key} {value}" for key, value in machine().items()))
