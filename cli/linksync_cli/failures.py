"""Why a command ends without having done what was asked: a code, what happened, and what to do about it.

    Failure               3   Zendesk, Jira or AWS refused or did not answer; or linksync itself failed
    ├── WrongUsage        2   options or arguments that cannot be meant
    │   └── Unanswered    2   a question that nobody can answer; the flag that answers it is named
    └── Interrupted     130   Ctrl-C; how to go on

Neither text ever holds a secret.
"""

DONE, FINDINGS, WRONG_USAGE, REFUSED, INTERRUPTED = 0, 1, 2, 3, 130
"""The exit statuses."""


class Failure(Exception):
    """`code` is one word for programs, `mend` a sentence: what to do now."""

    status = REFUSED

    def __init__(self, code: str, message: str, mend: str) -> None:
        super().__init__(message)
        self.code, self.message, self.mend = code, message, mend


class WrongUsage(Failure):
    """The command line asks for something that cannot be."""

    status = WRONG_USAGE


class Unanswered(WrongUsage):
    """A question came up, and nobody is there to answer it."""

    def __init__(self, question: str, flag: str) -> None:
        super().__init__(
            "unanswered", f"Nobody is here to answer: {question}", f"Give the answer with {flag}, or run in a terminal."
        )


class Interrupted(Failure):
    """Somebody pressed Ctrl-C; `mend` tells how to go on."""

    status = INTERRUPTED

    def __init__(self, mend: str = "Run the same command again to go on.") -> None:
        super().__init__("interrupted", "Stopped by Ctrl-C.", mend)
