"""The secret that holds the credentials of both vendors."""

import json
from typing import Any

from tests.simulation import simulated_jira, simulated_zendesk

CREDENTIALS = json.dumps({"zendesk": simulated_zendesk.CREDENTIALS, "jira": simulated_jira.CREDENTIALS})


class SecretsManager:
    """As much of a client as is called."""

    def get_secret_value(self, **_: Any) -> dict[str, str]:
        return {"SecretString": CREDENTIALS}
