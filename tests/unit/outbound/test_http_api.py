"""A vendor's API: what it is made with, what it shows of itself, when it is ready, and what counts as a failure."""

from dataclasses import dataclass, field, replace

import pytest

from linksync.errors import Misconfigured
from linksync.outbound.connections import new_session
from linksync.outbound.deadline import within
from linksync.outbound.http_api import Auth, HttpApi, Timeouts
from linksync.outbound.responses import Advice
from linksync.outbound.vendor_breaker import VendorBreaker

ADVICE = Advice(unauthorized="", forbidden="", refused="")


@dataclass
class Credentials:
    usable: bool = True
    secret: str = "hunter2"

    def header(self) -> str:
        if not self.usable:
            raise Misconfigured("no credentials")
        return f"Bearer {self.secret}"

    def renew(self) -> None:
        self.usable = True


@dataclass(frozen=True)
class Failures(VendorBreaker):
    counted: list[int] = field(default_factory=list)

    def failed(self) -> None:
        self.counted.append(1)


def api(**auth: Auth) -> HttpApi:
    return HttpApi(
        name="Zendesk",
        base_url="https://acme.zendesk.com/",
        parameter="ZendeskBaseUrl",
        advice=ADVICE,
        session=new_session(),
        **auth,  # type: ignore[arg-type]  # `auth` or nothing
    )


def test_what_it_is_made_with() -> None:
    made = api()
    assert made.base_url == "https://acme.zendesk.com"
    assert made.timeouts == Timeouts(connect=3.05, total=6.0) == Timeouts()
    assert made.forbidden == {401, 403}
    assert made.authorization() == ""
    assert made.breaker.admit("a call") > 0
    assert made.closes_breaker is True


def test_it_shows_no_part_of_itself_that_could_hold_a_secret() -> None:
    shown = repr(api(auth=Credentials()))
    assert "hunter2" not in shown
    assert not [name for name in ("session", "auth", "pace", "breaker") if f" {name}=" in shown]
    assert "name='Zendesk', base_url='https://acme.zendesk.com'" in shown


def test_without_credentials_no_call_is_ready() -> None:
    api(auth=Credentials()).ready()
    with pytest.raises(Misconfigured):
        api(auth=Credentials(usable=False)).ready()


@pytest.mark.parametrize(
    ("total", "left", "allotted", "counts"),
    [
        (6.0, 0.5, 0.1, True),  # it failed before the time was over, however short that was
        (6.0, 0.0, 0.1, False),
        (6.0, 0.0, 3.0 * 0.9, True),
        (6.0, 0.0, 2.69, False),
        (0.5, 0.0, 0.5 * 0.9, True),
        (0.5, 0.0, 0.44, False),
    ],
)
def test_a_time_that_was_too_short_for_anybody_is_no_failure_of_the_vendors(
    total: float, left: float, allotted: float, counts: bool
) -> None:
    failures = Failures()
    with within(left):
        replace(api(), timeouts=Timeouts(total=total), breaker=failures)._failed(allotted)
    assert bool(failures.counted) is counts
