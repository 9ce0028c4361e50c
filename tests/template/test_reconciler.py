"""The reconciler's schedule and rights, read as SAM translates them."""

import re
from typing import Any

import pytest

from tests.translated_template import mentions, of_type, resources, translated

(SCHEDULE,) = of_type("AWS::Scheduler::Schedule").values()
FUNCTION = of_type("AWS::Lambda::Function")["Reconciler"]
ROLE = resources()["ReconcilerRole"]["Properties"]


def statements() -> list[dict[str, Any]]:
    return [statement for policy in ROLE["Policies"] for statement in policy["PolicyDocument"]["Statement"]]


def test_the_schedule_runs_it_as_the_parameters_say() -> None:
    assert SCHEDULE["ScheduleExpression"] == {"Ref": "ReconcileSchedule"}
    condition, on, off = SCHEDULE["State"]["Fn::If"]
    assert translated()["Conditions"][condition] == {"Fn::Equals": [{"Ref": "ReconcileEnabled"}, "true"]}
    assert (on, off) == ("ENABLED", "DISABLED")
    assert mentions(SCHEDULE["Target"]["Arn"]) == {"Reconciler"}


def test_a_failed_run_is_the_next_ones_to_go_on_with() -> None:
    (config,) = of_type("AWS::Lambda::EventInvokeConfig").values()
    assert mentions(config["FunctionName"]) == {"Reconciler"}
    assert config["MaximumRetryAttempts"] == 0
    assert SCHEDULE["Target"]["RetryPolicy"]["MaximumRetryAttempts"] == 0


def test_two_runs_are_kept_apart_by_the_lease_and_not_by_reserved_concurrency() -> None:
    assert "ReservedConcurrentExecutions" not in FUNCTION
    assert FUNCTION["Timeout"] == 900


def test_it_writes_its_own_notes_and_no_lane() -> None:
    writes = [
        s for s in statements() if re.search("Write|Put|Update|Delete", str(s["Action"])) and "xray" not in str(s)
    ]
    ledger = [statement for statement in writes if "dynamodb" in str(statement["Action"])]
    assert [statement["Condition"] for statement in ledger] == [
        {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["reconciler", "look"]}}
    ]


@pytest.mark.parametrize(
    ("expression", "taken"),
    [
        ("rate(1 hour)", True),
        ("rate(1 minute)", True),
        ("cron(0 6 * * ? *)", True),
        ("1 hour", False),
        ("at(2026-12-01T00:00:00)", False),
        ("", False),
    ],
)
def test_a_schedule_recurs(expression: str, *, taken: bool) -> None:
    pattern = translated()["Parameters"]["ReconcileSchedule"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, expression)) is taken
