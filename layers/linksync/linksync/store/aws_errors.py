"""What botocore's errors (the ledger's) amount to: our side did not answer, and it is tried again.

The queue and the secret store are called without botocore: see `aws_calls`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from linksync.errors import AwsRefused, AwsUnavailable


@contextmanager
def translate_aws_errors(what: str) -> Iterator[None]:
    """Raises AwsUnavailable for any error of an AWS call made within, AwsRefused when trying again is in vain.

    Its message names AWS's error code (`AccessDenied` is for an operator to mend) and nothing else of the answer.
    """
    try:
        yield
    except ClientError as problem:
        code = str(problem.response.get("Error", {}).get("Code", "?"))[:64]
        if code == "ValidationException":
            raise AwsRefused(
                f"{what} answered {code}: the lane's records are too large; correct the fields, then `linksync redrive`"
            ) from problem
        raise AwsUnavailable(f"{what} answered {code}; it will be tried again") from problem
    except BotoCoreError as problem:
        raise AwsUnavailable(f"{what} did not answer ({type(problem).__name__}); it will be tried again") from problem
