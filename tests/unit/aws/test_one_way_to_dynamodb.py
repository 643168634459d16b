"""All DynamoDB calls of the library go through one module."""

import ast
import re
from pathlib import Path


def test_every_write_of_the_library_goes_through_one_module():
    root = Path("layers/dropcast/python/dropcast")
    writes = {"put_item", "update_item", "delete_item", "transact_write_items", "batch_write_item"}
    direct = [
        f"{path}:{node.lineno}"
        for path in [*root.rglob("*.py"), *Path("functions").rglob("*.py")]
        if path != root / "aws/dynamo.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in writes
    ]

    assert direct == []


def test_other_packages_call_dynamodb_only_through_a_table():
    root = Path("layers/dropcast/python/dropcast")
    direct = [
        str(path)
        for path in [*root.rglob("*.py"), *Path("functions").rglob("*.py")]
        if path.parent != root / "aws"
        and re.search(r'client\("dynamodb"|dynamo\.(write|write_if|mark_if|delete)\(', path.read_text())
    ]

    assert direct == []
