"""`nhipcau audit …`: verify, show, prune. Exit status 1: the audit does not stand; 2: bad input."""

from pathlib import Path
from typing import Annotated

import typer

audit_app = typer.Typer(help="The audit log.", no_args_is_help=True)
Database = Annotated[
    str,
    typer.Option(
        envvar="NHIPCAU_DATABASE_URL",
        help="sqlite:///PATH or postgresql://…; the demo's is sqlite:///DATA/office/office.db.",
    ),
]
_DEFAULT_DATABASE = "sqlite:///office.db"
_BAD_INPUT = 2


@audit_app.command("verify")
def verify(
    data: Annotated[
        Path | None, typer.Option(help="Data folder: its chains, and its database.")
    ] = None,
    checkpoints: Annotated[
        list[Path] | None,
        typer.Option(help="A copy of what syslog holds; as often as needed.", dir_okay=False),
    ] = None,
    export: Annotated[
        list[Path] | None,
        typer.Option(help="A file of exported rows, held to its signature."),
    ] = None,
    database: Annotated[
        str, typer.Option(envvar="NHIPCAU_DATABASE_URL", help="sqlite:///PATH or postgresql://…")
    ] = "",
) -> None:
    """Find what was changed, dropped, reordered, cut off or rewritten in the audit."""
    from nhipcau.app.audit_verify import VERIFY_ERRORS, VerifyOrder, lines_of
    from nhipcau.app.audit_verify import verify as verify_all

    url = database or ("" if data is not None else _DEFAULT_DATABASE)
    order = VerifyOrder(data, url, tuple(checkpoints or ()), tuple(export or ()))
    try:
        found = verify_all(order)
    except VERIFY_ERRORS as error:
        raise _refusal(str(error)) from None
    for line in lines_of(found):
        typer.echo(line)
    if found.findings:
        raise typer.Exit(1)


@audit_app.command("show")
def show(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            help="What is asked: from=2024-01-25 to=2024-01-26T12:00Z who=… action=live.floor"
            " (or all below it: live.) on=site:573 outcome=done|refused|failed."
        ),
    ] = None,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1)] = 100,
    database: Database = _DEFAULT_DATABASE,
) -> None:
    """Show deeds, the newest first."""
    from nhipcau.app.audit_show import asked, found_lines
    from nhipcau.ports.tree import StoreError

    try:
        for line in found_lines(database, asked(words or (), limit)):
            typer.echo(line)
    except (StoreError, ValueError) as error:
        raise _refusal(str(error)) from None


@audit_app.command("prune")
def prune(
    keep_months: Annotated[int, typer.Option(help="How many months stay online.", min=1)] = 12,
    exports: Annotated[
        Path | None, typer.Option(help="Folder for the signed files; else beside the key.")
    ] = None,
    database: Database = _DEFAULT_DATABASE,
) -> None:
    """Export rows that are older into a signed file, and cut them."""
    from nhipcau.app.audit_retention import prune_by_hand
    from nhipcau.ports.tree import StoreError

    try:
        pruned = prune_by_hand(database, exports, keep_months)
    except (StoreError, OSError) as error:
        raise _refusal(str(error)) from None
    for finding in pruned.findings:
        typer.echo(str(finding))
    typer.echo(f"{pruned.rows} rows of {pruned.chains} chains were exported and cut")
    if pruned.findings:
        raise typer.Exit(1)


def _refusal(text: str) -> typer.Exit:
    typer.secho(text, err=True, fg=typer.colors.RED)
    return typer.Exit(_BAD_INPUT)
