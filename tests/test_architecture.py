"""The limits that keep the code readable: 300 lines a module, 40 a function, one sentence to open it."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "bmw_wallbox_addon/src/bmw_wallbox"
MODULE_LINES_MAX = 300
FUNCTION_LINES_MAX = 40
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.stat().st_size)
SCRIPTS = sorted(path for path in PACKAGE.rglob("*.js") if "vendor" not in path.parts)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_is_small_and_so_are_its_functions(path: Path) -> None:
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    lengths = {
        f"{node.name} (line {node.lineno})": (node.end_lineno or node.lineno) - node.lineno + 1
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    too_long = {name: length for name, length in lengths.items() if length > FUNCTION_LINES_MAX}
    assert not too_long
    assert len(text.splitlines()) <= MODULE_LINES_MAX
    assert ast.get_docstring(tree), "a module opens with the sentence that says what it is"


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_of_the_panel_is_small(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= MODULE_LINES_MAX
