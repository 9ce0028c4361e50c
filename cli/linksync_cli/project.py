"""Where this checkout is, and the settings that its deployments keep."""

import os
from pathlib import Path

from linksync_cli.samconfig import LOCAL_FILE, Samconfig

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_STACK = "linksync"


def settings_path() -> Path:
    """The settings file, which the variable SAMCONFIG may name as it does for `make deploy`."""
    return ROOT / os.environ.get("SAMCONFIG", LOCAL_FILE)


def settings() -> Samconfig:
    """What the settings file holds; empty where there is none.  Raises SamconfigError."""
    return Samconfig.read(settings_path())
