"""A part of a processor, as Lambda gives it by memory: a control group of Linux with a quota.

Lambda gives a function one virtual processor at 1,769 MB, and less in proportion.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Self

FULL_MB = 1769
"""Megabytes that bring a whole processor."""

_PERIOD = 20_000  # microseconds
_GROUPS = (Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup"))  # versions 1 and 2


class CpuShare:
    """`with CpuShare(megabytes) as share:`, then `share.add(pid)`.  OSError: this machine forbids it."""

    def __init__(self, megabytes: int) -> None:
        self._quota = int(_PERIOD * megabytes / FULL_MB)
        self._group = Path()

    def add(self, pid: int) -> None:
        """From now on all threads of the process share the quota."""
        (self._group / "cgroup.procs").write_text(str(pid))

    def __enter__(self) -> Self:
        root = next((group for group in _GROUPS if group.is_dir()), _GROUPS[-1])
        self._group = root / f"linksync-bench-{os.getpid()}-{self._quota}"
        self._group.mkdir()
        if (self._group / "cpu.max").exists():
            (self._group / "cpu.max").write_text(f"{self._quota} {_PERIOD}")
        else:
            (self._group / "cpu.cfs_period_us").write_text(str(_PERIOD))
            (self._group / "cpu.cfs_quota_us").write_text(str(self._quota))
        return self

    def __exit__(self, *_exc: object) -> None:
        with suppress(OSError):
            self._group.rmdir()
