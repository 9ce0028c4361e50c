"""What AWS's own errors amount to: our side did not answer, and it is tried again."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from linksync.errors import OurSideUnavailable


@contextmanager
def our_side(what: str) -> Iterator[None]:
    """Raises OurSideUnavailable for any error of an AWS call made within.

    Its message names AWS's error code (`AccessDenied` is for an operator to mend) and nothing else of the answer.
    """
    try:
        yield
    except ClientError as problem:
        code = str(problem.response.get("Error", {}).get("Code", "?"))[:64]
        raise OurSideUnavailable(f"{what} answered {code}; it will be tried again") from problem
    except BotoCoreError as problem:
        raise OurSideUnavailable(
            f"{what} did not answer ({type(problem).__name__}); it will be tried again"
        ) from problem
