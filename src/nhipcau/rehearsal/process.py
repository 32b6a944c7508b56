"""A fleet as a process of its own: told once on standard input, gone when that closes.

    parent ── one JSON line: FleetSpec ──▶ stdin
           ◀── {"ready": true} ────────── stdout        all sites are calling
           ── a line "report" ──────────▶
           ◀── {"sites": [...]} ───────── stdout        where each site is, its changes of MCU
           ── close stdin, or SIGTERM ──▶ clean end, exit status 0

The composition root gives the transport and the codecs: this room knows only their ports.
"""

import asyncio
import json
import signal
import sys
from dataclasses import asdict
from pathlib import Path

from pydantic import ValidationError

from nhipcau.ports.clock import Clock
from nhipcau.ports.codec import Codecs
from nhipcau.ports.transport import Transport
from nhipcau.rehearsal.fleet import Fleet
from nhipcau.rehearsal.spec import FleetSpec

# Two thousand sites with tokens of half a kilobyte each.
_MAX_LINE_BYTES = 8 * 1024 * 1024


async def run_fleet(spec: FleetSpec, fleet: Fleet, stop: asyncio.Event) -> None:
    """Run the sites of `spec` until `stop` is set.

    Raises:
        ExceptionGroup: the fleet failed; see `Fleet.wait`.
    """
    await fleet.start(spec.sites)
    failing = asyncio.create_task(fleet.wait(), name="fleet watch")
    stopping = asyncio.create_task(stop.wait(), name="stop")
    try:
        await asyncio.wait((failing, stopping), return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        failing.cancel()
        await fleet.aclose()


async def serve_stdin(transport: Transport, codecs: Codecs, clock: Clock) -> int:
    """Run the fleet that standard input names until it closes or SIGTERM or SIGINT comes.

    Returns:
        The exit status: 0, or 2 when the first line is no `FleetSpec` (one line on standard error
        says why).
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    reader = asyncio.StreamReader(_MAX_LINE_BYTES)
    pipe, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    try:
        spec = FleetSpec.model_validate_json(await reader.readline())
    except (ValidationError, ValueError) as error:
        print(f"not a fleet: {_one_line(error)}", file=sys.stderr)
        return 2
    fleet = Fleet(transport, codecs, clock, Path(spec.data), seed=spec.seed)
    watch = asyncio.create_task(_listen(reader, fleet, stop), name="stdin")
    try:
        print(json.dumps({"ready": True}), flush=True)
        await run_fleet(spec, fleet, stop)
    finally:
        watch.cancel()
        pipe.close()
    return 0


async def _listen(reader: asyncio.StreamReader, fleet: Fleet, stop: asyncio.Event) -> None:
    """Report when asked; set `stop` when standard input closes. Other lines are passed over."""
    while line := await reader.readline():
        if line.strip() == b"report":
            print(json.dumps(report_of(fleet)), flush=True)
    stop.set()


def report_of(fleet: Fleet) -> dict[str, object]:
    """Return where each site of a fleet is, and what its changes of MCU have cost it."""
    return {
        "sites": [
            {
                "site": one.code,
                "mcu": one.here,
                "stands_ready": one.stands_ready,
                "switches": [asdict(switch) for switch in one.switches],
            }
            for one in fleet.stats().values()
        ]
    }


def _one_line(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    return str(error).partition("\n")[0]
