"""The machine's line: what every figure must be read with."""

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path


def machine() -> str:
    """CPU, cores, memory, interpreter, date and load: one line."""
    return (
        f"{_cpu()}, {os.cpu_count()} cores, {_memory()} GiB, {platform.system()} {platform.release().split('-')[0]}, "
        f"Python {platform.python_version()}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, load {os.getloadavg()[0]:.1f}"
    )


def _cpu() -> str:
    found = re.search(r"^model name\s*: (.+)$", _text("/proc/cpuinfo"), re.M)
    return found[1] if found else platform.machine()


def _memory() -> int:
    found = re.search(r"^MemTotal:\s*(\d+) kB$", _text("/proc/meminfo"), re.M)
    return round(int(found[1]) / 2**20) if found else 0


def _text(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""
