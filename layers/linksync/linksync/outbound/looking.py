"""Calls that only read, before or after one that writes: their failure is none of that one."""

from collections.abc import Iterator
from contextlib import contextmanager

from linksync.errors import UpstreamUnavailable


@contextmanager
def looking() -> Iterator[None]:
    """Calls inside only read: one that fails leaves no doubt whether something was changed."""
    try:
        yield
    except UpstreamUnavailable as error:
        raise UpstreamUnavailable(str(error), retry_after=error.retry_after, maybe_applied=False) from error
