"""What both set-ups are given."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What an operator may ask for besides: old secrets dropped, doubles taken away, credentials for this run alone."""

    drop_old_secrets: bool = False
    remove_doubles: bool = False
    one_time: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What the stack has for Jira: its URLs and parameters.  An empty `field_id`: that direction is off."""

    webhook_url: str
    automation_url: str
    field_id: str
    project_keys: str
