"""A process that appends numbered records until it is killed.

It prints a number once its record is safe. The records differ in length and are long, so that a
kill meets a write under way.
"""

import sys
from itertools import count
from pathlib import Path

from nhipcau.storage.eventfile import EventFile


def record(number: int) -> bytes:
    """Return the record of this number."""
    return f"{number} ".encode() + b"x" * (number * 7919 % 60_000)


def main() -> None:
    """Append without end to the file named on the command line."""
    log = EventFile(Path(sys.argv[1]))
    for number in count(len(log.replay()), 2):
        log.append([record(number), record(number + 1)])
        print(number + 1, flush=True)


if __name__ == "__main__":
    main()
