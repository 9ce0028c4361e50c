"""What the template says that things cost by, and the limits that messages meet."""

import json
from dataclasses import dataclass

from tests.translated_template import of_type, translated

_BY_DEFAULT = 0.84
"""Share of a month's million requests that X-Ray traces by itself: one a second, and 5 % of the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """`platform_lines`: Lambda logs start and report of each run.  `traced` is a share, `alarms` are as JSON.

    `slots` are the worker's runs at a time, `receives` what a message may have before it is a dead letter, `retention`
    the seconds for which the queue keeps it.
    """

    receiver_mb: int
    worker_mb: int
    platform_lines: bool
    traced: float
    access_format: str
    alarms: tuple[str, ...]
    secrets: int
    slots: int
    receives: int
    retention: float

    @classmethod
    def by_the_template(cls) -> "Deployed":
        """As template.yaml has it."""
        functions = {name: one for name, one in of_type("AWS::Lambda::Function").items() if "Custom" not in name}
        rules = [one["SamplingRule"] for one in of_type("AWS::XRay::SamplingRule").values()]
        queue = of_type("AWS::SQS::Queue")["EventQueue"]
        (stage,) = of_type("AWS::ApiGateway::Stage").values()
        levels = {one["LoggingConfig"].get("SystemLogLevel", "INFO") for one in functions.values()}
        return cls(
            receiver_mb=int(functions["ZendeskWebhook"]["MemorySize"]),
            worker_mb=int(functions["LinkWorker"]["MemorySize"]),
            platform_lines=levels != {"WARN"},
            traced=float(rules[0]["FixedRate"]) if rules else _BY_DEFAULT,
            access_format=str(stage["AccessLogSetting"]["Format"]),
            alarms=tuple(json.dumps(alarm) for alarm in of_type("AWS::CloudWatch::Alarm").values()),
            secrets=len(of_type("AWS::SecretsManager::Secret")),
            slots=int(translated()["Parameters"]["WorkerConcurrency"]["Default"]),
            receives=int(queue["RedrivePolicy"]["maxReceiveCount"]),
            retention=float(queue["MessageRetentionPeriod"]),
        )
