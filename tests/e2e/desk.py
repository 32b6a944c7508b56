"""A page without a picture: speaks the signalling protocol as the chair's page or a site does."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.e2e.waiting import PATIENCE_S

Message = dict[str, Any]
_RETRY_S = 0.2


def open_signal(url: str) -> ClientConnection:
    """Return an open signalling WebSocket.

    It sends no pings of its own: a thread that draws their numbers from the one `random` of the
    process looks to Hypothesis, in another test, like a strategy that does.
    """
    return connect(
        url,
        compression=None,
        proxy=None,
        max_size=2**22,
        open_timeout=PATIENCE_S,
        ping_interval=None,
    )


class Desk:
    """The chair's desk: keeps the last state and the roster, comes back after any loss."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token
        self._changed = threading.Condition()
        self._socket: ClientConnection | None = None
        self._answers: dict[int, Message] = {}
        self._number = 0
        self._closing = False
        self.state: Message = {}
        self.rows: dict[str, Message] = {}
        self.scenario: Message = {}
        self.roll: Message = {}
        self.over = False
        self.branches: Message = {"split": False, "branches": []}
        self._thread = threading.Thread(target=self._run, name="desk", daemon=True)
        self._thread.start()

    def ask(self, kind: str, **fields: object) -> Message:
        """Give a command and return its answer, `ok` or `error`."""
        with self._changed:
            self._number += 1
            number = self._number
            assert self._changed.wait_for(lambda: self._socket is not None, PATIENCE_S)
            socket = self._socket
        assert socket is not None
        socket.send(json.dumps({"type": kind, "id": number, **fields}))
        with self._changed:
            assert self._changed.wait_for(lambda: number in self._answers, PATIENCE_S), kind
            return self._answers.pop(number)

    def tell(self, kind: str, **fields: object) -> None:
        """Say something that no answer can be heard of."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._socket is not None, PATIENCE_S)
            socket = self._socket
        assert socket is not None
        socket.send(json.dumps({"type": kind, **fields}))

    def do(self, kind: str, **fields: object) -> None:
        """Give a command that must take effect."""
        answer = self.ask(kind, **fields)
        assert answer["type"] == "ok", answer

    def until(self, look: Callable[["Desk"], object], what: str) -> None:
        """Wait until `look` is true of what this desk was told."""
        with self._changed:
            found = self._changed.wait_for(lambda: look(self), PATIENCE_S)
            assert found, f"never: {what}; state {self.state}"

    def row(self, site: str) -> Mapping[str, Any]:
        """Return the roster's row of a site."""
        return self.rows[site]

    def present(self, *sites: str) -> bool:
        """Return True when all of `sites` are present."""
        return all(self.rows.get(site, {}).get("state") == "present" for site in sites)

    def is_connected(self) -> bool:
        """Return True while the MCU is heard."""
        return self._socket is not None

    def close(self) -> None:
        """Hang up."""
        self._closing = True
        if self._socket is not None:
            self._socket.close()
        self._thread.join(PATIENCE_S)

    def _run(self) -> None:
        while not self._closing:
            try:
                with open_signal(self.url) as socket:
                    self._talk(socket)
            except (OSError, ConnectionClosed, TimeoutError):
                time.sleep(_RETRY_S)
            with self._changed:
                self._socket = None
                self._changed.notify_all()

    def _talk(self, socket: ClientConnection) -> None:
        socket.send(json.dumps(hello(self.token, kind="viewer", capture=False)))
        for text in socket:
            message = json.loads(text)
            with self._changed:
                self._take(message, socket)
                self._changed.notify_all()

    def _take(self, message: Message, socket: ClientConnection) -> None:
        match message["type"]:
            case "state":
                self.state = message
            case "scenario":
                self.scenario = message
            case "roll":
                self.roll = message
            case "roster":
                self.rows = {row["site"]: row for row in message["sites"]}
                self._socket = socket
            case "roster_delta":
                self.rows.update({row["site"]: row for row in message["sites"]})
            case "branches":
                self.branches = message
            case "ended":
                self.over = self._closing = True
            case "ok" | "error" if message.get("id") is not None:
                self._answers[message["id"]] = message


def hello(token: str, **fields: object) -> Message:
    """Return a greeting; `fields` replace what a room says."""
    said: Message = {"type": "hello", "v": 1, "token": token, "kind": "site", "capture": True}
    return {**said, "agent": "a test", **fields}
