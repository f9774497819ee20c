"""The two commands before anything is set up: what they say when this machine will not do."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[2]

SHELL_FILES = ["hallway", "check", "scripts/setup.sh", "scripts/lock", "scripts/wheels"]

pytestmark = pytest.mark.e2e


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A fresh checkout, as far as setup sees it, in a folder with a space in its name."""
    home = tmp_path / "the hall"
    (home / "scripts").mkdir(parents=True)
    for name in ("hallway", "check", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(HOME / name, home / name)
    for path in (HOME / "scripts").glob("setup.*"):
        shutil.copy(path, home / "scripts")
    return home


@pytest.fixture
def path_folder(tmp_path: Path) -> Path:
    """The only folder on PATH: what `fake_python` puts there is all that can be found."""
    folder = tmp_path / "path"
    folder.mkdir()
    return folder


def fake_python(folder: Path, name: str, prelude: str) -> None:
    """A Python that runs `prelude` before what it is given by `-c`."""
    script = folder / name
    script.write_text(
        f"#!/bin/sh\n[ \"$1\" = -c ] || exit 99\nexec '{sys.executable}' -c '{prelude}\n'\"$2\"\n",
        encoding="utf-8",
    )
    script.chmod(0o755)


def start(command: Path, *arguments: str, path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", str(command), *arguments],
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def assert_refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """One sentence on stderr, nothing on stdout."""
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    for word in words:
        assert word in done.stderr


@pytest.mark.parametrize("name", SHELL_FILES)
def test_the_scripts_are_posix_shell(name: str) -> None:
    subprocess.run(["/bin/sh", "-n", str(HOME / name)], check=True)
    assert name.endswith(".sh") or os.access(HOME / name, os.X_OK)


def test_the_gate_is_a_bash_script() -> None:
    subprocess.run(["bash", "-n", str(HOME / ".ci" / "run")], check=True)
    assert os.access(HOME / ".ci" / "run", os.X_OK)


@pytest.mark.parametrize("command", ["hallway", "check"])
def test_without_python_it_says_what_to_install(
    checkout: Path, path_folder: Path, command: str
) -> None:
    done = start(checkout / command, path=path_folder)
    assert_refused(done, "found none", "sudo apt install python3 python3-venv")
    assert not (checkout / ".venv").exists()


def test_an_old_python_is_named(checkout: Path, path_folder: Path) -> None:
    fake_python(path_folder, "python3", 'import sys; sys.version_info = (3, 9, 2, "final", 0)')
    assert_refused(start(checkout / "hallway", path=path_folder), "3.11 or newer", "only 3.9")


def test_a_python_without_venv_says_which_package_brings_it(
    checkout: Path, path_folder: Path
) -> None:
    without = 'import sys; sys.modules["ensurepip"] = None'
    fake_python(path_folder, "python3", without)
    done = start(checkout / "hallway", path=path_folder)
    assert_refused(done, "venv", "sudo apt install python3-venv")


def test_a_newer_python_beside_an_old_one_is_taken(checkout: Path, path_folder: Path) -> None:
    fake_python(path_folder, "python3", 'import sys; sys.version_info = (3, 9, 2, "final", 0)')
    fake_python(path_folder, "python3.12", "pass")
    # The stand-in runs nothing but -c, so that nothing is set up: 99 words would be a sentence.
    done = start(checkout / "hallway", path=path_folder)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_ready_hallway_starts_no_python_of_its_own(checkout: Path, path_folder: Path) -> None:
    ready = checkout / ".venv" / "bin"
    ready.mkdir(parents=True)
    shutil.copy(HOME / "requirements.lock", checkout / ".venv")
    for name, text in (("python", "exit 1"), ("hallway", 'echo "$#: $*"')):
        (ready / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        (ready / name).chmod(0o755)
    compare = shutil.which("cmp")
    readlink = shutil.which("readlink")
    assert compare is not None
    assert readlink is not None
    (path_folder / "cmp").symlink_to(compare)
    (path_folder / "readlink").symlink_to(readlink)
    link = checkout.parent / "a link"
    link.symlink_to(checkout / "hallway")
    for command in (checkout / "hallway", link):
        done = start(command, "need", "two words", path=path_folder)
        assert (done.returncode, done.stdout) == (0, "2: need two words\n")


@pytest.mark.parametrize("name", ["nope", "", "lint types"])
def test_an_unknown_check_lists_what_there_is(checkout: Path, path_folder: Path, name: str) -> None:
    done = start(checkout / "check", name, path=path_folder)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    for known in ("format", "lint", "types", "imports", "tests", "bench"):
        assert known in done.stderr
    assert not (checkout / ".venv").exists()
