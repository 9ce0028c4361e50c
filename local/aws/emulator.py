"""The local AWS: MiniStack in a process of its own, on the loopback, with IAM enforced."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from functools import cache
from pathlib import Path
from typing import Any, Self, cast

import boto3
from botocore.config import Config

from local.aws import guard
from local.http.server import LOOPBACK

REGION = "us-east-1"
GUARD = Path(guard.__file__)
BOOT_SECONDS = 60
STOP_SECONDS = 5
KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "LINKSYNC_PYTHON")


class EmulatorError(Exception):
    """The emulator did not start, or died; the message holds the end of what it printed."""


class Emulator:
    """A MiniStack of its own: `with Emulator(home) as emulator:`.  It and its functions write below `home` alone."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = _free_port()
        self.key = secrets.token_hex(16)  # root's access key and secret: nobody else gets past the guard
        self.output = home / "ministack.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.client = cache(self._client)

    @property
    def url(self) -> str:
        """The endpoint of every service, for who has `key`."""
        return f"http://{LOOPBACK}:{self.port}"

    def environment(self) -> dict[str, str]:
        """For a process that is to use this AWS and nothing of the machine's own configuration."""
        return {
            **{name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ},
            "HOME": str(self.home),
            "TMPDIR": str(self.home),
            "AWS_ACCESS_KEY_ID": self.key,
            "AWS_SECRET_ACCESS_KEY": self.key,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def _client(self, service: str) -> Any:  # noqa: ANN401  botocore makes the classes at run time
        return cast(Any, boto3).client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=self.key,
            aws_secret_access_key=self.key,
            config=Config(
                connect_timeout=5, read_timeout=60, retries={"total_max_attempts": 2}, max_pool_connections=32
            ),
        )

    def last_words(self, lines: int = 25) -> str:
        """The end of what the emulator printed."""
        return "\n".join(self.output.read_text(errors="replace").splitlines()[-lines:]) if self.output.exists() else ""

    def __enter__(self) -> Self:
        settings = {
            "BIND_HOST": LOOPBACK,
            "GATEWAY_PORT": str(self.port),
            "AUTH": "true",
            "LAMBDA_EXECUTOR": "local",
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
        }
        with self.output.open("wb") as output:
            self._process = subprocess.Popen(  # noqa: S603  our own script, in this interpreter
                [sys.executable, "-P", str(GUARD)],
                env=self.environment() | settings,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # its functions' processes form one group with it, to be ended together
            )
        try:
            self._wait_until_healthy(self._process)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exc: object) -> None:
        self.client.cache_clear()
        if self._process is not None:
            _end_group(self._process)
            self._process = None

    def _wait_until_healthy(self, process: subprocess.Popen[bytes]) -> None:
        signed = {"Authorization": f"AWS4-HMAC-SHA256 Credential={self.key}/"}
        health = urllib.request.Request(f"{self.url}/_ministack/health", headers=signed)  # noqa: S310  loopback
        deadline = time.monotonic() + BOOT_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            try:
                with urllib.request.urlopen(health, timeout=2):  # noqa: S310  loopback
                    return
            except OSError:
                time.sleep(0.05)
        raise EmulatorError(f"MiniStack did not come up on {self.url}:\n{self.last_words()}")


def _free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as server:
        return int(server.getsockname()[1])


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Ends the process and the group that it leads."""
    for ending in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, ending)
        except ProcessLookupError:
            break
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue
    process.wait()
