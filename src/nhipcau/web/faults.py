"""What can be wrong with a signalling message, and which of it ends the connection."""

from collections import Counter
from collections.abc import Hashable, Mapping

# Codes that close the WebSocket, with their close code: 4000 + the HTTP status of like meaning.
CLOSING: Mapping[str, int] = {
    "version": 4426,
    "too_large": 4413,
    "hello_first": 4408,
    "token_invalid": 4401,
    "token_expired": 4401,
    "wrong_conference": 4404,
    "unknown_site": 4404,
    "proof_invalid": 4401,
    "unknown_device": 4401,
    "revoked": 4403,
    "removed": 4403,
    "locked": 4423,
    "ended": 4010,
    "pin_used_up": 4403,
    "pass_invalid": 4401,
    "pass_expired": 4401,
    "pass_revoked": 4403,
    "no_directory": 4503,
    "slow_reader": 4408,
    "overloaded": 4503,
    "internal": 4500,
}
# Codes that close it only when they have come too often.
_CLOSING_AT_LAST: Mapping[str, int] = {"rate": 4429, "malformed": 4000}
_CLOSE_OTHERWISE = 4000
# A detail may quote what was sent; this much of it is enough to find the mistake.
_DETAIL_LETTERS = 200
_SAY_AGAIN_S = 10.0


class FaultError(Exception):
    """A message that is refused; `code` is one of docs/PROTOCOL.md.

    `closing` ends the connection also where the code alone does not; `retry_ms` says when it may
    work.
    """

    def __init__(
        self, code: str, detail: str, *, closing: bool = False, retry_ms: int | None = None
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail[:_DETAIL_LETTERS]
        self.closing = closing or code in CLOSING
        self.retry_ms = retry_ms

    @property
    def close_code(self) -> int:
        """The WebSocket's close code, if it is closed."""
        last = _CLOSING_AT_LAST.get(self.code, _CLOSE_OTHERWISE)
        return CLOSING.get(self.code, last)

    def answer(self) -> Mapping[str, object]:
        """Return the `error` message."""
        said: dict[str, object] = {"type": "error", "code": self.code, "detail": self.detail}
        if self.retry_ms is not None:
            said["retry_ms"] = self.retry_ms
        return said


class SignallingCounters:
    """How often each error was answered, for `/metrics` and tests."""

    def __init__(self) -> None:
        self._errors: Counter[str] = Counter()

    def count(self, code: str) -> None:
        """Note one refusal."""
        self._errors[code] += 1

    def stats(self) -> Mapping[str, int]:
        """Return the count for each code."""
        return dict(self._errors)


class QuietLog:
    """Decides whether a kind of event is worth a line in the log: the first, then one in 10 s.

    A flood must not fill the disk of a machine that carries a meeting; the counters tell how many.
    """

    def __init__(self, every_s: float = _SAY_AGAIN_S) -> None:
        self._every_s = every_s
        self._said: dict[Hashable, tuple[float, int]] = {}

    def ask(self, kind: Hashable, now_s: float) -> int | None:
        """Return None to be silent, else how many of this kind were passed over since.

        Args:
            kind: out of a small fixed set, such as an error code.
            now_s: monotonic seconds.
        """
        last_s, passed_over = self._said.get(kind, (float("-inf"), 0))
        if now_s - last_s < self._every_s:
            self._said[kind] = (last_s, passed_over + 1)
            return None
        self._said[kind] = (now_s, 0)
        return passed_over
