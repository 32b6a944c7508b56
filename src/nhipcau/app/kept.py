"""A child process of the demo that is begun again whenever it ends, as a service manager does it.

    ready ─▶ … ended ─▶ a moment ─▶ held down? ─▶ begun with the same settings ─▶ ready ─▶ …

A file `hold` in the demo's data folder holds down whatever ends, until it is taken away: so a
meeting can be seen without its office or its bus for as long as somebody likes.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import structlog

from nhipcau.app.children import Child, ChildError, child

_log = structlog.get_logger()
# Whoever looks on sees that it was away; who watches a meeting does not.
_AGAIN_S = 1.0
# One that does not come up is tried seldom.
_LATER_S = 10.0
_HOLD, _LOOK_S = "hold", 0.2


@contextlib.asynccontextmanager
async def kept_child(name: str, word: str, settings: str, data: Path) -> AsyncIterator[Child]:
    """Run `nhipcau WORD` while the context is open; enter when it is ready for the first time.

    Args:
        name: names it in errors and its log file.
        word: the command.
        settings: one JSON line for its standard input, each time the same.
        data: the demo's folder, with a folder `logs` for its standard error.

    Raises:
        ChildError: it did not come up the first time.
    """
    async with child(name, (word,), settings, data / "logs") as first:
        keeping = _keep(first, (word,), settings, data)
        keeper = asyncio.create_task(keeping, name=f"{name} keeper")
        try:
            yield first
        finally:
            keeper.cancel()
            await asyncio.wait((keeper,))


async def released(data: Path) -> None:
    """Return when nothing holds down what has ended."""
    while (data / _HOLD).exists():  # noqa: ASYNC110 - a file
        await asyncio.sleep(_LOOK_S)


async def _keep(first: Child, words: tuple[str, ...], settings: str, data: Path) -> None:
    """Begin it again and again, until cancelled."""
    status = await first.process.wait()
    pause_s = _AGAIN_S
    while True:
        _log.warning("a process has ended and begins again", name=first.name, status=status)
        await asyncio.sleep(pause_s)
        await released(data)
        try:
            async with child(first.name, words, settings, data / "logs") as again:
                pause_s = _AGAIN_S
                status = await again.process.wait()
        except ChildError as error:
            _log.warning("a process does not come up", name=first.name, error=str(error))
            pause_s = _LATER_S
