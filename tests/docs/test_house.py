"""Rules of the house that a machine can see."""

import ast
import re
import subprocess
import sys
import tomllib

import pytest

from core.catalogues import APPLICATIONS, problems
from core.settings import ROOT

FLOORS = ("core", "outbox", "api", "backoffice", "telegram", "perf", "tests")
LINES_OF_A_FILE_MAX = 400
LINES_OF_A_FUNCTION_MAX = 70


def python_files():
    for floor in FLOORS:
        for file in sorted((ROOT / floor).rglob("*.py")):
            if "migrations" not in file.parts:
                yield file


def test_a_file_fits_a_room():
    lengths = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in python_files()}

    assert {name: length for name, length in lengths.items() if length >= LINES_OF_A_FILE_MAX} == {}


def test_a_function_fits_a_screen():
    too_long = [
        f"{file.relative_to(ROOT)}:{node.lineno} {node.name}"
        for file in python_files()
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= LINES_OF_A_FUNCTION_MAX
    ]

    assert too_long == []


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_every_package_is_pinned_and_hashed_and_no_address_is_written_down(lock):
    text = (ROOT / lock).read_text()

    packages = re.split(r"\n(?=\S)", text.strip())

    assert "://" not in text
    assert [package.split()[0] for package in packages if not re.match(r"[\w.-]+==\S+", package)] == []
    assert [package.split()[0] for package in packages if "--hash=sha256:" not in package] == []


def test_the_lock_holds_what_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())

    for lock, wanted in {
        "requirements.txt": project["project"]["dependencies"],
        "requirements-dev.txt": project["project"]["dependencies"] + project["dependency-groups"]["dev"],
    }.items():
        locked = {canonical(name) for name in re.findall(r"^([\w.-]+)==", (ROOT / lock).read_text(), re.MULTILINE)}
        assert {canonical(re.match(r"[\w.-]+", line)[0]) for line in wanted} <= locked


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_both_locks_agree():
    run, development = (
        dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE))
        for lock in ("requirements.txt", "requirements-dev.txt")
    )

    assert {name: development.get(name) for name in run} == run


def test_telegram_is_a_source_root_and_no_package():
    assert not (ROOT / "telegram" / "__init__.py").exists()


def test_imports_go_down_the_stairs_only():
    linter = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]

    done = subprocess.run([*linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("application", APPLICATIONS)
def test_every_text_is_translated(application):
    assert problems(application) == []
