"""A page's signalling line in the test's hand: held, so that the page sees what was; or cut.

It passes messages on only while the test waits within Playwright, so tests that use it wait for
what stands on pages and for nothing else.
"""

from playwright.sync_api import Page, WebSocketRoute


class HeldLine:
    """The line of one page; put in before the page opens it."""

    def __init__(self, page: Page) -> None:
        self._held: list[str | bytes] = []
        self._holds = self._cut = False
        self._route: WebSocketRoute | None = None
        page.route_web_socket("**/signal", self._open)

    def hold(self) -> None:
        """Keep what comes from the MCU from the page; what the page says goes on."""
        self._holds = True

    def release(self) -> None:
        """Let the page hear what it has missed."""
        self._holds = False
        assert self._route is not None
        for message in self._held:
            self._route.send(message)
        self._held.clear()

    def cut(self) -> None:
        """Break the line; the page's further tries fail, too."""
        self._cut = True
        assert self._route is not None
        self._route.close()

    def mend(self) -> None:
        """Let the page's next try through."""
        self._cut = False

    def _open(self, route: WebSocketRoute) -> None:
        self._held.clear()
        if self._cut:
            route.close()
            return
        server = route.connect_to_server()
        self._route = route

        def from_mcu(message: str | bytes) -> None:
            if self._holds:
                self._held.append(message)
            else:
                route.send(message)

        route.on_message(server.send)
        server.on_message(from_mcu)
