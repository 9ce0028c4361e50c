"""Questions to the person at the terminal, on standard error.

Where nobody can answer (`--json`, `--yes`, no terminal), each fails and names the flag that answers it.
"""

import sys
from collections.abc import Sequence
from typing import Any

from linksync_cli.failures import Interrupted, Unanswered


class Prompts:
    """`ask` is whether anybody may be asked; `yes` agrees to whatever only wants a yes."""

    def __init__(self, *, ask: bool, yes: bool) -> None:
        self._ask, self._yes = ask, yes
        self._given: dict[str, str] = {}

    @property
    def answered(self) -> bool:
        """Whether somebody is there to answer."""
        return self._ask and not self._yes and sys.stdin.isatty() and sys.stderr.isatty()

    def confirm(self, question: str, *, flag: str = "--yes") -> bool:
        """Whether to go on.  `--yes` says so.  Raises Unanswered."""
        if self._yes:
            return True
        return bool(self._answer("confirm", question, flag, default=False))

    def text(self, question: str, *, flag: str, default: str = "") -> str:
        """A line of text.  Raises Unanswered."""
        return self._once("text", question, flag, default=default)

    def choose(self, question: str, choices: Sequence[tuple[str, str]], *, flag: str) -> str:
        """One of the choices, each a value and what it is called.  Raises Unanswered."""
        import questionary

        options = [questionary.Choice(title=title, value=value) for value, title in choices]
        return str(self._answer("select", question, flag, choices=options))

    def secret(self, question: str, *, flag: str) -> str:
        """A line of text that is not echoed.  Raises Unanswered, naming the environment variable."""
        return self._once("password", question, flag)

    def _once(self, kind: str, question: str, flag: str, **settings: Any) -> str:  # noqa: ANN401  as questionary has it
        """An answer; the steps of one run ask the same question once."""
        if question not in self._given:
            self._given[question] = str(self._answer(kind, question, flag, **settings)).strip()
        return self._given[question]

    def _answer(self, kind: str, question: str, flag: str, **settings: Any) -> Any:  # noqa: ANN401  as questionary has it
        if not self.answered:
            raise Unanswered(question, flag)
        import questionary
        from prompt_toolkit.output import create_output

        prompt = getattr(questionary, kind)(question, output=create_output(stdout=sys.stderr), **settings)
        answer = prompt.unsafe_ask() if kind == "confirm" else prompt.ask(kbi_msg="")
        if answer is None:
            raise Interrupted
        return answer
