"""Rules of the house that no linter knows."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parent.parent
ROOMS = ("protocol", "node", "relay", "tui", "scripts")

MODULE_LINES_MAX = 400
FUNCTION_LINES_MAX = 50
"""Past these a file or a function usually holds two things (CONTRIBUTING.md)."""

DRAWERS = {"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
"""Names that say nothing of what is inside, so that anything ends up there."""

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-fuzz.lock")

MODULES = sorted(path for room in ROOMS for path in (HOME / room).rglob("*.py"))
TEST_MODULES = sorted((HOME / "tests").rglob("*.py"))


def name_of(path: Path) -> str:
    return str(path.relative_to(HOME))


def normalised(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


def pins(lock: str) -> dict[str, list[str]]:
    """Every `package==version` of a lock, with its hashes."""
    found: dict[str, list[str]] = {}
    pin = ""
    for line in (HOME / lock).read_text(encoding="utf-8").splitlines():
        if line.startswith("    --hash="):
            found[pin].append(line.strip(" \\").removeprefix("--hash="))
        elif not line.startswith("#"):
            pin = line.split()[0]
            found[pin] = []
    return found


def required() -> dict[str, list[str]]:
    """What pyproject.toml asks for, by the lock that must hold it."""
    project = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))
    runtime: list[str] = project["project"]["dependencies"]
    groups: dict[str, list[str]] = project["dependency-groups"]
    return {LOCKS[0]: runtime, LOCKS[1]: runtime + groups["dev"], LOCKS[2]: groups["fuzz"]}


def package_of(requirement: str) -> str:
    return normalised(re.split(r"[^\w.-]", requirement, maxsplit=1)[0])


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_and_functions_stay_short(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.count("\n") <= MODULE_LINES_MAX
    too_long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > FUNCTION_LINES_MAX
    ]
    assert too_long == []


def test_no_module_is_a_drawer() -> None:
    assert [
        name_of(path) for path in [*MODULES, *TEST_MODULES] if DRAWERS & set(path.stem.split("_"))
    ] == []


def test_package_files_hold_a_docstring_and_nothing_else() -> None:
    packages = [path for path in MODULES if path.name == "__init__.py"]
    assert packages
    for path in packages:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        extra = tree.body[1:] if ast.get_docstring(tree) else tree.body
        assert extra == [], name_of(path)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_a_hash_for_everything_and_no_address(lock: str) -> None:
    text = (HOME / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert re.search(r"(^|\s)(/|-i |--(extra-)?index-url|--find-links|-e )", text) is None
    for pin, hashes in pins(lock).items():
        assert re.fullmatch(r"[\w.-]+==[\w.!+]+", pin)
        assert hashes, pin
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in hashes), pin


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_what_pyproject_asks_for(lock: str) -> None:
    locked = {normalised(pin.split("==")[0]) for pin in pins(lock)}
    assert {package_of(requirement) for requirement in required()[lock]} <= locked


def test_the_dev_lock_is_the_runtime_lock_and_more() -> None:
    runtime, dev = (pins(lock) for lock in LOCKS[:2])
    assert {pin: dev.get(pin) for pin in runtime} == runtime


def test_every_library_has_its_reason() -> None:
    page = (HOME / "docs" / "dependencies.md").read_text(encoding="utf-8")
    explained = {normalised(name) for name in re.findall(r"`([\w.-]+)`", page)}
    asked_for = [requirement for each in required().values() for requirement in each]
    assert {package_of(requirement) for requirement in asked_for} <= explained


@pytest.mark.parametrize(
    ("contract", "allowed"),
    [
        ("the board reaches the node only through its door", {"api", "refusal", "wording"}),
        ("the desk's rules do no I/O", {"desk", "refusal", "wording"}),
    ],
)
def test_a_new_module_of_the_node_is_behind_the_doors(contract: str, allowed: set[str]) -> None:
    """The contracts name what is forbidden one by one; none is forgotten."""
    project = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {each["name"]: each for each in project["tool"]["importlinter"]["contracts"]}
    forbidden = set(contracts[contract]["forbidden_modules"])
    named = (path.relative_to(HOME / "node").parts[0] for path in (HOME / "node").rglob("*.py"))
    modules = {name.removesuffix(".py") for name in named if not name.startswith("__")}
    assert {f"node.{name}" for name in modules - allowed} <= forbidden
