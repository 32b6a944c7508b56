"""A process that writes an audit trail until it is killed."""

import sys
import time
from pathlib import Path

from nhipcau.audit.entry import AuditEntry
from nhipcau.storage.auditkeys import open_signer
from nhipcau.storage.audittrail import FileAuditTrail, Writing


class Clock:
    """The machine's."""

    def now_s(self) -> float:
        return time.monotonic()

    def wall_s(self) -> float:
        return time.time()


def main() -> None:
    folder = Path(sys.argv[1])
    trail = FileAuditTrail(folder, Writing("killed", "test", open_signer(folder)), Clock())
    trail.start()
    number = 0
    while True:
        trail.record(AuditEntry(time.time(), "", "", "", "x", f"site:{number}", "done"))
        number += 1
        if number % 100 == 0:
            time.sleep(0.001)
        if number == 200:
            while trail.stats().written < 201:
                time.sleep(0.001)
            print("written", flush=True)


main()
