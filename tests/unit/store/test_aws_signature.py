"""Signature Version 4 against AWS's published example and against botocore's."""

from datetime import UTC, datetime
from unittest.mock import patch

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from linksync.store.aws_signature import Keys, signed

VISIBLE = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60)
NAME = st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True)


def test_the_published_example() -> None:
    """`post-vanilla` of AWS's Signature Version 4 test suite."""
    headers = signed(
        {"host": "example.amazonaws.com"},
        b"",
        keys=Keys(access="AKIDEXAMPLE", secret="wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
        region="us-east-1",
        service="service",
        at="20150830T123600Z",
    )
    assert headers == {
        "host": "example.amazonaws.com",
        "x-amz-date": "20150830T123600Z",
        "authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        "SignedHeaders=host;x-amz-date, "
        "Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
    }


@given(
    body=st.binary(max_size=300) | st.text(max_size=100).map(str.encode),
    keys=st.builds(Keys, access=NAME, secret=VISIBLE, token=VISIBLE | st.just("")),
    scope=st.tuples(NAME, NAME),
    host=st.from_regex(r"[a-z][a-z0-9.-]{0,30}(:[1-9][0-9]{3})?", fullmatch=True),
    target=VISIBLE,
    now=st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)),
)
def test_it_is_botocores(
    body: bytes, keys: Keys, scope: tuple[str, str], host: str, target: str, now: datetime
) -> None:
    region, service = scope
    headers = {"content-type": "application/x-amz-json-1.0", "host": host, "x-amz-target": target}
    at = now.strftime("%Y%m%dT%H%M%SZ")
    theirs = AWSRequest(method="POST", url=f"https://{host}/", headers=dict(headers), data=body)
    with patch("botocore.auth.get_current_datetime", lambda **_: now.replace(tzinfo=UTC)):
        SigV4Auth(Credentials(keys.access, keys.secret, keys.token or None), service, region).add_auth(theirs)
    ours = signed(headers, body, keys=keys, region=region, service=service, at=at)
    assert ours == {name.lower(): value for name, value in theirs.headers.items()}


def test_keys_are_not_shown() -> None:
    assert "hidden" not in repr(Keys(access="AKID", secret="hidden", token="hidden"))
