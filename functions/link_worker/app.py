"""The event queue's consumer: one message at a time, alone in its lane.

See `linksync.worker`.
"""

from typing import TYPE_CHECKING, Any

from linksync.observability import report_start
from linksync.worker.wiring import wire

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Lambda's entry."""
    return wire().handle(event, context)


wire()
report_start()
