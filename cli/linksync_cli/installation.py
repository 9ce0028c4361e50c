"""The steps of `linksync install`, each of which may be run again: what is done already stays as it is."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from rich.rule import Rule
from rich.text import Text

from linksync_cli import setting_up
from linksync_cli.changes import ChangeAction, Changes
from linksync_cli.command import Run
from linksync_cli.commands.configure import configured, rendered
from linksync_cli.commands.doctor import examined
from linksync_cli.deploying import LOG, deploy
from linksync_cli.doctor.checks import Check
from linksync_cli.failures import Interrupted
from linksync_cli.options import Given, Options
from linksync_cli.project import ROOT, settings_path
from linksync_cli.stack import Stack, chosen_name, deployed, find

_LOG = LOG.relative_to(ROOT)
AGREED = "Make the fields, deploy the stack, and set up Zendesk and Jira?"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name, what it will do, and the doing, which returns what is told of it."""

    name: str
    will: str
    run: Callable[[], dict[str, Any]]


class Installation:
    """From nothing to the first link.  `checks` are doctor's, once it has looked."""

    def __init__(self, run: Run, given: Given) -> None:
        self._run, self._given = run, given
        self.checks: list[Check] = []

    def steps(self) -> Iterator[dict[str, Any]]:
        """Does one step after the other; each is told as a document.  Raises what the steps raise."""
        steps = self._steps()
        for number, step in enumerate(steps, start=1):
            title = Text.assemble((f"{number}/{len(steps)} {step.name}", "name"), f"  {step.will}")
            self._run.screen.note(Rule(title, align="left", style="quiet"))
            try:
                result = step.run()
            except KeyboardInterrupt:
                raise Interrupted("Run `linksync install` again: it goes on where it stopped.") from None
            yield {"step": step.name, "status": "planned" if self._run.dry_run else "done", **result}

    def _steps(self) -> tuple[Step, ...]:
        name = chosen_name(self._run)
        return (
            Step("configure", "finds the settings, and writes them to " + settings_path().name, self._configure),
            Step("deploy", f"builds and deploys the stack {name} (log: {_LOG})", self._deploy),
            Step("setup zendesk", "credentials, webhooks, signing secrets, trigger", self._zendesk),
            Step("setup jira", "credentials, webhook, its secret", self._jira),
            Step("doctor", "looks whether all is well", self._doctor),
        )

    def _configure(self) -> dict[str, Any]:
        found = configured(self._run, self._given, agreed=AGREED)
        for line in rendered(found) if self._run.dry_run else ():
            self._run.screen.note(line)
        return {"parameters": found.parameters}

    def _deploy(self) -> dict[str, Any]:
        if self._run.dry_run:
            self._run.screen.note("  make deploy")
            return {"command": f"make deploy SAMCONFIG={settings_path()}"}
        deploy(self._run.screen)
        return {"stack": deployed(self._run).name}

    def _zendesk(self) -> dict[str, Any]:
        return self._set_up(setting_up.zendesk)

    def _jira(self) -> dict[str, Any]:
        return self._set_up(setting_up.jira)

    def _set_up(self, set_up: Callable[[Run, Stack, Options], Changes]) -> dict[str, Any]:
        stack = find(self._run) if self._run.dry_run else deployed(self._run)
        if stack is None:
            return {"changes": [], "note": "looked at once the stack is there"}
        planned = set_up(replace(self._run, dry_run=True), stack, Options())
        for change in planned.made:
            if change.action is not ChangeAction.UNCHANGED:
                self._run.screen.note(f"  {change.what}: will be {change.action}")
        if not planned.any:
            self._run.screen.note("  Everything is as it should be.")
        changes = planned if self._run.dry_run else set_up(self._run, stack, Options())
        for line in changes.by_hand:
            self._run.screen.note(Text(f"  {line}", style="warning"))
        return changes.document(dry_run=False)

    def _doctor(self) -> dict[str, Any]:
        if self._run.dry_run:
            return {}
        self.checks = examined(self._run, ())
        return {"checks": [asdict(check) for check in self.checks]}
