"""The command line: `nhipcau …`. Every command says in one line what was wrong and exits with 2."""

import asyncio
import os
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from nhipcau.app.audit_commands import audit_app

app = typer.Typer(
    name="nhipcau",
    help="Nhịp Cầu: hội nghị truyền hình nhiều cấp. Video conferencing for every tier.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
units_app = typer.Typer(help="The tree of units.", no_args_is_help=True)
db_app = typer.Typer(help="The office's database.", no_args_is_help=True)
app.add_typer(units_app, name="units")
app.add_typer(db_app, name="db")
accounts_app = typer.Typer(help="Accounts and their roles.", no_args_is_help=True)
app.add_typer(accounts_app, name="accounts")
app.add_typer(audit_app, name="audit")
Database = Annotated[
    str,
    typer.Option(
        envvar="NHIPCAU_DATABASE_URL",
        help="sqlite:///PATH or postgresql://…; the demo's is sqlite:///DATA/office/office.db.",
    ),
]
_DEFAULT_DATABASE = "sqlite:///office.db"
_errors = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
_BAD_INPUT = 2


def main() -> None:
    """Run the command line."""
    app()


@app.command()
def demo(
    sites: Annotated[
        int, typer.Option(help="Synthetic sites in the meeting.", min=0, max=145)
    ] = 12,
    mcus: Annotated[
        int, typer.Option(help="MCUs to start: root, standby, then districts.", min=1, max=10)
    ] = 1,
    port: Annotated[
        int, typer.Option(help="First port; the next one is the MCU's; 0: any.", min=0, max=65534)
    ] = 8460,
    bind: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    data: Annotated[Path | None, typer.Option(help="Folder to keep; else a temporary one.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Say it as one JSON object.")] = False,
) -> None:
    """Start Khánh Hòa 2024 with a three-level session that is live now."""
    from nhipcau.app.announcing import show, show_json
    from nhipcau.app.demo import DemoError, DemoOptions, run_demo
    from nhipcau.app.logs import configure_logs

    configure_logs(process="demo", quiet=True)
    options = DemoOptions(sites=sites, port=port, bind=bind, data=data, mcus=mcus)
    progress = _errors.print
    try:
        _run(run_demo(options, progress, show_json if as_json else show))
    except DemoError as error:
        raise _refusal(str(error)) from None


@app.command()
def bench(
    name: Annotated[str, typer.Argument(help="Which bench; a wrong name lists them.")],
    sites: Annotated[int | None, typer.Option(help="Synthetic sites.", min=0, max=1000)] = None,
    seconds: Annotated[float | None, typer.Option(help="How long to measure.", min=1)] = None,
    full: Annotated[bool, typer.Option("--full", help="The long run.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object as the last line.")
    ] = False,
) -> None:
    """Measure, with the real processes, and print the figures."""
    from nhipcau.app.logs import configure_logs
    from nhipcau.bench.report import render
    from nhipcau.bench.run import BENCHES, run_bench
    from nhipcau.bench.show import show_figures

    configure_logs(process="bench", quiet=True)
    if name not in BENCHES:
        raise _refusal(f"no bench is called {name!r}; there are {', '.join(BENCHES)}")
    figures = asyncio.run(run_bench(name, sites=sites, seconds=seconds, full=full))
    if as_json:
        typer.echo(render(name, figures))
    else:
        show_figures(name, figures)


@app.command()
def rehearse(
    links: Annotated[
        Path | None,
        typer.Option(help="JSON with the sites' links (demo --json says one); else a demo."),
    ] = None,
    sites: Annotated[int, typer.Option(help="Sites that join.", min=1, max=2000)] = 12,
    seconds: Annotated[float, typer.Option(help="How long to measure.", min=2)] = 30.0,
    line: Annotated[
        list[str] | None, typer.Option(help="loss=0.05,delay=40,rate=512:10 for ten sites; again.")
    ] = None,
    limit: Annotated[
        list[str] | None, typer.Option(help="join_s=8: what to hold every site to; again.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the report.")] = Path("rehearsal"),
) -> None:
    """Rehearse: synthetic sites join, and a report says what they saw. Exit 1: beyond a limit."""
    from nhipcau.app.rehearse import (
        RehearsalError,
        RehearsalOptions,
        parse_limits,
        parse_line,
    )
    from nhipcau.app.rehearse_show import rehearse_and_show

    try:
        lines = [parse_line(text) for text in line or ()]
        limits = parse_limits(limit or ())
        options = RehearsalOptions(links, sites, seconds, lines, limits)
        passed = rehearse_and_show(options, out)
    except RehearsalError as error:
        raise _refusal(str(error)) from None
    raise typer.Exit(0 if passed else 1)


@app.command()
def report(
    file: Annotated[
        Path, typer.Argument(help="Event file of the meeting's MCU.", exists=True, dir_okay=False)
    ],
    table: Annotated[
        str, typer.Option(help="One table of it as CSV: attendance, cues, speaking, incidents, …")
    ] = "",
) -> None:
    """Print a meeting's report as JSON: attendance, cues, speaking time, requests, votes."""
    from nhipcau.app.report import ReportError, report_csv, report_json, report_of_file

    try:
        found = report_of_file(file)
        typer.echo(report_csv(found, table) if table else report_json(found), nl=not table)
    except ReportError as error:
        raise _refusal(str(error)) from None


@units_app.command("import")
def import_units(
    file: Annotated[Path, typer.Argument(help="CSV in UTF-8.", exists=True, dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    day: Annotated[str, typer.Option(help="From which day on (2024-11-01); else today.")] = "",
    act: Annotated[str, typer.Option(help="The paper that says so.")] = "",
    part: Annotated[bool, typer.Option("--part", help="The file holds changes only.")] = False,
    database: Database = _DEFAULT_DATABASE,
) -> None:
    """Import units from a CSV file: all of it, or every bad line is named and nothing changes."""
    from nhipcau.app.unit_tree import TREE_ERRORS, import_order, import_units
    from nhipcau.app.unit_tree_show import plan_lines

    try:
        order = import_order(day, act, whole=not part)
        plan = import_units(database, file, order, dry_run=dry_run)
    except TREE_ERRORS as error:
        raise _refusal(str(error)) from None
    for line in plan_lines(plan, dry_run=dry_run):
        typer.echo(line)


@units_app.command("reform")
def reform_units(
    file: Annotated[
        Path, typer.Argument(help="Table of successions, CSV.", exists=True, dir_okay=False)
    ],
    on: Annotated[str, typer.Option("--on", help="From which day on it holds (2025-07-01).")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would do.")] = False,
    act: Annotated[str, typer.Option(help="The paper that says so.")] = "",
    database: Database = _DEFAULT_DATABASE,
) -> None:
    """Apply a reform: who is new, gone, renamed, moved, merged, split is told by name."""
    from nhipcau.app.unit_reforms import REFORM_ERRORS, reform_order, reform_units
    from nhipcau.app.unit_reforms_show import result_lines

    try:
        result = reform_units(database, file, reform_order(on, act), dry_run=dry_run)
    except REFORM_ERRORS as error:
        raise _refusal(str(error)) from None
    for line in result_lines(result):
        typer.echo(line)


@units_app.command("reforms")
def list_reforms(database: Database = _DEFAULT_DATABASE) -> None:
    """List the reforms that were applied, with the numbers by which they are taken back."""
    from nhipcau.app.unit_reforms import REFORM_ERRORS, list_reforms
    from nhipcau.app.unit_reforms_show import reform_lines

    try:
        reforms = list_reforms(database)
    except REFORM_ERRORS as error:
        raise _refusal(str(error)) from None
    for line in reform_lines(reforms):
        typer.echo(line)


@units_app.command("undo")
def undo_reform(
    number: Annotated[int, typer.Argument(help="The reform's number, as it was told.")],
    database: Database = _DEFAULT_DATABASE,
) -> None:
    """Take a reform back; refused, with every reason, when something was built on it."""
    from nhipcau.app.unit_reforms import REFORM_ERRORS, undo_reform

    try:
        undo_reform(database, number)
    except REFORM_ERRORS as error:
        raise _refusal(str(error)) from None
    typer.echo(f"reform {number} is taken back")


@db_app.command("migrate")
def migrate_database(database: Database = _DEFAULT_DATABASE) -> None:
    """Bring the database to the newest shape; makes it where there is none."""
    from nhipcau.app.unit_tree import TREE_ERRORS, migrate_database

    try:
        before, after = migrate_database(database)
    except TREE_ERRORS as error:
        raise _refusal(str(error)) from None
    typer.echo(f"{before or 'new'} → {after}")


@accounts_app.command("add")
def add_account(
    login: Annotated[str, typer.Argument(help="The name to sign in with.")],
    name: Annotated[
        str, typer.Option(help="As pages call the person; else the sign-in name.")
    ] = "",
    unit: Annotated[str, typer.Option(help="Official code of its unit; else of none.")] = "",
    company: Annotated[str, typer.Option(help="A telecom operator's company.")] = "",
    database: Database = _DEFAULT_DATABASE,
) -> None:
    """Make an account; asks for its password, or reads it from standard input."""
    from nhipcau.app import accounts
    from nhipcau.office.people.accounts import NewAccount

    try:
        password = accounts.read_password()
        new = NewAccount(login, name or login, unit or None, password, company)
        made = accounts.add(database, new)
    except accounts.ACCOUNT_ERRORS as error:
        raise _refusal(str(error)) from None
    typer.echo(f"{made.login} made; it has no role yet: nhipcau accounts grant {made.login} ROLE")


@accounts_app.command("list")
def list_accounts(database: Database = _DEFAULT_DATABASE) -> None:
    """List accounts with their roles, each as ROLE@UNIT; `*`: everywhere."""
    from nhipcau.app import accounts

    try:
        lines = accounts.account_lines(database)
    except accounts.ACCOUNT_ERRORS as error:
        raise _refusal(str(error)) from None
    for line in lines:
        typer.echo(line)


@accounts_app.command("grant")
def grant_role(
    login: Annotated[str, typer.Argument(help="The account's sign-in name.")],
    role: Annotated[str, typer.Argument(help="A wrong one lists them.")],
    unit: Annotated[str, typer.Option(help="Official code of the unit; `*`: everywhere.")] = "*",
    database: Database = _DEFAULT_DATABASE,
) -> None:
    """Grant a role over a unit and all below it."""
    from nhipcau.app import accounts

    try:
        accounts.grant(database, login, accounts.AskedGrant(role, unit))
    except accounts.ACCOUNT_ERRORS as error:
        raise _refusal(str(error)) from None
    typer.echo(f"{login} is {role}@{unit}")


@accounts_app.command("reset-second-factor")
def reset_second_factor(
    login: Annotated[str, typer.Argument(help="The account's sign-in name.")],
    database: Database = _DEFAULT_DATABASE,
) -> None:
    """Forget the second factor of an account: it enrols anew at its next sign-in."""
    from nhipcau.app import accounts

    try:
        accounts.forget_second_factor(database, login)
    except accounts.ACCOUNT_ERRORS as error:
        raise _refusal(str(error)) from None
    typer.echo(f"{login} enrols a second factor at its next sign-in; its sessions have ended")


@app.command(hidden=True)
def office() -> None:
    """Run the office; settings come as one JSON line on standard input."""
    from nhipcau.app.children import read_settings_line
    from nhipcau.app.logs import configure_logs
    from nhipcau.app.office_process import run_office
    from nhipcau.settings import OfficeSettings

    configure_logs(process="office")
    _run(run_office(OfficeSettings.model_validate_json(read_settings_line())))


@app.command(hidden=True)
def mcu() -> None:
    """Run an MCU's supervisor; settings come as one JSON line on standard input."""
    from nhipcau.app.children import read_settings_line
    from nhipcau.app.logs import configure_logs
    from nhipcau.app.mcu_process import run_mcu
    from nhipcau.settings import McuSettings

    configure_logs(process="mcu")
    _run(run_mcu(McuSettings.model_validate_json(read_settings_line())))


@app.command(hidden=True)
def media() -> None:
    """Be an MCU's media process; only its supervisor starts it."""
    from nhipcau.app.logs import configure_logs
    from nhipcau.app.mcu_process import run_media

    configure_logs(process=f"media-{os.getpid()}")
    run_media()


@app.command(hidden=True)
def front() -> None:
    """Be an MCU's front, where rooms wait to be called; only its supervisor starts it."""
    from nhipcau.app.front_process import run_front
    from nhipcau.app.logs import configure_logs

    configure_logs(process=f"front-{os.getpid()}")
    run_front()


@app.command(hidden=True)
def fleet() -> None:
    """Run synthetic sites; what to run comes as one JSON line on standard input."""
    from nhipcau.app.fleet_process import run_fleet_process
    from nhipcau.app.logs import configure_logs

    configure_logs(process="fleet")
    raise typer.Exit(run_fleet_process())


def _run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


def _refusal(text: str) -> typer.Exit:
    _errors.print(text, style="red")
    return typer.Exit(_BAD_INPUT)
