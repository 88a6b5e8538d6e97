"""Rules of the house that a machine can check. Each failure names the place."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = sorted([*ROOT.glob("domain/**/*.py"), *ROOT.glob("webapp/**/*.py")])
MOST_LINES = 500
MOST_FUNCTION_LINES = 60
FEATURE_FILES = {
    "__init__.py",
    "models.py",
    "inputs.py",
    "queries.py",
    "policy.py",
    "actions.py",
    "workflow.py",
    "events.py",
    "reactions.py",
    "approvable.py",
    "kinds.py",
}


def named(path: Path) -> str:
    """A path as people write it."""
    return str(path.relative_to(ROOT))


def calls(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every call in a file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def test_only_the_two_owners_commit() -> None:
    owners = {"webapp/work.py", "webapp/migrate.py"}
    found = [
        f"{named(path)}:{line}"
        for path in PYTHON
        if named(path) not in owners
        for line, name in calls(path)
        if name.endswith(".commit")
    ]
    assert found == []


def test_only_one_place_asks_what_time_it_is() -> None:
    # `webapp/commands` and the supervisor tell an operator the time and measure patience; they decide nothing by it.
    allowed = (
        "domain/core/work.py",
        "webapp/commands/",
        "webapp/supervisor.py",
        "webapp/postgres",
        "webapp/deliver/vapid.py",
    )
    found = [
        f"{named(path)}:{line} {name}"
        for path in PYTHON
        if not named(path).startswith(allowed)
        for line, name in calls(path)
        if name in {"datetime.now", "datetime.utcnow", "date.today", "datetime.today", "time.time"}
    ]
    assert found == []


@pytest.mark.parametrize("path", PYTHON, ids=named)
def test_files_and_functions_stay_small(path: Path) -> None:
    source = path.read_text("utf-8")
    if "migrations/versions/0001" in named(path):
        return
    assert source.count("\n") <= MOST_LINES, f"{named(path)} has more than {MOST_LINES} lines"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= MOST_FUNCTION_LINES, f"{named(path)}:{node.lineno} {node.name} has {length} lines"


@pytest.mark.parametrize("path", sorted(ROOT.glob("domain/**/*.py")), ids=named)
def test_what_others_call_says_what_it_is(path: Path) -> None:
    if "migrations" in path.parts:
        return
    tree = ast.parse(path.read_text("utf-8"))
    assert ast.get_docstring(tree) is not None, f"{named(path)} has no docstring"
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            assert ast.get_docstring(node) is not None, f"{named(path)}:{node.lineno} {node.name} has no docstring"


def test_the_domain_knows_nothing_of_the_web() -> None:
    strange = re.compile(r"^\s*(from|import) (litestar|jinja2|piccolo|webapp)\b", re.MULTILINE)
    assert [named(path) for path in ROOT.glob("domain/**/*.py") if strange.search(path.read_text("utf-8"))] == []


def test_no_place_on_a_machine_and_no_registry_is_named() -> None:
    strange = re.compile(r"/(root|home)/\w|/work/|registry\.npmjs|pypi\.org|pythonhosted")
    files = [*PYTHON, *ROOT.glob("docs/**/*.md"), *ROOT.glob("*.md"), ROOT / "Makefile", ROOT / "pyproject.toml"]
    assert [named(path) for path in files if strange.search(path.read_text("utf-8"))] == []
