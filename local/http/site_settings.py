"""What every simulated vendor's site may be given."""

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from local.http.courier import CourierSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSettings:
    """`clock` is the site's time, `pace` that of its senders.

    With a `tls` context the site speaks https; with a `url` it has no socket (see `Site`).
    """

    clock: Callable[[], float] = time.time
    pace: CourierSettings = field(default_factory=CourierSettings)
    tls: ssl.SSLContext | None = None
    url: str = ""
