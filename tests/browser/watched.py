"""What a browser's page does besides what a test asks: nothing of it may go wrong, and nothing go elsewhere."""

from playwright.sync_api import ConsoleMessage, Page, Request


class Watched:
    """`failures` holds each console error, each exception, and each request to another host than the page's."""

    def __init__(self, page: Page, url: str) -> None:
        self.failures: list[str] = []
        self._url = url
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.failures.append(f"exception: {error}"))
        page.on("request", self._on_request)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.failures.append(f"{message.type}: {message.text}")

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith(self._url):
            self.failures.append(f"asked elsewhere: {request.url}")
