"""The page's server-sent events: the state whenever it is another, and a beat in between.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

BEAT = 1.0
"""Seconds between two beats, by which the page knows that it is not stale."""


class Feed:
    """What was published last, for any number of followers."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._text = ""
        self._version = 0
        self._looked_at = 0.0
        self._followers = 0
        self._closed = False

    @property
    def followed(self) -> bool:
        """Whether anybody follows."""
        return self._followers > 0

    def publish(self, state: Mapping[str, Any]) -> None:
        """The state as it is now.  Followers are sent it when it is another than before."""
        text = json.dumps(state)
        with self._change:
            self._looked_at = time.time()
            if text != self._text:
                self._text = text
                self._version += 1
                self._change.notify_all()

    def close(self) -> None:
        """Ends every follower's stream."""
        with self._change:
            self._closed = True
            self._change.notify_all()

    def events(self) -> Iterator[bytes]:
        """One follower's stream, until it is closed: `state`, and `beat` with the time of the last look."""
        seen = 0
        with self._change:
            self._followers += 1
        try:
            while True:
                with self._change:
                    if self._version == seen and not self._closed:
                        self._change.wait(BEAT)
                    if self._closed:
                        return
                    version, text = self._version, self._text
                    beat = json.dumps({"now": time.time(), "looked_at": self._looked_at})
                if version != seen:
                    yield f"event: state\ndata: {text}\n\n".encode()
                yield f"event: beat\ndata: {beat}\n\n".encode()
                seen = version
        finally:
            with self._change:
                self._followers -= 1
