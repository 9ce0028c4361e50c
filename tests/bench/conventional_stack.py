"""CONVENTIONAL, deployed into a local AWS of its own as linksync is, with the same libraries in the same layer."""

import json
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from local import senders
from local.aws.deploy import deploy, host_architecture
from local.aws.emulator import Emulator
from local.aws.stack import served_at
from local.jira import site as jira_site
from local.vendors import SimulatedVendors
from local.zendesk import site as zendesk_site
from tests.bench.sandbox import BUILD, CONTENDERS

NAME = "conventional"


class ConventionalStack:
    """`with ConventionalStack(vendors):` takes the trigger's deliveries until it ends."""

    def __init__(self, vendors: SimulatedVendors) -> None:
        self.vendors = vendors
        self._url = ""
        self._open = ExitStack()

    def busy(self) -> bool:
        """It works while the sender waits, and on nothing afterwards."""
        return False

    def ask_again(self) -> None:
        """From now on it answers a failed call with 503 and a Retry-After, which Zendesk heeds, and not with 502."""
        self._aim(f"{self._url}?on_failure=503")

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            home = Path(opening.enter_context(tempfile.TemporaryDirectory(prefix="linksync-bench-")))
            emulator = opening.enter_context(Emulator(home))
            outputs = deploy(emulator, self._laid_out(home / "project"), NAME, self._parameters())
            emulator.client("secretsmanager").put_secret_value(
                SecretId=outputs["SecretArn"], SecretString=json.dumps(self._secret())
            )
            pace = self.vendors.senders.pace
            pace.resolve = lambda url: served_at(emulator, url)
            self._url = outputs["Url"]
            self._aim(self._url)
            self._open = opening.pop_all()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._aim("")
        self._open.close()

    def _aim(self, url: str) -> None:
        self.vendors.senders.aim(zendesk=url, jira="", automation="")

    def _laid_out(self, project: Path) -> Path:
        """The template beside what it packages."""
        source = CONTENDERS / "deployed"
        shutil.copytree(BUILD / "DependenciesLayer", project / "layer")
        (project / "function").mkdir()
        shutil.copy(source / "app.py", project / "function")
        return Path(shutil.copy(source / "template.yaml", project))

    def _parameters(self) -> dict[str, str]:
        zendesk = self.vendors.zendesk
        return {
            "Architecture": host_architecture(),
            "LinksUrl": f"{zendesk.url}/api/v2/integrations/jira/{zendesk.links.external_id}/links",
            "JiraBaseUrl": self.vendors.jira.url,
        }

    @staticmethod
    def _secret() -> dict[str, object]:
        return {
            "signing": senders.ZENDESK_SECRET,
            "zendesk": (f"{zendesk_site.EMAIL}/token", zendesk_site.API_TOKEN),
            "jira": (jira_site.EMAIL, jira_site.API_TOKEN),
        }
