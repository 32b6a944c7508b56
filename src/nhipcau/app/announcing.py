"""How the demo tells a person, or a program, that the meeting is live."""

import sys

from rich.console import Console
from rich.table import Table

from nhipcau.app.demo import Announcement

# Of the demo's accounts those whose link a person is shown; `--json` has all of them.
_SHOWN = ("quan-tri", "truc-ky-thuat", "thu-ky")


def show_json(announcement: Announcement) -> None:
    """Print the announcement as one line of JSON."""
    sys.stdout.write(announcement.as_json() + "\n")
    sys.stdout.flush()


def show(announcement: Announcement) -> None:
    """Print the announcement for a person."""
    console = Console(highlight=False, soft_wrap=True)
    hall = next(iter(announcement.join.values()))
    table = Table.grid(padding=(0, 2))
    table.add_row("Mở trang này", f"[bold]{announcement.office}[/]  (chọn một trong 145 điểm cầu)")
    table.add_row("Hội trường tỉnh", hall)
    table.add_row("Chủ tọa", announcement.chair)
    table.add_row("Trực kỹ thuật", announcement.console)
    for account in announcement.accounts:
        if account["name"] in _SHOWN:
            table.add_row(account["title"], account["url"])
    table.add_row("API", f"{announcement.office}/api/docs")
    console.print("\n[bold]Cuộc họp đang diễn ra.[/] The meeting is live.\n")
    console.print(table)
    console.print("\nDừng: Ctrl-C. Stop with Ctrl-C.")
