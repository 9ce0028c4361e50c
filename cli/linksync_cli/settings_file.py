"""The parameters in samconfig.local.toml, as `configure` keeps them."""

from collections.abc import Mapping

from linksync_cli.aws import Aws
from linksync_cli.command import Run
from linksync_cli.failures import Failure
from linksync_cli.project import settings, settings_path
from linksync_cli.stack import chosen_name, region_of


def parameters() -> dict[str, str]:
    """What the file holds.  Raises SamconfigError."""
    return settings().parameters()


def changes(run: Run, found: Mapping[str, str]) -> bool:
    """Whether writing these would change the file."""
    known = settings()
    if known.stack_name and known.stack_name != chosen_name(run):
        raise Failure(
            "other_stack",
            f"{settings_path().name} has the settings of the stack {known.stack_name}.",
            "Keep those of another stack in a file of their own: SAMCONFIG=samconfig.other.toml linksync …",
        )
    return known.stack_name != chosen_name(run) or any(known.parameters().get(name) != found[name] for name in found)


def write(run: Run, found: Mapping[str, str]) -> None:
    """Writes them, and which stack they are of.  What else the file holds stays."""
    config, name = settings(), chosen_name(run)
    config.set_defaults({"stack_name": name, "region": Aws(region_of(name)).region})
    config.set_parameters(found)
    config.write(settings_path())
    run.screen.note(f"Written to {settings_path().name}.")
