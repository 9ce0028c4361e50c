"""The stack's two secrets, read and written whole.  Nothing of them is ever shown."""

import json
from collections.abc import Mapping
from typing import Any

from linksync_cli.failures import Failure
from linksync_cli.stack import Stack

WEBHOOK, API = "WebhookSecretArn", "ApiCredentialsArn"
NAMES = {WEBHOOK: "WebhookSecret", API: "ApiCredentials"}


class SecretStore:
    """The secrets of a stack, by the output that names them.  Raises the client's errors."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._client = stack.aws.client("secretsmanager")

    def read(self, output: str) -> dict[str, Any]:
        """The document.  Raises Failure when it is no JSON object."""
        text = self._client.get_secret_value(SecretId=self._stack.output(output)).get("SecretString", "")
        try:
            document = json.loads(text)
        except ValueError:
            document = None
        if not isinstance(document, dict):  # outside the except clause: its exception quotes the secret
            mend = f'Put {{}} there: aws secretsmanager put-secret-value --secret-id <{output}> --secret-string "{{}}"'
            raise Failure("secret", f"The secret {NAMES[output]} is not a JSON object.", mend)
        return document

    def write(self, output: str, document: Mapping[str, Any]) -> None:
        """Puts the document in place of what is there."""
        text = json.dumps(document, indent=2)
        self._client.put_secret_value(SecretId=self._stack.output(output), SecretString=text)


def secrets_of(document: Mapping[str, Any], name: str) -> list[str]:
    """The entries of one list of the webhook secret; what is no list of strings is none."""
    listed = document.get(name)
    return [entry for entry in listed if isinstance(entry, str)] if isinstance(listed, list) else []
