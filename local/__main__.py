"""`python -m local demo` plays the demonstration; `python -m local up` leaves the same stack running until Ctrl-C."""

import signal
import sys

from local.aws.deploy import DeployError, NotBuiltError
from local.aws.emulator import EmulatorError
from local.demo.demonstration import demonstrate
from local.demo.up import run

COMMANDS = {"demo": demonstrate, "up": run}


def main(arguments: list[str]) -> int:
    """Runs the command; 2 for wrong usage, 1 where the emulator or the deployment failed."""
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        print(__doc__, file=sys.stderr)
        return 2
    for ending in (signal.SIGINT, signal.SIGTERM):  # both like Ctrl-C: everything is stopped on the way out
        signal.signal(ending, signal.default_int_handler)
    try:
        return COMMANDS[arguments[0]]()
    except (NotBuiltError, DeployError, EmulatorError) as problem:
        print(f"linksync: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


sys.exit(main(sys.argv[1:]))
