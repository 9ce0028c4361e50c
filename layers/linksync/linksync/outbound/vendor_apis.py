"""Zendesk's and Jira's APIs, put together: base URL, credentials, and advice for operators."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import requests

from linksync.core.listed_links import LinksApiVersion
from linksync.outbound.auth import TOKEN_REFUSALS, CredentialsAuth, TokenEndpoint
from linksync.outbound.base_url import is_loopback
from linksync.outbound.connections import new_session
from linksync.outbound.credentials import SECRET, CredentialsSource
from linksync.outbound.http_api import USUAL_TIMEOUTS, HttpApi, Timeouts
from linksync.outbound.links_api import LinksApi
from linksync.outbound.links_v1 import LinksV1
from linksync.outbound.links_v2 import LinksV2
from linksync.outbound.responses import Advice
from linksync.outbound.vendor_breaker import VendorBreaker

ATLASSIAN = "https://auth.atlassian.com"
_REDRIVE = "Then run `linksync redrive`."
_ZENDESK = Advice(
    unauthorized=(
        f'Check "zendesk" in the secret {SECRET}: the token or OAuth client is wrong, revoked or expired. {_REDRIVE}'
    ),
    forbidden=(
        "The user behind the credentials must be an admin, an OAuth token needs the scope `read write`, and "
        '"Manage links" must be on: Admin Center > Apps and integrations > Integrations > Jira > [connection] > '
        "Support app. "
        f"{_REDRIVE}"
    ),
    refused=(
        "Zendesk will not accept this as it stands: check ZendeskBaseUrl, TicketFieldId, LinksApiVersion and "
        "JiraIntegrationExternalId. "
        f"{_REDRIVE}"
    ),
)
_JIRA = Advice(
    unauthorized=(
        f'Check "jira" in the secret {SECRET}: the token is wrong, revoked or expired (a year at most). A scoped token '
        "works only with JiraBaseUrl https://api.atlassian.com/ex/jira/{cloudId}, and needs read:jira-user. "
        f"{_REDRIVE}"
    ),
    forbidden=(
        "The account needs access to Jira and the permission Browse projects, a scoped token also read:jira-work and "
        f"read:jira-user. {_REDRIVE}"
    ),
    refused=f"Jira will not accept this as it stands: check JiraBaseUrl and IssueFieldId. {_REDRIVE}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorApis:
    """What both APIs share: where credentials come from, one HTTP session, time-outs and the clock.

    With `breaker`, a vendor that keeps failing is left alone for a while: for a process that works on many things.
    """

    source: CredentialsSource
    session: requests.Session = field(default_factory=new_session, repr=False)
    timeouts: Timeouts = USUAL_TIMEOUTS
    clock: Callable[[], float] = time.time
    breaker: bool = False

    def zendesk(self, base_url: str) -> HttpApi:
        """Zendesk at ZendeskBaseUrl, or https://{ZendeskSubdomain}.zendesk.com.

        Raises Misconfigured for an unsafe URL.
        """
        plain = self._api("Zendesk", base_url, "ZendeskBaseUrl", _ZENDESK)
        extra = {"scope": "read write", "expires_in": 3600}
        tokens = TokenEndpoint(api=_of_tokens(plain, plain.base_url), path="/oauth/tokens", extra=extra)
        return replace(plain, auth=self._auth("zendesk", tokens, lambda email: f"{email}/token"))

    def links(self, zendesk: HttpApi, *, version: LinksApiVersion, external_id: str) -> LinksApi:
        """The Links API of that version.  Raises Misconfigured when version 2 has no `external_id`."""
        if version is LinksApiVersion.V1:
            return LinksV1(zendesk=zendesk)
        return LinksV2(zendesk=zendesk, external_id=external_id)

    def jira(self, base_url: str) -> HttpApi:
        """Jira at JiraBaseUrl; its bearer tokens come from Atlassian, or from the same host when that is loopback.

        Raises Misconfigured for an unsafe URL.
        """
        plain = self._api("Jira", base_url, "JiraBaseUrl", _JIRA)
        issuer = plain.base_url if is_loopback(plain.base_url) else ATLASSIAN
        tokens = TokenEndpoint(api=_of_tokens(plain, issuer), path="/oauth/token")
        return replace(plain, auth=self._auth("jira", tokens, lambda email: email))

    def _api(self, name: str, base_url: str, parameter: str, advice: Advice) -> HttpApi:
        return HttpApi(
            name=name,
            base_url=base_url,
            parameter=parameter,
            advice=advice,
            session=self.session,
            breaker=VendorBreaker(name.lower(), enabled=self.breaker, clock=self.clock),
            timeouts=self.timeouts,
            clock=self.clock,
        )

    def _auth(self, vendor: str, tokens: TokenEndpoint, basic_user: Callable[[str], str]) -> CredentialsAuth:
        return CredentialsAuth(
            vendor=vendor, source=self.source, tokens=tokens, basic_user=basic_user, clock=self.clock
        )


def _of_tokens(vendor: HttpApi, issuer: str) -> HttpApi:
    """Where its tokens come from: another system, which may be well while the vendor hangs."""
    return replace(vendor, base_url=issuer, forbidden=TOKEN_REFUSALS, closes_breaker=False)
