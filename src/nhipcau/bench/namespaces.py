"""Network namespaces for benches, named after their process, swept when it has died."""

import asyncio
import os

_NAME = "nhipcau-bench-"


class NoNamespaceError(Exception):
    """Namespaces, or what is to be done in them, can't be had here; the text says why."""


def name_of(part: str = "") -> str:
    """Return the name of a namespace of this process."""
    return f"{_NAME}{os.getpid()}" + (f"-{part}" if part else "")


def prefix_of(name: str) -> tuple[str, ...]:
    """Return what stands before a command that is to run in a namespace.

    It dies with us: a process that outlives a killed bench would keep the namespace alive.
    """
    return ("setpriv", "--pdeathsig", "KILL", "ip", "netns", "exec", name)


async def run(*words: str) -> str:
    """Run a command and return what it printed.

    Raises:
        NoNamespaceError: it is not there, or it failed.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
    except FileNotFoundError:
        raise NoNamespaceError(f"needs the program {words[0]}") from None
    out, error = await process.communicate()
    if process.returncode:
        said = error.decode().strip() or f"{words[0]} failed"
        raise NoNamespaceError(f"{' '.join(words[:4])}: {said}")
    return out.decode()


async def sweep() -> None:
    """Delete the namespaces of benches that were killed."""
    for line in (await run("ip", "netns", "list")).splitlines():
        name = line.split()[0] if line.split() else ""
        pid = name.removeprefix(_NAME).partition("-")[0]
        if name.startswith(_NAME) and pid.isdigit() and not _lives(int(pid)):
            await run("ip", "netns", "delete", name)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
