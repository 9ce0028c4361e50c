"""What stands for the vendors bears no name of the product's."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[3]


def classes(folder: str) -> set[str]:
    trees = [ast.parse(path.read_text("utf-8")) for path in (ROOT / folder).rglob("*.py")]
    return {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}


def test_no_class_on_the_laptop_has_the_name_of_one_of_the_products() -> None:
    product, laptop = classes("layers/linksync/linksync"), classes("local")
    assert product
    assert "World" not in laptop
    assert laptop & product == set()
