"""The bugs that `make mutants` plants."""

import ast
import random
from pathlib import Path

import pytest

from tests.mutants.__main__ import all_mutants
from tests.mutants.mutations import mutations
from tests.mutants.trial import COVERING, PACKAGE, ROOT, Mutant, Outcome, Tree


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


def small_tree(directory: Path, test: str) -> Path:
    """A package of one module; the directory has nothing else but the test."""
    module = directory / PACKAGE / "core" / "double.py"
    for file, text in {
        module: "def double(n: int) -> int:\n    return 2 * n\n",
        module.parent / "__init__.py": "",
        module.parents[1] / "__init__.py": "",
        directory / "tests" / "test_double.py": f"from linksync.core.double import double\n{test}\n",
    }.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return module


@pytest.fixture
def covered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COVERING, "core", (("test_double.py",),))


@pytest.mark.usefixtures("covered")
def test_a_bug_is_noticed_and_taken_out_again(tmp_path: Path) -> None:
    module = small_tree(tmp_path, "def test() -> None:\n    assert double(0) == 0")
    tree, source = Tree(tmp_path, seconds=60), module.read_bytes()
    assert tree.tested("core") is Outcome.MISSED
    mutants = [Mutant(module.relative_to(tmp_path), each) for each in mutations(source)]
    assert {each.mutation.text: tree.tested_with(each) for each in mutants} == {
        "3": Outcome.MISSED,
        "(2 + n)": Outcome.NOTICED,
    }
    assert module.read_bytes() == source


@pytest.mark.usefixtures("covered")
def test_what_never_ends_is_ended(tmp_path: Path) -> None:
    small_tree(tmp_path, "while double(1): pass")
    assert Tree(tmp_path, seconds=0.1).tested("core") is Outcome.ENDLESS
