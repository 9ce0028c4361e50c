"""The lists of the webhook secret: what senders prove themselves by.

A new one goes to the front; old ones stay until somebody says otherwise, so that a change leaves no gap.
"""

from collections.abc import Sequence

from linksync_cli.changes import ChangeAction, Changes
from linksync_cli.secret_store import WEBHOOK, SecretStore, secrets_of


def put(
    store: SecretStore, changes: Changes, name: str, given: Sequence[str], *, drop_old: bool, dry_run: bool
) -> None:
    """Sees to it that the list holds these.  `given` are never shown."""
    document = store.read(WEBHOOK)
    known = secrets_of(document, name)
    wanted = [*dict.fromkeys(given)]
    wanted += [one for one in known if one not in wanted and not drop_old]
    if set(known) == set(wanted):
        changes.add(_what(name), ChangeAction.UNCHANGED, "WebhookSecret")
        return
    changes.calls.append(f"PutSecretValue WebhookSecret: {name}, {len(wanted)} of them")
    if not dry_run:
        store.write(WEBHOOK, document | {name: wanted})
    changes.add(_what(name), ChangeAction.UPDATED if known else ChangeAction.CREATED, "WebhookSecret")


def drop(store: SecretStore, name: str, secret: str) -> None:
    """Takes a secret out again, when the webhook or rule that it was meant for could not be made."""
    document = store.read(WEBHOOK)
    store.write(WEBHOOK, document | {name: [one for one in secrets_of(document, name) if one != secret]})


def _what(name: str) -> str:
    return f"signing secrets of {name.replace('_', ' ')}"
