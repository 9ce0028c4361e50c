"""The part of JQL that tools need: clauses with AND, OR, NOT and brackets, and ORDER BY.

Follows https://support.atlassian.com/jira-software-cloud/docs/jql-fields/ and …/jql-operators/: in clauses on times a
bare number is milliseconds since the epoch, a quoted time has minutes and is in the caller's own zone.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from local.jira.issue import SimulatedIssue, as_text

TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|\'[^\']*\'|[<>!]=|!~|[()<>=~,]|cf\[\d+\]|[^\s()<>=~,!]+)')
RELATIVE = re.compile(r"(-?\d+)([mhdw])")
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
TIME_FORMATS = ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d")

type Test = Callable[[SimulatedIssue], bool]


class BadJql(ValueError):
    """The query cannot be run; the message is for the caller."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query: which issues it finds, and by what they are ordered (field, whether descending)."""

    holds: Test
    order: tuple[tuple[str, bool], ...]
    bounded: bool


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a query depends on beside its text: the fields' names, the caller's zone, the time."""

    named: Callable[[str], str]
    zone: tzinfo = UTC
    now: Callable[[], float] = lambda: 0.0


def parsed(text: str, dialect: Dialect) -> Query:
    """The query.  Raises BadJql."""
    clauses, _, order = re.sub(r"\s+", " ", text.strip()).partition("ORDER BY" if "ORDER BY" in text else "order by")
    tokens = TOKEN.findall(clauses)
    if "".join(tokens).replace(" ", "") != clauses.replace(" ", ""):
        raise BadJql(f"Error in the JQL Query: {clauses}")
    holds = _Parser(tokens, dialect).query() if tokens else lambda _issue: True
    return Query(holds, tuple(_orders(order)), bounded=bool(tokens))


def _orders(text: str) -> Iterable[tuple[str, bool]]:
    for part in filter(None, (part.split() for part in text.split(","))):
        yield part[0].lower(), part[-1].lower() == "desc"


class _Parser:
    def __init__(self, tokens: list[str], dialect: Dialect) -> None:
        self._tokens = list(tokens)
        self._dialect = dialect

    def query(self) -> Test:
        test = self._either()
        if self._tokens:
            raise BadJql(f"Error in the JQL Query: Expecting either 'OR' or 'AND' but got '{self._tokens[0]}'.")
        return test

    def _either(self) -> Test:
        tests = [self._both()]
        while self._takes("or"):
            tests.append(self._both())
        return lambda issue: any(test(issue) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._takes("and"):
            tests.append(self._one())
        return lambda issue: all(test(issue) for test in tests)

    def _one(self) -> Test:
        if self._takes("not"):
            negated = self._one()
            return lambda issue: not negated(issue)
        if self._takes("("):
            test = self._either()
            self._must(")")
            return test
        return self._clause()

    def _clause(self) -> Test:
        field = self._field(self._next())
        operator = self._next().lower()
        if operator in ("is", "in", "not") and self._takes("not" if operator == "is" else "in"):
            operator = {"is": "is not", "not": "not in"}[operator]
        if operator in ("in", "not in"):
            self._must("(")
            wanted = [self._value()]
            while self._takes(","):
                wanted.append(self._value())
            self._must(")")
            tests = [_test(field, "=", one, self._dialect) for one in wanted]
            return lambda issue: any(test(issue) for test in tests) == (operator == "in")
        return _test(field, operator, self._value(), self._dialect)

    def _field(self, name: str) -> str:
        bare = name.strip("\"'")
        if bare.lower() in ("key", "issuekey", "id", "issue", "project", "updated", "created", "summary"):
            return bare.lower()
        field_id = self._dialect.named(bare)
        if not field_id:
            raise BadJql(f"Field '{bare}' does not exist or you do not have permission to view it.")
        return field_id

    def _value(self) -> str:
        return self._next()

    def _next(self) -> str:
        if not self._tokens:
            raise BadJql("Error in the JQL Query: The query ends too early.")
        return self._tokens.pop(0)

    def _takes(self, word: str) -> bool:
        taken = bool(self._tokens) and self._tokens[0].lower() == word
        if taken:
            self._tokens.pop(0)
        return taken

    def _must(self, word: str) -> None:
        if not self._takes(word):
            raise BadJql(f"Error in the JQL Query: Expecting '{word}'.")


def _test(field: str, operator: str, token: str, dialect: Dialect) -> Test:
    wanted = token.strip("\"'")
    if operator in ("is", "is not"):
        if wanted.lower() not in ("empty", "null"):
            raise BadJql("The operator 'is' is only used with EMPTY.")
        return lambda issue: (issue.fields.get(field) in (None, "", [])) == (operator == "is")
    if field in ("updated", "created"):
        limit, compare = _instant(token, dialect), _COMPARISONS.get(operator)
        if compare is None:
            raise BadJql(f"The operator '{operator}' is not supported by the '{field}' field.")
        return lambda issue: compare(getattr(issue, f"{field}_at") * 1000, limit)
    if operator in ("~", "!~"):
        return lambda issue: _mentions(issue.fields.get(field), wanted) == (operator == "~")
    if operator not in ("=", "!="):
        raise BadJql(f"The operator '{operator}' is not supported by the '{field}' field.")
    return lambda issue: _equals(issue, field, wanted) == (operator == "=")


def _equals(issue: SimulatedIssue, field: str, wanted: str) -> bool:
    if field in ("key", "issuekey", "issue", "id"):
        return wanted.upper() in (issue.key, issue.id)
    if field == "project":
        return wanted.upper() == issue.project
    value = issue.fields.get(field)
    return wanted in (value if isinstance(value, list) else [as_text(value)])


def _mentions(value: object, wanted: str) -> bool:
    """Whether the words are there, as a search by words sees them."""
    words = re.findall(r"\w+", as_text(value).lower())
    return all(word in words for word in re.findall(r"\w+", wanted.lower()))


def _instant(token: str, dialect: Dialect) -> float:
    """A time in milliseconds."""
    text = token.strip("\"'")
    if token == text and text.isdigit():
        return float(text)
    if match := RELATIVE.fullmatch(text):
        return (dialect.now() + timedelta(**{UNITS[match[2]]: int(match[1])}).total_seconds()) * 1000
    for form in TIME_FORMATS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=dialect.zone).timestamp() * 1000
        except ValueError:
            continue
    raise BadJql(f"Date value '{text}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm'.")


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    "=": lambda a, b: int(a) == int(b),
}
