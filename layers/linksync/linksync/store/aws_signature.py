"""AWS's Signature Version 4 for the one kind of request that linksync signs itself: a POST to `/` without a query.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """AWS credentials.  `token` is empty for those of an IAM user; a role's always have one."""

    access: str
    secret: str = field(repr=False)
    token: str = field(default="", repr=False)


def signed(
    headers: Mapping[str, str], body: bytes, *, keys: Keys, region: str, service: str, at: str
) -> dict[str, str]:
    """These headers and those that prove who sends them and the body.

    The names are lower-case and `host` is among them; the values have no spaces to be folded.  `at` is the time as
    `20150830T123600Z`.
    """
    headers = {**headers, "x-amz-date": at}
    if keys.token:
        headers["x-amz-security-token"] = keys.token
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    canonical = f"POST\n/\n\n{lines}\n{names}\n{sha256(body).hexdigest()}"
    scope = f"{at[:8]}/{region}/{service}/aws4_request"
    key = f"AWS4{keys.secret}".encode()
    for part in scope.split("/"):
        key = _hmac(key, part)
    signature = _hmac(key, f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{sha256(canonical.encode()).hexdigest()}").hex()
    proof = f"AWS4-HMAC-SHA256 Credential={keys.access}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**headers, "authorization": proof}


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
