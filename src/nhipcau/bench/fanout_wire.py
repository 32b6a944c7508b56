"""How `bench fanout` talks to its processes: one JSON line asks, one JSON line answers.

parent: Far.ask({"offer": 20}) ──▶ child: serve(answer) ──▶ {"offers": […]}
"""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

# Fifty descriptions of six lines, with room.
_MAX_LINE = 2**23
_PATIENCE_S = 60.0
_STOP_S = 5.0

Said = Mapping[str, Any]


class Far:
    """A process of the bench."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.pid = process.pid

    async def ask(self, **question: Any) -> Any:
        """Return the answer to a question.

        Raises:
            RuntimeError: the process ended instead.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question).encode() + b"\n")
        async with asyncio.timeout(_PATIENCE_S):
            line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError(
                f"a process of the bench ended when it was asked: {next(iter(question))}"
            )
        return json.loads(line)


@contextlib.asynccontextmanager
async def far(prefix: Sequence[str], module: str, *words: str) -> AsyncIterator[Far]:
    """Run `python -m MODULE WORDS…` while the context is open.

    Args:
        prefix: what stands before the command, such as `ip netns exec NAME`.
    """
    process = await asyncio.create_subprocess_exec(
        *prefix,
        sys.executable,
        "-m",
        module,
        *words,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_MAX_LINE,
    )
    try:
        yield Far(process)
    finally:
        await end(process)


async def end(process: asyncio.subprocess.Process) -> None:
    """End a process: its stdin, then SIGTERM, then SIGKILL."""
    if process.stdin is not None:
        process.stdin.close()
    for stop in (process.terminate, process.kill):
        with contextlib.suppress(ProcessLookupError):
            stop()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _STOP_S)
            return


def serve(answer: Callable[[Said], Said]) -> None:
    """Answer questions from standard input until it ends."""
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
