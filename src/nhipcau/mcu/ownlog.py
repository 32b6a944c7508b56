"""The log of a conference on a candidate for root: it can be begun anew while others hold it.

host, replica, copiers ─▶ OwnLog ─▶ the event log as it is now
                             └─ renew: what was there stays beside it, as a branch
"""

from collections.abc import Sequence

from nhipcau.mcu.replica import OpenLog


class OwnLog:
    """An `EventLog` that stands for another one."""

    def __init__(self, open_log: OpenLog) -> None:
        """Begin with what the disk has."""
        self._open_log = open_log
        self._log = open_log(False)

    def renew(self) -> None:
        """Begin anew."""
        self._log.close()
        self._log = self._open_log(True)

    def append(self, records: Sequence[bytes]) -> None:
        """See `EventLog.append`."""
        self._log.append(records)

    def replay(self) -> list[bytes]:
        """See `EventLog.replay`."""
        return self._log.replay()

    def close(self) -> None:
        """See `EventLog.close`."""
        self._log.close()
