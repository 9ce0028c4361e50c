"""The schedule's target: one run that finds what no sender told.

See `linksync.reconciler`.
"""

from typing import TYPE_CHECKING

from linksync.observability import report_start
from linksync.reconciler.wiring import wire

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def handler(_event: object, context: "LambdaContext") -> dict[str, str]:
    """Lambda's entry."""
    return {"ended": wire().run(context)}


wire()
report_start()
