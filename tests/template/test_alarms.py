"""Each alarm says how bad it is and what to do, reaches somebody, and is silent on a quiet day."""

import re

import pytest

from tests.template_metrics import ALARMS
from tests.translated_template import TEMPLATE_FILE, mentions, of_type, resources, translated

OPERATIONS = (TEMPLATE_FILE.with_name("docs") / "operations.md").read_text("utf-8")
HEADINGS = [line.removeprefix("### ") for line in OPERATIONS.splitlines() if line.startswith("### ")]
SILENT = "ReconcilerSilentAlarm"
QUERIES = [name for name, alarm in ALARMS.items() if "SELECT" in str(alarm.get("Metrics"))]


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_says_how_bad_it_is_and_what_to_do_and_where_that_is_written(name: str) -> None:
    alarm = ALARMS[name]
    tags = {tag["Key"]: tag["Value"] for tag in alarm["Tags"]}
    assert tags["severity"] in {"critical", "warning"}
    assert f" {tags['severity']} - " in alarm["AlarmName"]["Fn::Sub"]
    advice, _, anchor = alarm["AlarmDescription"].rpartition(" docs/operations.md#")
    assert re.search(r"[.?] .+:$", advice), "what is wrong, then what to do"
    assert anchor in {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in HEADINGS}


@pytest.mark.parametrize("name", ALARMS)
def test_nothing_alarms_on_a_quiet_account(name: str) -> None:
    alarm = ALARMS[name]
    if name == SILENT:  # a quiet account has runs of the reconciler, and where it is off there is no such alarm
        assert translated()["Conditions"]["SilenceAlarms"] == {
            "Fn::And": [{"Condition": "OnAws"}, {"Condition": "Reconciles"}]
        }
        assert (resources()[name]["Condition"], alarm["TreatMissingData"]) == ("SilenceAlarms", "breaching")
        return
    assert alarm["TreatMissingData"] == "notBreaching"
    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
    assert alarm["Threshold"] >= 0


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_is_told_to_the_topic_and_the_topic_to_the_email(name: str) -> None:
    assert [mentions(action) for action in ALARMS[name]["AlarmActions"]] == [{"AlarmTopic"}]
    (subscription,) = of_type("AWS::SNS::Subscription").values()
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", {"Ref": "AlarmEmail"})
    assert resources()["AlarmEmailSubscription"]["Condition"] == "SendsAlarmEmail"
    assert translated()["Conditions"]["SendsAlarmEmail"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmEmail"}, ""]}]}


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_looks_no_further_back_than_cloudwatch_does(name: str) -> None:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-limits.html: the latest three hours
    (query,) = ALARMS[name]["Metrics"]
    assert query["Period"] * ALARMS[name]["EvaluationPeriods"] <= 3 * 3600


def test_only_what_the_emulator_does_not_take_is_left_out_there() -> None:
    assert {name for name in ALARMS if resources()[name].get("Condition") in {"OnAws", "SilenceAlarms"}} == {
        name for name, alarm in ALARMS.items() if "Metrics" in alarm
    }


def test_a_worker_is_slow_at_four_fifths_of_its_time_out() -> None:
    timeout = of_type("AWS::Lambda::Function")["LinkWorker"]["Timeout"]
    assert ALARMS["WorkerDurationAlarm"]["Threshold"] == 0.8 * timeout * 1000


@pytest.mark.parametrize("email", ["", "ops@example.com", "a.b+c@mail.example.co.uk"])
def test_an_alarm_email_is_an_address_or_nothing(email: str) -> None:
    pattern = translated()["Parameters"]["AlarmEmail"]["AllowedPattern"]
    assert re.fullmatch(pattern, email)
    assert not re.fullmatch(pattern, "not an address")
