"""The reconciler's silence is told after two of its schedules, whatever schedule the stack was given."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.template_metrics import ALARMS
from tests.translated_template import translated

ALARM = ALARMS["ReconcilerSilentAlarm"]
PATTERN = translated()["Parameters"]["ReconcileSchedule"]["AllowedPattern"]
MINUTE, HOUR, DAY = 60, 3_600, 86_400


def resolved(value: Any, schedule: str) -> Any:
    """A value of the template where `ReconcileSchedule` is this."""
    if not isinstance(value, dict):
        return value
    ((function, given),) = value.items()
    functions: dict[str, Callable[[], Any]] = {
        "Ref": lambda: {"ReconcileSchedule": schedule}[given],
        "Condition": lambda: resolved(translated()["Conditions"][given], schedule),
        "Fn::If": lambda: resolved(given[1 if resolved({"Condition": given[0]}, schedule) else 2], schedule),
        "Fn::Not": lambda: not resolved(given[0], schedule),
        "Fn::Or": lambda: any(resolved(one, schedule) for one in given),
        "Fn::Equals": lambda: resolved(given[0], schedule) == resolved(given[1], schedule),
        "Fn::Split": lambda: resolved(given[1], schedule).split(given[0]),
        "Fn::Select": lambda: resolved(given[1], schedule)[given[0]],
        "Fn::Join": lambda: given[0].join(_each(given[1], schedule)),
    }
    return functions[function]()


def _each(values: Any, schedule: str) -> list[str]:
    return [resolved(one, schedule) for one in values] if isinstance(values, list) else resolved(values, schedule)


def window(schedule: str) -> tuple[int, int]:
    """Seconds of a period, and for how many of them nothing may have been heard."""
    periods = {resolved(one["MetricStat"]["Period"], schedule) for one in ALARM["Metrics"] if "MetricStat" in one}
    assert len(periods) == 1
    assert ALARM["EvaluationPeriods"] == ALARM["DatapointsToAlarm"]
    return periods.pop(), int(resolved(ALARM["EvaluationPeriods"], schedule))


@pytest.mark.parametrize(
    ("schedule", "seconds"),
    [
        *(("rate(1 minute)", MINUTE), ("rate(5 minutes)", 5 * MINUTE), ("rate(720 minutes)", 720 * MINUTE)),
        *(("rate(1 hour)", HOUR), ("rate(6 hours)", 6 * HOUR), ("rate(84 hours)", 84 * HOUR)),
        *(("rate(1 day)", DAY), ("rate(2 days)", 2 * DAY), ("rate(3 days)", 3 * DAY)),
    ],
)
def test_silence_is_told_after_two_schedules(schedule: str, seconds: int) -> None:
    period, periods = window(schedule)
    assert period * periods == 2 * seconds
    assert re.fullmatch(PATTERN, schedule)


@pytest.mark.parametrize("schedule", ["cron(0 * * * ? *)", "rate(4 days)", "rate(30 days)"])
def test_of_other_schedules_after_as_long_as_an_alarm_can_look_back(schedule: str) -> None:
    period, periods = window(schedule)
    assert period * periods == 7 * DAY
    assert re.fullmatch(PATTERN, schedule)


@pytest.mark.parametrize("schedule", ["rate(721 minutes)", "rate(85 hours)", "rate(0 hours)", "rate(1 week)", "hourly"])
def test_a_schedule_that_no_alarm_could_follow_is_refused(schedule: str) -> None:
    assert not re.fullmatch(PATTERN, schedule)


@pytest.mark.parametrize(
    "schedule", ["rate(1 minute)", "rate(720 minutes)", "rate(84 hours)", "rate(3 days)", "cron(x)"]
)
def test_the_window_is_one_that_cloudwatch_takes(schedule: str) -> None:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html: EvaluationPeriods
    period, periods = window(schedule)
    assert period % 60 == 0
    assert period * periods <= (7 * DAY if period >= HOUR else DAY)


def test_only_a_run_without_an_error_counts() -> None:
    (result,) = [one for one in ALARM["Metrics"] if one["ReturnData"]]
    assert (result["Expression"], ALARM["ComparisonOperator"], ALARM["Threshold"]) == (
        "runs - errors",
        "LessThanThreshold",
        1,
    )
    assert {one["Id"] for one in ALARM["Metrics"]} == {"succeeded", "runs", "errors"}
