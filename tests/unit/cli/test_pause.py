"""`linksync pause` and `linksync resume` switch the worker and the reconciler's schedule."""

from tests.unit.cli.account import Account
from tests.unit.cli.conftest import RunCli


def states(account: Account) -> tuple[str, str]:
    return account.aws_lambda.state, account.scheduler.schedule["State"]


def test_both_are_switched_off_and_on(cli: RunCli, account: Account) -> None:
    assert cli("pause", "--json").document == {"paused": True}
    assert states(account) == ("Disabled", "DISABLED")
    assert cli("pause").out == "It is paused already.\n"
    assert cli("resume", "--json").document == {"paused": False}
    assert states(account) == ("Enabled", "ENABLED")
    assert cli("resume").out == "It is running already.\n"


def test_a_dry_run_switches_nothing(cli: RunCli, account: Account) -> None:
    ended = cli("pause", "--dry-run", "--json")
    assert (ended.status, ended.document) == (0, {"paused": False})
    assert states(account) == ("Enabled", "ENABLED")


def test_a_schedule_that_the_parameters_keep_off_stays_off(cli: RunCli, account: Account) -> None:
    account.cloudformation.parameters = {"ReconcileEnabled": "false"}
    account.scheduler.schedule["State"] = "DISABLED"
    assert cli("pause", "--json").document == {"paused": True}
    assert cli("resume", "--json").document == {"paused": False}
    assert states(account) == ("Enabled", "DISABLED")
