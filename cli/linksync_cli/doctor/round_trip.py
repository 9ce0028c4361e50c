"""The round trip: a signed probe for each sender, through the stack's real endpoint, which answers `ignored`.

Nothing is queued or written for it.  A secret that was written minutes ago is waited for: receivers take a minute to
see it.
"""

import hashlib
import hmac
import json
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import requests
from requests.utils import get_environ_proxies

from linksync.outbound.connections import new_session
from linksync_cli.doctor.checks import Finding, failed, ok
from linksync_cli.doctor.subject import Subject
from linksync_cli.secret_store import WEBHOOK, secrets_of
from linksync_cli.stack import reachable

_SEEN_WITHIN = 300.0  # seconds until a changed secret is surely in force
_TRIES, _PAUSE = 16, 5.0


@dataclass(frozen=True, slots=True)
class ProbeRequest:
    """One sender's probe."""

    sender: str
    output: str
    body: bytes
    headers: Mapping[str, str]


def round_trip(subject: Subject) -> Finding:
    """A genuine delivery of each sender is known for one."""
    fresh = subject.clock() - subject.secret_changed_at(WEBHOOK) < _SEEN_WITHIN
    senders = []
    for sender in ("zendesk", "jira", "jira_automation"):
        answer = None
        for attempt in range(_TRIES if fresh else 1):
            if attempt:
                subject.wait(_PAUSE)
            probe = next((one for one in _probes(subject) if one.sender == sender), None)
            if probe is None:
                break
            answer = _post(subject, probe)
            if answer == (200, "ignored"):
                break
        if answer is not None and answer != (200, "ignored"):
            return _failure(sender, answer)
        senders += [sender.replace("_", " ")] if answer else []
    return ok(f"signed probes were taken for {', '.join(senders)}")


def _probes(subject: Subject) -> Iterator[ProbeRequest]:
    """Signed anew each time: a signature of Zendesk's counts for minutes."""
    body = json.dumps({"type": "zen:event-type:ticket.comment_added"}).encode()
    for secret in secrets_of(subject.webhook_secret, "zendesk")[:1]:
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(subject.clock()))
        signature = b64encode(hmac.digest(secret.strip().encode(), at.encode() + body, "sha256")).decode()
        signed = {"X-Zendesk-Webhook-Signature": signature, "X-Zendesk-Webhook-Signature-Timestamp": at}
        yield ProbeRequest("zendesk", "ZendeskWebhookUrl", body, signed)
    body = json.dumps({"webhookEvent": "comment_created"}).encode()
    for secret in secrets_of(subject.webhook_secret, "jira")[:1]:
        signature = hmac.new(secret.strip().encode(), body, hashlib.sha256).hexdigest()
        yield ProbeRequest("jira", "JiraWebhookUrl", body, {"X-Hub-Signature": f"sha256={signature}"})
    body = json.dumps({"event": "probe", "issue_id": "1", "issue_key": "PROBE-1"}).encode()
    for token in secrets_of(subject.webhook_secret, "jira_automation")[:1]:
        headers = {"Authorization": f"Bearer {token.strip()}"}
        yield ProbeRequest("jira_automation", "JiraAutomationUrl", body, headers)


def _post(subject: Subject, probe: ProbeRequest) -> tuple[int, str]:
    """Status and `status` of the answer; 0 and the kind of failure where there was none."""
    url = reachable(subject.stack.output(probe.output))
    session = new_session()
    session.proxies.update(get_environ_proxies(url))
    headers = {"Content-Type": "application/json", **probe.headers}
    try:
        answer = session.post(url, data=probe.body, headers=headers, timeout=15, allow_redirects=False)
        document = answer.json()
    except requests.JSONDecodeError:
        return answer.status_code, ""
    except requests.RequestException as failure:
        return 0, type(failure).__name__
    return answer.status_code, str(document.get("status", "")) if isinstance(document, dict) else ""


def _failure(sender: str, answer: tuple[int, str]) -> Finding:
    name, (status, what) = sender.replace("_", " "), answer
    setup = "zendesk" if sender == "zendesk" else "jira"
    if status == 0:
        return failed(f"the endpoint for {name} could not be reached ({what})", "Check the network and its proxies.")
    if status == 401:
        return failed(
            f"the stack does not believe a probe signed with its own secret of {name}",
            f"Wait five minutes after a change of WebhookSecret, and run it again; else `linksync setup {setup}`.",
        )
    if status == 403:
        return failed(
            f"the endpoint for {name} does not let this computer in",
            "AllowedSourceRanges leaves it out: run this from a network that is in, or with --skip round_trip.",
        )
    return failed(
        f"the endpoint for {name} answered {status} {what}".rstrip(),
        "See the receiver's log in CloudWatch for why, and deploy again: `make deploy`.",
    )
