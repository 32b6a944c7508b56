"""Run as a script: become another program that dies with the process that started this one.

    python -I -S leash.py PARENT_PID PROGRAM ARGUMENT…

A `preexec_fn` would run Python between fork and exec, which can deadlock in a process with threads;
this runs after exec, in a process of its own. The kernel keeps the wish over the second exec.

Source: prctl(2), PR_SET_PDEATHSIG.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Tie this process to its parent, then exec the program."""
    parent, program = int(sys.argv[1]), sys.argv[2]
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # The parent may have died before the wish was made.
    if os.getppid() != parent:
        sys.exit(1)
    os.execv(program, sys.argv[2:])  # noqa: S606  a program that we were told to become


if __name__ == "__main__":
    main()
