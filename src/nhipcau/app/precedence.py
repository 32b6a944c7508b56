"""The media process goes first: a picture that is late is late for all rooms.

    nice value of the process          what it weighs beside others of its session
    nice value of its autogroup        what its session weighs beside others, where the kernel
                                       groups by session (a terminal, a demo, a container)

Under systemd the unit's CPUWeight stands in the place of the second. Who may not raise its own
weight goes on with the usual one; then only an idle machine keeps the beat.

Source: setpriority(2), sched(7) "The autogroup feature".
"""

import os
from pathlib import Path

import structlog

_log = structlog.get_logger()
# Half of the range: ahead of everything that does not know its own deadline, and behind the kernel.
_NICE = -10
_PROC = Path("/proc")
_AUTOGROUP = _PROC / "self" / "autogroup"


def take_precedence() -> None:
    """Give this thread, and the threads that it starts, precedence where that is allowed."""
    try:
        os.setpriority(os.PRIO_PROCESS, 0, _NICE)
        if _AUTOGROUP.exists():
            _AUTOGROUP.write_text(str(_NICE))
    except OSError as error:
        _log.info("no precedence for media; a busy machine will show it", error=str(error))


def give_precedence(pid: int) -> None:
    """Give all threads of another process the same, and its session with them.

    Raises:
        OSError: this user may not, or the process is gone.
    """
    for thread in (_PROC / str(pid) / "task").iterdir():
        os.setpriority(os.PRIO_PROCESS, int(thread.name), _NICE)
    group = _PROC / str(pid) / "autogroup"
    if group.exists():
        group.write_text(str(_NICE))
