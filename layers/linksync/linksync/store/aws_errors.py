"""What botocore's errors amount to: AWS did not answer, and it is tried again.

botocore is not imported before it has failed: the link worker calls AWS without it (see `aws_calls`), and its start is
paid for.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from linksync.errors import LEDGER_REFUSAL, AwsRefused, AwsUnavailable, LinksyncError


@contextmanager
def translate_aws_errors(what: str) -> Iterator[None]:
    """Raises AwsUnavailable for any error of an AWS call made within, AwsRefused when trying again is in vain.

    Its message names AWS's error code (`AccessDenied` is for an operator to mend) and nothing else of the answer.
    """
    try:
        yield
    except LinksyncError:
        raise
    except Exception as problem:
        if (error := _translated(what, problem)) is None:
            raise
        raise error from problem


def _translated(what: str, problem: Exception) -> LinksyncError | None:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  see above

    if isinstance(problem, ClientError):
        code = str(problem.response.get("Error", {}).get("Code", "?"))[:64]
        if code == "ValidationException":
            return AwsRefused(f"{what} answered {code}: {LEDGER_REFUSAL}")
        return AwsUnavailable(f"{what} answered {code}; it will be tried again")
    if isinstance(problem, BotoCoreError):
        return AwsUnavailable(f"{what} did not answer ({type(problem).__name__}); it will be tried again")
    return None
