"""A bounded queue between two threads, with its overflow policy and its drop counter."""

from collections import deque
from collections.abc import Iterable

from nhipcau.rtp.frame import EncodedFrame


class DropOldest[T]:
    """Many writers, one reader; when full the oldest item goes and is counted. Never blocks."""

    __slots__ = ("_items", "_limit", "dropped")

    def __init__(self, limit: int) -> None:
        self._items: deque[T] = deque()
        self._limit = limit
        self.dropped = 0

    def put(self, item: T) -> None:
        """Append an item, dropping the oldest when full."""
        self._items.append(item)
        while len(self._items) > self._limit:
            self._discard()

    def put_all(self, items: Iterable[T]) -> None:
        """Append several."""
        for item in items:
            self.put(item)

    def take_all(self) -> list[T]:
        """Return everything that is there now, oldest first."""
        taken: list[T] = []
        while True:
            try:
                taken.append(self._items.popleft())
            except IndexError:
                return taken

    def clear(self) -> None:
        """Forget everything, uncounted: the reader does not want it any more."""
        self._items.clear()

    def __len__(self) -> int:
        return len(self._items)

    def _discard(self) -> None:
        try:
            self._items.popleft()
        except IndexError:
            return
        self.dropped += 1


class FrameQueue:
    """Encoded pictures from the poll thread to the compose thread.

    A picture leans on those before it, so when the queue is full all of it goes, and everything up
    to the next key frame with it; `wants_keyframe` then stays True until that has come.
    """

    __slots__ = ("_items", "_limit", "dropped", "wants_keyframe")

    def __init__(self, limit: int) -> None:
        self._items: deque[EncodedFrame] = deque()
        self._limit = limit
        self.dropped = 0
        self.wants_keyframe = True

    def put(self, frame: EncodedFrame) -> bool:
        """Append a frame; return False when it was dropped for want of the chain before it."""
        if self.wants_keyframe and not frame.keyframe:
            self.dropped += 1
            return False
        self.wants_keyframe = False
        if len(self._items) >= self._limit:
            self.dropped += len(self._items) + 1
            self.restart()
            return False
        self._items.append(frame)
        return True

    def take_all(self) -> list[EncodedFrame]:
        """Return all frames that are there now, oldest first."""
        taken: list[EncodedFrame] = []
        while True:
            try:
                taken.append(self._items.popleft())
            except IndexError:
                return taken

    def restart(self) -> None:
        """Forget everything and wait for a key frame."""
        self._items.clear()
        self.wants_keyframe = True
