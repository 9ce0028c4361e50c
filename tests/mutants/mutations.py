"""Every small bug that can be planted in a file, as a piece of its text and what to write there instead."""

import ast
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any

_OPPOSITES: dict[type, type] = {
    **{ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt},
    **{ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And},
    **{ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult},
}
_OTHER_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
# Nothing happens there when the program runs, or nothing but what a type checker would say.
_NO_CODE = (ast.Import, ast.ImportFrom, ast.TypeAlias)
_UNREAD = frozenset({"annotation", "returns", "decorator_list", "bases", "type_params", "format_spec", "cls"})


@dataclass(frozen=True, slots=True, order=True)
class Mutation:
    """`text` instead of the bytes `start` to `end` of a file; `kind` says what sort of bug that is."""

    line: int
    start: int
    end: int
    kind: str
    text: str

    def planted(self, source: bytes) -> bytes:
        """The file with the bug."""
        return source[: self.start] + self.text.encode() + source[self.end :]


def mutations(source: bytes) -> list[Mutation]:
    """All bugs that can be planted in a file, in the order of its text."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def at(line: int, column: int) -> int:
        return starts[line - 1] + column

    found = set()
    for node, kind, new in _bugs(ast.parse(source)):
        first, last = _span(node)
        text = new if isinstance(new, str) else ast.unparse(new)
        if not isinstance(new, (str, ast.Constant, ast.Name)):
            text = f"({text})"
        start, end = at(*first), at(*last)
        if text.encode() != source[start:end]:
            found.add(Mutation(first[0], start, end, kind, text))
    return sorted(found)


type _Bug = tuple[Any, str, Any]


def _span(node: Any) -> tuple[tuple[int, int], tuple[int, int]]:
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)


def _bugs(tree: ast.AST) -> Iterator[_Bug]:
    for node in _code(tree):
        for kind, bugs in _KINDS.items():
            if isinstance(node, kind):
                yield from bugs(node)


def _code(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for name, value in ast.iter_fields(node):
        if name in _UNREAD:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_no_code(child) and not _is_text(node, child):
                yield from _code(child)


def _is_no_code(node: ast.AST) -> bool:
    match node:
        case ast.If(test=ast.Name("TYPE_CHECKING")) | ast.Assign(targets=[ast.Name("__all__")]):
            return True
    return isinstance(node, _NO_CODE)


def _is_text(parent: ast.AST, child: ast.AST) -> bool:
    """Whether it is a docstring, a part of a sentence, or a sentence: nothing is decided by these."""
    if not isinstance(child, ast.Constant) or not isinstance(child.value, (str, bytes)):
        return False
    return isinstance(parent, (ast.Expr, ast.JoinedStr)) or not child.value or len(child.value.split()) > 1


def _with(node: ast.AST, **changed: Any) -> Any:
    other = copy(node)
    for name, value in changed.items():
        setattr(other, name, value)
    return other


def _less(items: list[Any]) -> Iterator[list[Any]]:
    return ([*items[:index], *items[index + 1 :]] for index in range(len(items)))


def _compare(node: ast.Compare) -> Iterator[_Bug]:
    for index, op in enumerate(node.ops):
        yield node, "comparison", _with(node, ops=[*node.ops[:index], _OPPOSITES[type(op)](), *node.ops[index + 1 :]])


def _and_or(node: ast.BoolOp) -> Iterator[_Bug]:
    yield node, "and or", _with(node, op=_OPPOSITES[type(node.op)]())
    for rest in _less(node.values):
        yield node, "condition left out", rest[0] if len(rest) == 1 else _with(node, values=rest)


def _binary(node: ast.BinOp) -> Iterator[_Bug]:
    if type(node.op) in _OPPOSITES:
        yield node, "arithmetic", _with(node, op=_OPPOSITES[type(node.op)]())
    else:
        yield from ((node, "operand left out", side) for side in (node.left, node.right))


def _constant(node: ast.Constant) -> Iterator[_Bug]:
    match node.value:
        case bool():
            yield node, "constant", ast.Constant(not node.value)
        case int() | float():
            yield node, "constant", ast.Constant(node.value + 1)
        case str():
            yield node, "word", ast.Constant(f"{node.value}_")
        case bytes():
            yield node, "word", ast.Constant(node.value + b"_")


def _call(node: ast.Call) -> Iterator[_Bug]:
    if isinstance(node.func, ast.Name) and node.func.id in _OTHER_NAMES:
        yield node.func, "other function", ast.Name(_OTHER_NAMES[node.func.id])
    # A class of ours without one of its fields does not start: nobody would miss that.
    if not ast.unparse(node.func).rpartition(".")[2][:1].isupper():
        for rest in _less(node.keywords):
            yield node, "argument left out", _with(node, keywords=rest)


def _elements(node: ast.Set | ast.Tuple | ast.List) -> Iterator[_Bug]:
    if len(node.elts) > 1 and not isinstance(getattr(node, "ctx", None), ast.Store):
        yield from ((node, "element left out", _with(node, elts=rest)) for rest in _less(node.elts))


def _items(node: ast.Dict) -> Iterator[_Bug]:
    for keys, values in zip(_less(node.keys), _less(node.values), strict=True):
        yield node, "element left out", _with(node, keys=keys, values=values)


def _comprehension(node: ast.GeneratorExp | ast.ListComp | ast.SetComp | ast.DictComp) -> Iterator[_Bug]:
    for index, generator in enumerate(node.generators):
        for rest in _less(generator.ifs):
            generators = [*node.generators[:index], _with(generator, ifs=rest), *node.generators[index + 1 :]]
            yield node, "condition left out", _with(node, generators=generators)


def _match(node: ast.Match) -> Iterator[_Bug]:
    line, column = node.subject.end_lineno or 0, (node.subject.end_col_offset or 0) + 1  # behind the colon
    for case in node.cases:
        last = case.body[-1]
        if len(node.cases) > 1:
            yield _with(last, lineno=line, col_offset=column), "case left out", ""
        line, column = last.end_lineno or 0, last.end_col_offset or 0
        if case.guard:
            yield case.guard, "condition left out", ast.Constant(True)


def _negated(node: ast.If | ast.While | ast.IfExp) -> Iterator[_Bug]:
    yield node.test, "condition turned round", ast.UnaryOp(ast.Not(), node.test)


def _not(node: ast.UnaryOp) -> Iterator[_Bug]:
    if isinstance(node.op, ast.Not):
        yield node, "condition turned round", node.operand


def _statement(node: ast.stmt) -> Iterator[_Bug]:
    # A bare constant is a docstring, and a stub's body.
    if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
        yield node, "statement left out", "pass"


_KINDS: dict[Any, Any] = {
    ast.Compare: _compare,
    ast.BoolOp: _and_or,
    ast.BinOp: _binary,
    ast.Constant: _constant,
    ast.Call: _call,
    (ast.Set, ast.Tuple, ast.List): _elements,
    ast.Dict: _items,
    (ast.GeneratorExp, ast.ListComp, ast.SetComp, ast.DictComp): _comprehension,
    ast.Match: _match,
    (ast.If, ast.While, ast.IfExp): _negated,
    ast.UnaryOp: _not,
    (ast.Expr, ast.Raise, ast.AugAssign, ast.Continue, ast.Break): _statement,
}
