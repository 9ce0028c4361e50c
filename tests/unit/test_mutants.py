"""The bugs that `make mutants` plants."""

import ast
import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants.covering import COVERING
from tests.mutants.mutant import PACKAGE, ROOT, all_mutants
from tests.mutants.mutations import mutations
from tests.mutants.planting import lines_of


def planted(source: str) -> list[str]:
    return [mutation.planted(source.encode()).decode() for mutation in mutations(source.encode())]


@pytest.mark.parametrize(
    ("source", "bugs"),
    [
        ("a < b", ["(a <= b)", "pass"]),
        ("a = not b", ["a = b"]),
        ("a = b in c", ["a = (b not in c)"]),
        ("a = b and c", ["a = (b or c)", "a = b", "a = c"]),
        ("a = b - 1", ["a = (b + 1)", "a = b - 2"]),
        ("a = b | c", ["a = b", "a = c"]),
        ("a = min(b)", ["a = max(b)"]),
        ("a = f(b, c=d)", ["a = (f(b))"]),
        ("a = Link(b=c)", []),
        ("a = 'word', True", ["a = 'word_', True", "a = 'word', False", "a = ((True,))", "a = (('word',))"]),
        ("'a docstring'\\na = 'a sentence'\\nb = f'part {c}'", []),
        ("if a:\\n    b += c", ["if (not a):\\n    b += c", "if a:\\n    pass"]),
        ("a = [b for b in c if d]", ["a = ([b for b in c])"]),
        ("a = {b: c}", ["a = ({})"]),
        ("raise a", ["pass"]),
        ("a: 'word' = b", []),
        ("if TYPE_CHECKING:\\n    a = 1", []),
        ("__all__ = ['a', 'b']", []),
    ],
)
def test_the_bugs_of_a_line(source: str, bugs: list[str]) -> None:
    source = source.replace("\\n", "\n")
    assert sorted(planted(source)) == sorted(bug.replace("\\n", "\n") for bug in bugs)


def test_a_case_is_left_out_with_all_its_lines() -> None:
    first, second = "    case (\n        b\n    ):\n        é = c", "    case d if e:\n        f()"
    bugs = planted(f"match a:\n{first}\n{second}\n")
    assert f"match a:{second and chr(10)}{second}\n" in bugs
    assert f"match a:\n{first}\n" in bugs
    assert f"match a:\n{first}\n    case d if True:\n        f()\n" in bugs


def test_a_case_that_is_left_out_is_tried_with_the_tests_that_run_it() -> None:
    cases = [mutant for mutant in all_mutants("worker/dis") if mutant.mutation.kind == "case left out"]
    for mutant in cases:
        last = (ROOT / mutant.file).read_bytes()[: mutant.mutation.end].count(b"\n") + 1
        assert last in lines_of(mutant), str(mutant)
    assert len(cases) > 5


def test_every_file_with_a_bug_is_still_a_program() -> None:
    for mutant in random.Random(0).sample(all_mutants(""), 150):
        source = (ROOT / mutant.file).read_bytes()
        assert ast.dump(ast.parse(mutant.mutation.planted(source))) != ast.dump(ast.parse(source))


def test_the_sample_is_of_the_packages_that_decide() -> None:
    assert {mutant.package for mutant in all_mutants("")} == {"core", "worker", "outbound", "inbound", "references"}
    assert {mutant.file.name for mutant in all_mutants("core/backoff")} == {"backoff.py"}


@pytest.mark.parametrize("package", COVERING)
def test_the_tests_that_cover_a_package_are_there(package: str) -> None:
    assert all((ROOT / "tests" / test).exists() for stage in COVERING[package] for test in stage)


MODULE = """
TIMES = 2


def double(n):
    return TIMES * n


def negative(n):
    return not n < 0


class Double(int):
    def __str__(self):
        print(super())
        return "a"
"""
TEST = """
from linksync.core import double


def test_times():
    assert double.TIMES == 2


def test_two():
    assert double.double(2) == 4


def test_one():
    while not double.negative(1):
        pass
"""


@pytest.fixture
def small_tree(tmp_path: Path) -> Path:
    """A tree of a package of one module, its test, and the code that is tested here."""
    package, tests = tmp_path / PACKAGE, tmp_path / "tests"
    for file, text in {
        package / "core" / "double.py": MODULE,
        package / "core" / "__init__.py": "",
        package / "__init__.py": "",
        tests / "__init__.py": "",
        tests / "unit" / "core" / "test_double.py": TEST,
        tmp_path / "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "--import-mode=importlib"\n',
    }.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    for test in (test for stage in COVERING["core"] for test in stage if test != "unit/core"):
        empty = tests / test if test.endswith(".py") else tests / test / "test_nothing.py"
        empty.parent.mkdir(parents=True, exist_ok=True)
        empty.touch()
    shutil.copytree(ROOT / "tests" / "mutants", tests / "mutants")
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)  # noqa: S607
    return tmp_path


def test_bugs_are_noticed_missed_and_ended(small_tree: Path) -> None:
    """A bug outside of functions, where only a new process sees it, as well as those within."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.mutants", "--jobs", "2", "--seconds", "60"],
        cwd=small_tree,
        env=os.environ | {"PYTHONPATH": f"{small_tree / PACKAGE.parent}:{small_tree}"},
        capture_output=True,
        text=True,
        check=True,
    )
    trials = re.findall(r"^ +\d+ (.+?) +[\d.]+ s  core/double.py:(\d+) (.+)$", ended.stdout, re.MULTILINE)
    assert {(outcome, int(line), bug) for outcome, line, bug in trials} == {
        ("noticed", 2, "constant"),
        ("NOT NOTICED", 6, "arithmetic"),  # 2 + 2 is 4 as well
        ("NOT NOTICED", 10, "comparison"),
        ("NOT NOTICED", 10, "constant"),
        ("endless", 10, "condition turned round"),
        ("NOT NOTICED", 15, "statement left out"),  # and without `super` the function has another form
        ("NOT NOTICED", 16, "word"),
    }
    assert "+    return (TIMES + n)" in ended.stdout
    assert ended.stdout.splitlines()[-1].split() == ["all", "7", "2", "28.6%"]
