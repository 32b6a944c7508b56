"""The command line: `nhipcau …`. Every command says in one line what was wrong and exits with 2."""

import asyncio
import os
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

app = typer.Typer(
    name="nhipcau",
    help="Nhịp Cầu: hội nghị truyền hình nhiều cấp. Video conferencing for every tier.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
_errors = Console(stderr=True, highlight=False)
_BAD_INPUT = 2


def main() -> None:
    """Run the command line."""
    app()


@app.command()
def demo(
    sites: Annotated[
        int, typer.Option(help="Synthetic sites in the meeting.", min=0, max=145)
    ] = 12,
    mcus: Annotated[int, typer.Option(help="MCUs to start.", min=1, max=1)] = 1,
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
    options = DemoOptions(sites=sites, port=port, bind=bind, data=data)
    progress = _errors.print
    try:
        _run(run_demo(options, progress, show_json if as_json else show))
    except DemoError as error:
        raise _refusal(str(error)) from None


@app.command()
def bench(
    name: Annotated[str, typer.Argument(help="Which bench; a wrong name lists them.")],
    sites: Annotated[int | None, typer.Option(help="Synthetic sites.", min=0, max=145)] = None,
    seconds: Annotated[float | None, typer.Option(help="How long to measure.", min=1)] = None,
    full: Annotated[bool, typer.Option("--full", help="The long run.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object as the last line.")
    ] = False,
) -> None:
    """Measure, with the real processes, and print the figures."""
    from nhipcau.bench.report import render
    from nhipcau.bench.run import BENCHES, run_bench
    from nhipcau.bench.show import show_figures

    if name not in BENCHES:
        raise _refusal(f"no bench is called {name!r}; there are {', '.join(BENCHES)}")
    figures = asyncio.run(run_bench(name, sites=sites, seconds=seconds, full=full))
    if as_json:
        typer.echo(render(name, figures))
    else:
        show_figures(name, figures)


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
