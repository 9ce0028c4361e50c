"""`python -m linksync_cli`, which is what `linksync` runs."""

import sys

from linksync_cli.app import main

if __name__ == "__main__":
    sys.exit(main())
