"""A supervised process that misbehaves as it is told, the first time; after that it is steady.

go: {"mode": …, "once": path of a file that says that it has misbehaved already}
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from nhipcau.mcu.heartbeat import Heartbeat, import_quietly


def misbehave(mode: str, word: dict[str, Any], heartbeat: Heartbeat) -> None:
    if mode == "gil":
        # A PyDLL call keeps the GIL.
        ctypes.PyDLL(None).sleep(60)
    elif mode == "stuck":
        threading.Thread(target=stick, args=(heartbeat,), daemon=True).start()
    elif mode == "lost_thread":
        threading.Thread(target=heartbeat.register, args=("lost",), daemon=True).start()
    elif mode == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    elif mode == "parent":
        orphan = subprocess.Popen([sys.executable, "-I", "-S", "-c", "import time; time.sleep(60)"])
        Path(word["note"]).write_text(str(orphan.pid))
    elif mode == "starved":
        starve()


def starve() -> None:
    """Give every thread little weight, beside processes of the same group that only spin."""
    for _ in range(24 * (os.cpu_count() or 1)):
        subprocess.Popen([sys.executable, "-I", "-S", "-c", "while True: pass"])
    for thread in Path("/proc/self/task").iterdir():
        os.setpriority(os.PRIO_PROCESS, int(thread.name), 19)


def stick(heartbeat: Heartbeat) -> None:
    pulse = heartbeat.register("media")
    pulse()
    threading.Event().wait()


def first_time(word: dict[str, Any]) -> bool:
    if "once" not in word:
        return True
    mark = Path(word["once"])
    if mark.exists():
        return False
    mark.touch()
    return True


def main() -> None:
    heartbeat = Heartbeat.from_environment()
    if len(sys.argv) > 1:
        import_quietly(sys.argv[1:])
    word = heartbeat.wait_for_go()
    mode = word["mode"] if first_time(word) else "steady"
    if mode == "die_at_once":
        sys.exit(3)
    if mode != "never_ready":
        heartbeat.ready({"mode": mode, "pid": os.getpid()})
    misbehave(mode, word, heartbeat)
    pulse = heartbeat.register("main")
    while True:
        pulse()
        time.sleep(0.02)


main()
