"""One function in the Lambda runtime interface emulator: the one inside the aws-sam-cli package."""

import http.client
import importlib.metadata
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

ARCHITECTURE = {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "x86_64")
EMULATOR = Path(str(importlib.metadata.distribution("aws-sam-cli").locate_file("samcli/local/rapid"))) / (
    f"aws-lambda-rie-{ARCHITECTURE}"
)
INVOKE = "/2015-03-31/functions/function/invocations"
PYTHON = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
BOOT_SECONDS = 10


class Emulator:
    """`with Emulator(environment, task) as emulator:`.  The function starts at the first `invoke`."""

    def __init__(self, environment: dict[str, str], task: Path, *, log: Path) -> None:
        self._environment, self._task, self._log = environment, task, log
        self._port, api = _free_port(), _free_port()
        # -S: the interpreter's own site-packages are not Lambda's.
        self._command = [
            *(str(EMULATOR), "--log-level", "error"),
            *("--runtime-interface-emulator-address", f"127.0.0.1:{self._port}"),
            *("--runtime-api-address", f"127.0.0.1:{api}"),
            *(str(PYTHON), "-S", "-m", "awslambdaric", "app.handler"),
        ]

    def invoke(self, event: dict[str, Any]) -> Any:
        """The function's answer.  Raises RuntimeError when it failed."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            connection.request("POST", INVOKE, json.dumps(event).encode())
            answer = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        if isinstance(answer, dict) and "errorType" in answer:
            raise RuntimeError(f"{answer}\n{self._log.read_text()[-2000:]}")
        return answer

    @property
    def pid(self) -> int:
        """The runtime's process, once the function has started."""
        tasks = Path(f"/proc/{self._process.pid}/task").glob("*/children")
        return next(int(pid) for task in tasks for pid in task.read_text().split())

    def cpu_seconds(self) -> float:
        """What the function's threads have spent on a processor."""
        stats = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(stat.read_text().split()[0]) for stat in stats) / 1e9

    def peak_kib(self) -> int:
        """The most memory that the function ever held (VmHWM)."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0])

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603  aws-sam-cli's own binary
                self._command, env=self._environment, cwd=self._task, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + BOOT_SECONDS
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return self
            time.sleep(0.005)
        self.__exit__()
        raise RuntimeError(f"the emulator did not start: {self._log.read_text()}")

    def __exit__(self, *_exc: object) -> None:
        # The function first, so that the emulator still collects it.
        with suppress(StopIteration, ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
            time.sleep(0.02)
        self._process.kill()
        self._process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
