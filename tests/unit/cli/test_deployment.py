"""What `make deploy` completes before `sam deploy`: nothing is asked, nothing is lost."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from linksync_cli import deployment
from linksync_cli.deployment import BASE_FILE, REQUIRED, architecture, main
from linksync_cli.samconfig import Samconfig, SamconfigError
from tests.translated_template import TEMPLATE_FILE, translated

BASE = Samconfig.read(TEMPLATE_FILE.with_name(BASE_FILE))
NEEDED = {"ZendeskSubdomain": "acme", "JiraBaseUrl": "https://acme.atlassian.net"}


class Aws:
    """A session, an account and at most one stack."""

    region_name: str | None = "eu-central-1"

    def __init__(self, *, parameters: dict[str, str] | None = None, own_role: str = "", set_role: str = "") -> None:
        self.parameters, self.own_role, self.set_role = parameters, own_role, set_role
        self.regions: set[str] = set()

    def client(self, service: Any, /, *, region_name: str) -> Any:
        self.regions.add(region_name)
        return self

    def describe_stacks(self, *, StackName: str) -> dict[str, Any]:  # noqa: N803  CloudFormation's name
        if self.parameters is None:
            message = f"Stack with id {StackName} does not exist"
            raise ClientError({"Error": {"Code": "ValidationError", "Message": message}}, "DescribeStacks")
        listed = [{"ParameterKey": name, "ParameterValue": value} for name, value in self.parameters.items()]
        return {"Stacks": [{"StackName": StackName, "Parameters": listed}]}

    def describe_stack_resources(self, *, StackName: str) -> dict[str, Any]:  # noqa: N803  CloudFormation's name
        made = [{"LogicalResourceId": "ApiGatewayLogsRole", "PhysicalResourceId": self.own_role}]
        return {"StackResources": [{"LogicalResourceId": "EventQueue"}, *(made if self.own_role else [])]}

    def get_account(self) -> dict[str, Any]:
        return {"cloudwatchRoleArn": f"arn:aws:iam::1:role/{self.set_role}"} if self.set_role else {}

    def get_role(self, **_asked: str) -> dict[str, Any]:
        return {}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "samconfig.local.toml"


def prepare(path: Path, aws: Aws) -> list[str]:
    return deployment.prepare(path, aws, base=BASE, template=TEMPLATE_FILE.read_text("utf-8"))


def filled(path: Path, **parameters: str) -> Path:
    config = Samconfig.read(path)
    config.set_parameters(NEEDED | parameters)
    config.write(path)
    return path


def test_the_first_deployment_knows_all_that_sam_would_ask(path: Path) -> None:
    prepare(filled(path), Aws())
    config = Samconfig.read(path)
    assert config.parameters() == NEEDED | {"ApiGatewayLogRole": "create"}
    assert BASE.settings()["confirm_changeset"] is False  # nor whether to go on
    expected = BASE.settings() | {"stack_name": "linksync", "region": "eu-central-1"}
    assert {name: config.settings()[name] for name in expected} == expected


def test_a_later_deployment_keeps_every_parameter_and_changes_no_byte(path: Path) -> None:
    prepare(filled(path, AllowedSourceRanges="10.0.0.0/8", UnlinkPolicy="never"), Aws())
    before = path.read_text("utf-8")
    stack = Aws(parameters=Samconfig.read(path).parameters(), own_role="ours", set_role="ours")
    prepare(path, stack)
    assert path.read_text("utf-8") == before


def test_a_lost_file_is_made_again_from_the_stack(path: Path) -> None:
    deployed = NEEDED | {"AllowedSourceRanges": "10.0.0.0/8", "ApiGatewayLogRole": "create", "OfOldTimes": "x"}
    prepare(path, Aws(parameters=deployed, own_role="ours", set_role="ours"))
    kept = Samconfig.read(path).parameters()
    assert kept == NEEDED | {"AllowedSourceRanges": "10.0.0.0/8", "ApiGatewayLogRole": "create"}


def test_what_is_the_templates_default_is_left_to_the_template(path: Path) -> None:
    deployed = NEEDED | {"UnlinkPolicy": "owned", "AllowedSourceRanges": "0.0.0.0/0,::/0", "WorkerConcurrency": "7"}
    prepare(path, Aws(parameters=deployed))
    assert Samconfig.read(path).parameters() == NEEDED | {"WorkerConcurrency": "7", "ApiGatewayLogRole": "create"}


def test_what_the_file_says_wins_over_the_stack(path: Path) -> None:
    prepare(filled(path, LogLevel="DEBUG"), Aws(parameters=NEEDED | {"LogLevel": "ERROR"}))
    assert Samconfig.read(path).parameters()["LogLevel"] == "DEBUG"


def test_a_second_stack_leaves_the_accounts_log_role_alone(path: Path) -> None:
    told = prepare(filled(path, ApiGatewayLogRole="create"), Aws(set_role="of-others"))
    assert Samconfig.read(path).parameters()["ApiGatewayLogRole"] == "keep"
    assert "of-others" in told[-1]


def test_what_nobody_knows_is_written_by_a_person(path: Path) -> None:
    with pytest.raises(SamconfigError, match="write the value of ZendeskSubdomain and JiraBaseUrl"):
        prepare(path, Aws())
    assert Samconfig.read(path).parameters() == dict.fromkeys(REQUIRED, "")  # a place to write it


def test_a_misspelt_parameter_stops_the_deployment(path: Path) -> None:
    with pytest.raises(SamconfigError, match="does not have: AllowedSourceRange"):
        prepare(filled(path, AllowedSourceRange="10.0.0.0/8"), Aws())


def test_the_region_is_the_files_then_the_environments_and_never_a_guess(path: Path) -> None:
    config = Samconfig.read(filled(path))
    config.set_defaults({"region": "us-west-2"})
    config.write(path)
    aws = Aws()
    prepare(path, aws)
    assert aws.regions == {"us-west-2"}
    nowhere = Aws()
    nowhere.region_name = None
    path.unlink()
    with pytest.raises(SamconfigError, match="no AWS region is set"):
        prepare(filled(path), nowhere)


def test_the_layers_are_built_for_the_files_processor(path: Path) -> None:
    assert architecture(path) == translated()["Parameters"]["Architecture"]["Default"]
    assert architecture(filled(path, Architecture="x86_64")) == "x86_64"


def test_required_is_what_the_template_gives_no_default() -> None:
    parameters = translated()["Parameters"]
    assert tuple(name for name, one in parameters.items() if "Default" not in one) == REQUIRED


@pytest.mark.parametrize("arguments", [[], ["deploy"], ["prepare", "a", "b"]])
def test_wrong_usage_is_told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "linksync_cli.deployment prepare" in capsys.readouterr().err


def test_a_broken_file_is_told_without_a_traceback(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path.write_text("parameter", "utf-8")
    assert main(["architecture", str(path)]) == 1
    assert "is not a samconfig file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("endpoint", "machine", "expected"),
    [
        ("http://127.0.0.1:4566", "x86_64", {"Architecture": "x86_64"}),
        ("http://localhost:4566", "aarch64", {"Architecture": "arm64"}),
        ("https://vpce-1.amazonaws.com", "x86_64", {}),
        ("", "x86_64", {}),
    ],
)
def test_an_aws_on_this_machine_runs_what_this_machine_can(
    monkeypatch: pytest.MonkeyPatch, endpoint: str, machine: str, expected: dict[str, str]
) -> None:
    monkeypatch.setattr("platform.machine", lambda: machine)
    assert deployment.local_parameters({"AWS_ENDPOINT_URL": endpoint}) == expected


def test_what_the_file_says_wins_over_this_machine(path: Path) -> None:
    template, local = TEMPLATE_FILE.read_text("utf-8"), {"Architecture": "x86_64"}
    deployment.prepare(filled(path), Aws(), base=BASE, template=template, local=local)
    assert architecture(path) == "x86_64"
    filled(path, Architecture="arm64")
    deployment.prepare(path, Aws(), base=BASE, template=template, local=local)
    assert architecture(path) == "arm64"
