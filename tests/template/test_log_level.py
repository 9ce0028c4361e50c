"""LogLevel as Lambda, its runtime, Powertools and linksync together make it.

The runtime's own code sets the loggers up, in a process of its own; what the service then drops is told after AWS's
page: a line whose level is missing or unknown, or whose timestamp is not RFC 3339, counts as INFO.
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
"""

import json
import os
import subprocess
import sys
from datetime import datetime
from typing import Any

import pytest

from tests.translated_template import TEMPLATE_FILE, of_type, translated

RANKS = {name: rank for rank, name in enumerate(("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"))}
RANKS |= {"WARNING": RANKS["WARN"], "CRITICAL": RANKS["FATAL"]}
OURS = ("debug", "info", "warning", "error", "critical")
PROGRAM = """
import logging
from awslambdaric import bootstrap
bootstrap._setup_logging(bootstrap._AWS_LAMBDA_LOG_FORMAT, bootstrap._AWS_LAMBDA_LOG_LEVEL, bootstrap.StandardLogSink())
from linksync.metrics import Metric
from linksync.observability import emit_line
for level in ("debug", "info", "warning", "error", "critical"):
    emit_line(getattr(logging, level.upper()), level)
for library in ("botocore", "urllib3", "elsewhere"):
    logging.getLogger(library).debug("a header")
    logging.getLogger(library).info("a header")
emit_line(logging.DEBUG, "counted", fields={"shown": "below LogLevel as well"}, counts={Metric.LINKS_CREATED: 1})
"""


def configured(log_level: str) -> dict[str, Any]:
    """What a function's LoggingConfig is when the parameter has this value."""
    (config,) = {
        json.dumps(one["LoggingConfig"] | {"LogGroup": ""}) for one in of_type("AWS::Lambda::Function").values()
    }
    found: dict[str, Any] = json.loads(config)
    condition, then, otherwise = found["ApplicationLogLevel"]["Fn::If"]
    left, right = translated()["Conditions"][condition]["Fn::Equals"]
    assert left == {"Ref": "LogLevel"}
    return found | {"ApplicationLogLevel": then if log_level == right else otherwise}


def written(log_level: str, application: str) -> list[dict[str, Any]]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("AWS_LAMBDA", "POWERTOOLS"))},
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_LAMBDA_LOG_LEVEL": application,
        "PYTHONPATH": str(TEMPLATE_FILE.with_name("layers") / "linksync"),
    }
    (variables,) = {
        json.dumps({name: value for name, value in one["Environment"]["Variables"].items() if "LEVEL" in name})
        for one in of_type("AWS::Lambda::Function").values()
    }
    for name, value in json.loads(variables).items():
        assert value == {"Ref": "LogLevel"}
        environment[name] = log_level
    environment |= {"POWERTOOLS_METRICS_NAMESPACE": "linksync", "POWERTOOLS_SERVICE_NAME": "worker"}
    command = [sys.executable, "-W", "error::UserWarning", "-c", PROGRAM]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)  # noqa: S603
    return [json.loads(line) for line in done.stdout.splitlines()]


def kept(line: dict[str, Any], application: str) -> bool:
    rank = RANKS.get(str(line.get("level", "")).upper())
    if rank is None or not _rfc_3339(line.get("timestamp")):
        rank = RANKS["INFO"]
    return rank >= RANKS[application]


def _rfc_3339(timestamp: object) -> bool:
    text = str(timestamp)
    try:
        return "T" in text and datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


@pytest.mark.parametrize("log_level", translated()["Parameters"]["LogLevel"]["AllowedValues"])
def test_the_level_is_for_our_lines_and_metrics_survive_it(log_level: str) -> None:
    config = configured(log_level)
    assert config["LogFormat"] == "JSON"
    application = config["ApplicationLogLevel"]
    lines = [line for line in written(log_level, application) if kept(line, application)]
    assert [line["message"] for line in lines if "_aws" not in line] == list(OURS[OURS.index(log_level.lower()) :])
    (metrics,) = [line for line in lines if "_aws" in line]
    assert metrics["LinksCreated"] == [1.0]
