"""A ledger that an earlier stack left behind becomes a new stack's: links stay known as ours.

    python -m linksync_cli.ledger_import TABLE [samconfig.local.toml]

CloudFormation imports the table alone, as the first and only resource of the stack; `make deploy` then adds the rest.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-new-stack.html
"""

import re
import sys
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from linksync_cli.deployment import TEMPLATE_FILE, deployed
from linksync_cli.samconfig import LOCAL_FILE, Samconfig, SamconfigError

LEDGER = "LedgerTable"  # what the template calls the table
CHANGE_SET = "import-ledger"
_POLL = {"Delay": 2, "MaxAttempts": 150}  # five minutes


def template_of(template: str, resource: str) -> str:
    """A template that holds this one resource of another template's text.  It must refer to nothing else there."""
    found = re.search(rf"^  {resource}:\n(?:    .*\n| *\n)*", template, re.MULTILINE)
    if found is None:
        raise SamconfigError(f"{TEMPLATE_FILE} has no resource {resource}")
    return f'AWSTemplateFormatVersion: "2010-09-09"\nResources:\n{found[0]}'


def import_ledger(cloudformation: Any, *, stack_name: str, table: str, template: str) -> None:  # noqa: ANN401  boto3's
    """Makes the stack, with this table in it.  Raises SamconfigError where it exists; may raise botocore's."""
    if deployed(cloudformation, stack_name) is not None:
        raise SamconfigError(f"the stack {stack_name} exists: delete it first, or write another stack_name")
    cloudformation.create_change_set(
        StackName=stack_name,
        ChangeSetName=CHANGE_SET,
        ChangeSetType="IMPORT",
        TemplateBody=template_of(template, LEDGER),
        ResourcesToImport=[
            {
                "ResourceType": "AWS::DynamoDB::Table",
                "LogicalResourceId": LEDGER,
                "ResourceIdentifier": {"TableName": table},
            }
        ],
    )
    names = {"StackName": stack_name, "ChangeSetName": CHANGE_SET}
    cloudformation.get_waiter("change_set_create_complete").wait(**names, WaiterConfig=_POLL)
    cloudformation.execute_change_set(**names)
    cloudformation.get_waiter("stack_import_complete").wait(StackName=stack_name, WaiterConfig=_POLL)


def _place(path: Path) -> tuple[str, str]:
    config = Samconfig.read(path)
    if not config.stack_name or not config.region:
        raise SamconfigError(f"{path.name} names no stack_name and region: write them there first")
    return config.stack_name, config.region


def main(arguments: list[str]) -> int:
    """Runs the import; 1 when it cannot be done, 2 for wrong usage."""
    if not 1 <= len(arguments) <= 2 or arguments[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    table, path = arguments[0], Path(arguments[1] if len(arguments) == 2 else LOCAL_FILE)
    try:
        stack_name, region = _place(path)
        client = boto3.client("cloudformation", region_name=region)
        template = Path(TEMPLATE_FILE).read_text("utf-8")
        import_ledger(client, stack_name=stack_name, table=table, template=template)
    except (SamconfigError, ClientError, BotoCoreError, WaiterError) as problem:
        print(f"linksync: {problem}", file=sys.stderr)
        return 1
    print(f"stack {stack_name} holds {table}: go on with `make deploy`")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
