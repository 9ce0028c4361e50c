"""What the failures of a notice mean: no refusal stops the work on links."""

from collections.abc import Iterator
from contextlib import contextmanager

from linksync.errors import NoticeRefused, UpstreamForbidden, UpstreamRefused


@contextmanager
def refusals() -> Iterator[None]:
    """Whatever is refused inside is a NoticeRefused."""
    try:
        yield
    except (UpstreamRefused, UpstreamForbidden) as refusal:
        raise NoticeRefused(str(refusal)) from None
