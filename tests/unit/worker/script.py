"""What goes wrong at which call, by script."""

from dataclasses import dataclass, field


@dataclass
class Script:
    """Each list is used up call by call: None lets one pass, an exception is raised, and when it is empty all pass.

    `before` and `after` are about calls to Zendesk and Jira, before and after they are applied; `own` is about each
    step of a call to our own AWS.
    """

    before: list[BaseException | None] = field(default_factory=list)
    after: list[BaseException | None] = field(default_factory=list)
    own: list[BaseException | None] = field(default_factory=list)

    def before_call(self) -> None:
        _next(self.before)

    def after_call(self) -> None:
        _next(self.after)

    def ours(self) -> None:
        _next(self.own)


def _next(script: list[BaseException | None]) -> None:
    error = script.pop(0) if script else None
    if error is not None:
        raise error
