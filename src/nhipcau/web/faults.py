"""What can be wrong with a signalling message, and which of it ends the connection."""

from collections import Counter
from collections.abc import Mapping

# Codes that close the WebSocket, with their close code: 4000 + the HTTP status of like meaning.
CLOSING: Mapping[str, int] = {
    "version": 4426,
    "too_large": 4413,
    "hello_first": 4408,
    "token_invalid": 4401,
    "token_expired": 4401,
    "wrong_conference": 4404,
    "unknown_site": 4404,
    "slow_reader": 4408,
    "overloaded": 4503,
    "internal": 4500,
}


class FaultError(Exception):
    """A message that is refused; `code` is one of docs/PROTOCOL.md."""

    def __init__(self, code: str, detail: str, *, closing: bool = False) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.closing = closing


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
