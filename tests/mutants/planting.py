"""A bug is planted in the functions that have been imported, so that no module need be read again."""

import ast
import gc
from collections import defaultdict
from collections.abc import Iterator
from functools import _lru_cache_wrapper
from types import CodeType, FunctionType

from tests.mutants.covering import codes, functions_of
from tests.mutants.mutant import PACKAGE, ROOT, Mutant, source_of

type _Place = tuple[str, str, int]
"""File, qualified name and first line."""


class Functions:
    """The functions of the product that have been imported."""

    def __init__(self) -> None:
        self._alive = defaultdict[_Place, list[FunctionType]](list)
        for each in functions_of(ROOT / PACKAGE):
            code = each.__code__
            self._alive[code.co_filename, code.co_qualname, code.co_firstlineno].append(each)
        self._remembered = [each for each in gc.get_objects() if isinstance(each, _lru_cache_wrapper)]

    def plant(self, mutant: Mutant) -> bool:
        """Plants a bug, and says whether that could be done: what stands outside of functions has run already."""
        file, place = str(ROOT / mutant.file), _function_around(mutant)
        for code in codes(compile(mutant.planted(), file, "exec")):
            functions = self._alive[file, code.co_qualname, code.co_firstlineno]
            named = (code.co_qualname.rpartition(".")[2], code.co_firstlineno) == place
            if named and functions and _fits(code, functions[0].__code__):
                for function in functions:
                    function.__code__ = code
                for results in self._remembered:
                    results.cache_clear()
                return True
        return False


def _fits(code: CodeType, old: CodeType) -> bool:
    """Not where a method no longer says `super`, which is a variable of it, or a generator no longer yields."""
    return (code.co_freevars, code.co_flags) == (old.co_freevars, old.co_flags)


def lines_of(mutant: Mutant) -> range:
    """The lines of the statement that a bug begins in; of one that holds others, those up to the bug's end.

    A case that is left out begins behind the one before it, and is run by other tests than that.
    """
    source = source_of(mutant.file)
    last = mutant.mutation.line + source.count(b"\n", mutant.mutation.start, mutant.mutation.end)
    statement = max(_around(ast.parse(source), ast.stmt, mutant.mutation.line), key=lambda node: node.lineno)
    holds_others = hasattr(statement, "body") or hasattr(statement, "cases")
    return range(statement.lineno, max(last, 0 if holds_others else statement.end_lineno or 0) + 1)


def _function_around(mutant: Mutant) -> tuple[str, int] | None:
    """Name and first line of the outermost function in whose body a bug is."""
    source = source_of(mutant.file)
    column = mutant.mutation.start - source.rfind(b"\n", 0, mutant.mutation.start) - 1
    found = _around(ast.parse(source), ast.FunctionDef, mutant.mutation.line)
    holding = [
        each for each in found if (each.body[0].lineno, each.body[0].col_offset) <= (mutant.mutation.line, column)
    ]
    if not holding:
        return None
    outermost = min(holding, key=lambda node: node.lineno)
    return outermost.name, min(node.lineno for node in (outermost, *outermost.decorator_list))


def _around[N: ast.stmt](tree: ast.AST, kind: type[N], line: int) -> Iterator[N]:
    for node in ast.walk(tree):
        if isinstance(node, kind) and node.lineno <= line <= (node.end_lineno or 0):
            yield node
