"""What headers tell of the limits on requests, as recorded answers write them."""

import pytest

from linksync.outbound.rate_limits import RateLimit, rate_limits

PLAN = {
    "X-Rate-Limit": "700",
    "X-Rate-Limit-Remaining": "699",
    "ratelimit-limit": "700",
    "ratelimit-remaining": "699",
    "ratelimit-reset": "41",
}


def test_a_plan_tells_its_total_what_is_left_and_when_there_is_more() -> None:
    assert rate_limits(PLAN) == (RateLimit(total=700, remaining=699, resets=41),)


def test_an_older_plan_tells_by_its_own_names() -> None:
    assert rate_limits({"x-rate-limit": "200", "x-rate-limit-remaining": "0"}) == (RateLimit(total=200, remaining=0),)


def test_an_endpoint_tells_beside_the_plan() -> None:
    headers = PLAN | {"Zendesk-RateLimit-incremental-exports": "total=10; remaining=9; resets=2"}
    plan, endpoint = rate_limits(headers)
    assert plan.total == 700
    assert endpoint == RateLimit(total=10, remaining=9, resets=2, endpoint="incremental-exports")


def test_the_order_of_an_endpoints_parts_does_not_matter() -> None:
    limits = rate_limits({"zendesk-ratelimit-tickets-index": "remaining=7;total=20000"})
    assert limits == (RateLimit(total=20000, remaining=7, endpoint="tickets-index"),)


def test_jira_tells_by_names_of_its_own() -> None:
    headers = {"X-RateLimit-Limit": "350", "X-RateLimit-Remaining": "1", "X-RateLimit-Reset": "2026-11-24T23:00Z"}
    assert rate_limits(headers) == (RateLimit(total=350, remaining=1),)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-rate-limit": "many"},
        {"x-rate-limit": "0"},
        {"x-rate-limit": "-700"},
        {"zendesk-ratelimit-tickets": "remaining=3"},
        {"zendesk-ratelimit-tickets": "total=9999999999999"},
        {"zendesk-ratelimit-tickets": ""},
    ],
)
def test_what_is_no_limit_is_passed_over(headers: dict[str, str]) -> None:
    assert rate_limits(headers) == ()
