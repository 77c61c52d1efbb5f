"""A function in a process of its own: done, or one line that says why not."""

import os
import subprocess
import sys
from pathlib import Path

from clue_lib.models.child import failure_in_child, run_in_child, thread_settings


def copy(source: Path, target: Path) -> None:
    print("copying")
    target.write_bytes(source.read_bytes())


def end(source: Path) -> None:
    os._exit(3)


def test_it_is_done_in_another_process_and_shows_nothing(tmp_path, root):
    # From a script that does not ask for `__name__ == "__main__"`: its lines are run once.
    script = tmp_path / "script.py"
    script.write_text(
        "import pathlib, sys\n"
        "from clue_lib.models.child import run_in_child\n"
        "import shutil\n"
        "print('once', run_in_child(shutil.copyfile, pathlib.Path('a'), pathlib.Path('b')))\n"
    )
    (tmp_path / "a").write_text("content")
    env = os.environ | {"PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, env=env, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("once None\n", "")
    assert (tmp_path / "b").read_text() == "content"


def test_its_error_is_one_line(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(os.path.dirname(__file__))
    import test_child

    problem = run_in_child(test_child.copy, tmp_path / "none", tmp_path / "target")
    assert problem == f"FileNotFoundError: [Errno 2] No such file or directory: '{tmp_path / 'none'}'"
    assert run_in_child(test_child.end, tmp_path) == "its process ended with code 3 and without a message"
    printed = failure_in_child(test_child.copy, tmp_path / "none", tmp_path / "target")
    assert printed.splitlines()[0] == "copying"
    assert printed.splitlines()[-1] == problem


def test_threads_do_not_spin_unless_the_user_says_how(monkeypatch):
    for name in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY"):
        monkeypatch.delenv(name, raising=False)
    assert thread_settings() == {"GOMP_SPINCOUNT": "1000"}
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    assert thread_settings() == {}
