"""Webhooks by the name that their vendor gives them."""

import threading
from collections.abc import Callable, Hashable
from typing import Protocol

from local.http.courier import Courier


class Webhook(Protocol):
    """What every vendor's webhook has: where it posts to, and who delivers what it posts."""

    url: str
    courier: Courier


class WebhookRegistry[K: Hashable, W: Webhook]:
    """Every webhook of a site, in the order of their making.  `name_of` tells a webhook's name."""

    def __init__(self, name_of: Callable[[W], K]) -> None:
        self._name_of = name_of
        self._webhooks: dict[K, W] = {}
        self._lock = threading.Lock()

    def adopt(self, webhook: W) -> W:
        """Registers a webhook that was made elsewhere, and returns it."""
        with self._lock:
            self._webhooks[self._name_of(webhook)] = webhook
            return webhook

    def all(self) -> list[W]:
        """Those that have a URL."""
        with self._lock:
            return [webhook for webhook in self._webhooks.values() if webhook.url]

    def get(self, name: K) -> W | None:
        """One that has a URL, or None."""
        return next((webhook for webhook in self.all() if self._name_of(webhook) == name), None)

    def remove(self, webhook: W) -> None:
        """Takes it away; what it had to deliver is not delivered any more."""
        with self._lock:
            self._webhooks.pop(self._name_of(webhook), None)
        webhook.courier.close()

    def couriers(self) -> list[Courier]:
        """Every webhook's courier."""
        with self._lock:
            return [webhook.courier for webhook in self._webhooks.values()]
