"""The laptop world, left running to be played with: on its page, or by the addresses."""

import time

from local.aws.stack import Stack
from local.demo.steps import prepare
from local.jira import site as jira_site
from local.playground.playground import Playground
from local.vendors import SimulatedVendors
from local.zendesk import site as zendesk_site


def run() -> int:
    """Deploys, serves the playground, prints the addresses and shows what is linked, until Ctrl-C."""
    print("Starting the local AWS and deploying the built template …", flush=True)
    with SimulatedVendors(time_scale=0.1) as vendors:
        prepare(vendors)
        with Stack(vendors) as stack, Playground(stack) as playground:
            print(guide(stack), flush=True)
            print(f"The playground shows all of it, live: open\n  {playground.url}", flush=True)
            try:
                _watch(vendors)
            except KeyboardInterrupt:
                print("\nStopping …")
    return 0


def guide(stack: Stack) -> str:
    """The addresses, and what to type."""
    vendors = stack.vendors
    outputs = "\n".join(f"  {name:<20} {stack.url(name) or value}" for name, value in stack.outputs.items())
    zendesk_user = f"-u '{zendesk_site.EMAIL}/token:{zendesk_site.API_TOKEN}'"
    jira_user = f"-u '{jira_site.EMAIL}:{jira_site.API_TOKEN}'"
    content = "-H 'Content-Type: application/json'"
    ticket = '{"ticket": {"custom_fields": [{"id": %s, "value": "PROJ-1, PROJ-2"}]}}' % vendors.ticket_field  # noqa: UP031
    issue = '{"fields": {"%s": "5003"}}' % vendors.issue_field  # noqa: UP031
    links = f"{vendors.zendesk.url}/api/v2/integrations/jira/{vendors.zendesk.links.external_id}/links"
    return f"""
Zendesk  {vendors.zendesk.url}    Jira  {vendors.jira.url}    AWS  {stack.emulator.url}
AWS_ACCESS_KEY_ID={stack.emulator.key} AWS_SECRET_ACCESS_KEY={stack.emulator.key} (of this run alone)
{outputs}

Operate it in another terminal, as a stack in AWS (doctor, list, explain 5001 --now, link 5002 PROJ-3, pause, …):
  export AWS_ENDPOINT_URL={stack.emulator.url} AWS_DEFAULT_REGION=us-east-1
  export AWS_ACCESS_KEY_ID={stack.emulator.key} AWS_SECRET_ACCESS_KEY={stack.emulator.key}
  .venv/bin/linksync doctor

Tickets 5001 to 5004 and issues PROJ-1 to PROJ-5 are there.  Write issue keys into a ticket, as an agent does:
  curl -X PUT {vendors.zendesk.url}/api/v2/tickets/5001.json {zendesk_user} {content} -d '{ticket}'
Write ticket ids into an issue, as a developer does:
  curl -X PUT {vendors.jira.url}/rest/api/3/issue/PROJ-5 {jira_user} {content} -d '{issue}'
See the links:
  curl {links} {zendesk_user}
Move an issue to another project, which Jira's REST API has no call for:
  curl -X POST {vendors.jira.url}/_invented/issue/PROJ-1/move_to/NEW {jira_user}

Every change of the links is printed here.  Ctrl-C stops everything."""


def _watch(vendors: SimulatedVendors) -> None:
    known = vendors.links()
    while True:
        links = vendors.links()
        for sign, pairs in (("+", links - known), ("-", known - links)):
            for ticket, key in sorted(pairs):
                print(f"{time.strftime('%H:%M:%S')}  {sign} ticket {ticket}, issue {key}", flush=True)
        known = links
        time.sleep(0.2)
