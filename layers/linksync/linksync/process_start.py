"""How long this process has been running, as Linux tells in /proc."""

import os
import time
from contextlib import suppress
from pathlib import Path

_STARTED = 19
"""Where the time of the start is among the fields behind the name.  https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html"""


def seconds_since_start() -> float | None:
    """Seconds; None where there is no /proc."""
    with suppress(OSError, ValueError, IndexError):
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        ticks = int(fields[_STARTED]) / os.sysconf("SC_CLK_TCK")
        return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - ticks)
    return None
