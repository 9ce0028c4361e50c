"""What the failures of a notice mean: no refusal stops the work on links, and no look counts as a notice given."""

from collections.abc import Iterator
from contextlib import contextmanager

from linksync.errors import NoticeRefused, UpstreamForbidden, UpstreamRefused, UpstreamUnavailable


@contextmanager
def refusals() -> Iterator[None]:
    """Whatever is refused inside is a NoticeRefused."""
    try:
        yield
    except (UpstreamRefused, UpstreamForbidden) as refusal:
        raise NoticeRefused(str(refusal)) from None


@contextmanager
def looking() -> Iterator[None]:
    """Calls inside only read: one that fails leaves no doubt whether the notice was given."""
    try:
        yield
    except UpstreamUnavailable as error:
        raise UpstreamUnavailable(str(error), retry_after=error.retry_after, maybe_applied=False) from error
