"""The gate in other people's folders: `clue-gate` works in all of them, `pytest -p` works or says what to do in a line.

By default the checkout is what runs. `CLUE_GATE_BIN` names the folder of another environment's programs, in which the
package is installed.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import scripts
from gate_file import valid

ROOT = Path(__file__).parents[2]
PROGRAMS = os.environ.get("CLUE_GATE_BIN")

if PROGRAMS:
    CLUE_GATE, PYTEST = (f"{PROGRAMS}/clue-gate",), (f"{PROGRAMS}/pytest", "-p", "clue_lib.plugin")
else:  # as the console scripts of an installed package: -P, since those do not look into the working folder
    CLUE_GATE = (sys.executable, "-P", "-m", "clue_lib")
    PYTEST = (sys.executable, "-P", "-m", "pytest", "-p", "clue_lib.plugin")
QUICK = ("-p", "no:hypothesispytest", "-p", "no:anyio")
DOORS = {"clue-gate": CLUE_GATE, "pytest": PYTEST, "plain pytest": PYTEST[:-2]}

pytestmark = pytest.mark.slow

HIJACK = 'raise RuntimeError("hijacked")\n'


class Ended:
    """How a run ended: its exit code, what it printed, and its gate.json where there is one."""

    def __init__(self, done: subprocess.CompletedProcess[str], folder: Path) -> None:
        self.code = done.returncode
        self.text = done.stdout + done.stderr
        self.lines = [line for line in self.text.splitlines() if line.strip()]
        path = folder / "gate-report" / "gate.json"
        self.report = valid(path) if path.is_file() else None


@pytest.fixture
def oracle(tmp_path: Path) -> Path:
    """A model folder that answers by script, and rightly."""
    folder = tmp_path / "models" / "oracle"
    folder.mkdir(parents=True)
    (folder / "script.toml").write_text(scripts.ideal("mednli"), encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of somebody else, in which the gate is called: empty as yet."""
    path = tmp_path / "theirs"
    path.mkdir()
    return path


@pytest.fixture
def gate(oracle: Path, folder: Path, tmp_path: Path) -> Callable[..., Ended]:
    """Gates the oracle against itself on MedNLI's accuracy, from that folder."""

    def run(door: str, *options: str, cwd: Path = folder, env: dict[str, str | None] | None = None) -> Ended:
        given = [f"--model={oracle}", f"--baseline={oracle}", "--backend=scripted", f"--store={tmp_path / 'store'}"]
        given += ["--reports=json", "-k", "mednli and accuracy", *options]
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        changed = inherited | ({} if PROGRAMS else {"PYTHONPATH": str(ROOT)}) | (env or {})
        done = subprocess.run(
            [*DOORS[door], *QUICK, *given],
            cwd=cwd,
            env={name: value for name, value in changed.items() if value is not None},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return Ended(done, cwd)

    return run


@pytest.fixture(params=["clue-gate", "pytest"])
def door(request: pytest.FixtureRequest) -> str:
    """Each way in."""
    return request.param


def assert_judged(done: Ended) -> None:
    assert done.code == 0, done.text
    assert [gate["id"] for gate in done.report["gates"]] == ["level1.mednli.accuracy"]
    assert "hijacked" not in done.text


def test_an_empty_folder_runs_the_suites_own_tests_by_its_own_thresholds(gate, door, folder):
    done = gate(door)
    assert_judged(done)
    assert done.report["run"]["thresholds"] == "the suite's own thresholds.toml"
    assert "thresholds: the suite's own thresholds.toml" in " ".join(done.text.split())
    assert {path.name for path in folder.iterdir()} == {"gate-report", ".pytest_cache"}


def test_the_folders_thresholds_go_before_the_suites_own(gate, door, folder):
    (folder / "thresholds.toml").write_bytes((ROOT / "thresholds.toml").read_bytes())
    done = gate(door)
    assert_judged(done)
    assert done.report["run"]["thresholds"] == "thresholds.toml"
    assert "thresholds: ./thresholds.toml" in " ".join(done.text.split())


def test_workers_and_what_else_pytest_takes(gate, door, folder):
    done = gate(door, "-n", "2", "--junitxml=junit.xml")
    assert_judged(done)
    assert 'name="outcome" value="IDENTICAL"' in (folder / "junit.xml").read_text(encoding="utf-8")


def test_last_failed_is_remembered(gate, door, folder, oracle):
    (oracle / "script.toml").write_text('default = "I can not say."', encoding="utf-8")
    better = oracle.with_name("better")
    better.mkdir()
    (better / "script.toml").write_text('default = "entailment"', encoding="utf-8")
    failed = gate(door, f"--baseline={better}", "-k", "mednli")
    assert failed.code == 1, failed.text
    again = gate(door, f"--baseline={better}", "-k", "mednli", "--lf")
    assert again.code == 1
    assert {gate["ok"] for gate in again.report["gates"]} == {False}


def test_a_conftest_that_defines_an_option_of_ours(gate, door, folder):
    (folder / "conftest.py").write_text("def pytest_addoption(parser):\n    parser.addoption('--model')\n")
    done = gate(door)
    if door == "clue-gate":
        assert_judged(done)
    else:
        assert done.code == 4
        (line,) = done.lines
        assert "--model: a conftest.py or another plugin here defines this option of CLUE Gate's too; run " in line


def test_another_plugin_that_defines_an_option_of_ours(gate, folder):
    (folder / "profiler.py").write_text("def pytest_addoption(parser):\n    parser.addoption('--profile')\n")
    (folder / "conftest.py").write_text('pytest_plugins = ["clue_lib.plugin"]\n')
    path = os.pathsep.join([str(folder), *([] if PROGRAMS else [str(ROOT)])])
    for door, hint in (("plain pytest", "run clue-gate"), ("clue-gate", "turn that off with -p no:ITS_NAME")):
        done = gate(door, "-p", "profiler", env={"PYTHONPATH": path})
        assert done.code == 4
        (line,) = done.lines
        assert "--profile: " in line
        assert "defines this option of CLUE Gate's too" in line
        assert hint in line


def test_one_line_in_a_conftest_is_enough(folder, gate):
    (folder / "conftest.py").write_text('pytest_plugins = ["clue_lib.plugin"]\n')
    assert_judged(gate("plain pytest"))


STRICT = """\
[pytest]
strict = true
addopts = --strict-markers --strict-config
xfail_strict = true
filterwarnings = error
"""


def test_a_strict_configuration(gate, door, folder):
    (folder / "pytest.ini").write_text(STRICT)
    assert_judged(gate(door, "-W", "error", "--reports=all"))


@pytest.mark.parametrize("addopts", ["-p no_such_plugin", "--cov=src", "-k nothing --maxfail=0 --co"])
def test_addopts_that_ask_for_what_is_not_there(gate, door, folder, addopts):
    (folder / "pytest.ini").write_text(f"[pytest]\naddopts = {addopts}\n")
    done = gate(door)
    if door == "clue-gate":
        assert_judged(done)
        return
    assert "Traceback" not in done.text
    if addopts.endswith("--co"):  # tests are collected alone, those that our own -k selects
        assert done.code == 0, done.text
        assert done.report is None
    else:  # pytest's own word on a configuration that no session of it can begin with
        assert done.code != 0
        assert addopts.split()[-1].split("=")[0] in done.text


def test_the_environment_of_another_suite(gate, folder):
    env = {"PYTEST_ADDOPTS": "--nonsense", "PYTEST_PLUGINS": "no_such", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    assert_judged(gate("clue-gate", "-n", "2", env=env))


def test_plugins_that_do_not_load_themselves(gate):
    assert_judged(gate("pytest", env={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}))


def test_warnings_as_errors_from_the_environment(gate, door):
    assert_judged(gate(door, "--reports=all", env={"PYTHONWARNINGS": "error"}))


def test_folders_and_files_of_our_names_with_other_content(gate, door, folder, workers):
    for name in ("clue_lib", "tests", "pytest"):
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(HIJACK)
    (folder / "tests" / "test_other.py").write_text("def test_other():\n    assert False\n")
    if not workers or door == "clue-gate":  # with -n, xdist itself imports what lies in the working folder
        for name in ("syrupy.py", "msgspec.py", "xdist.py"):
            (folder / name).write_text(HIJACK)
        (folder / "pytest" / "__init__.py").unlink()
        (folder / "pytest").rmdir()
        (folder / "pytest.py").write_text(HIJACK)
    else:
        (folder / "pytest" / "__init__.py").unlink()
    assert_judged(gate(door, *workers))


def test_tests_of_ones_own_in_a_folder_of_a_level_go_before_the_suites(gate, folder):
    level = folder / "tests" / "level1"
    level.mkdir(parents=True)
    (level / "test_one.py").write_text(
        "from clue_lib.tasks.mednli import TASK\n\n\ndef test_mine(verdict):\n    assert verdict.ok\n"
    )
    done = gate("pytest", "-k", "accuracy", "-v")
    assert_judged(done)
    assert "tests/level1/test_one.py::test_mine[accuracy] PASSED" in done.text
    assert "test_one.py" not in gate("clue-gate", "-v").text


def test_named_paths_go_before_everything(gate, door, folder):
    (folder / "test_one.py").write_text(
        "from clue_lib.tasks.mednli import TASK\n\n\ndef test_mine(verdict):\n    assert verdict.ok\n"
    )
    done = gate(door, "-k", "accuracy", "-v", "test_one.py")
    assert_judged(done)
    assert "test_one.py::test_mine[accuracy] PASSED" in done.text


def test_a_report_folder_that_can_not_be_made_is_a_line(gate, door, folder):
    (folder / "gate-report").touch()
    done = gate(door)
    assert done.code == 4
    (line,) = done.lines
    assert "--report-dir=gate-report: File exists; name a writable folder" in line


def test_a_folder_that_nothing_can_be_written_to(gate, door, folder, tmp_path):
    """A file stands where pytest would put its cache: permissions do not stop root."""
    (folder / ".pytest_cache").touch()
    done = gate(door, f"--report-dir={tmp_path / 'report'}")
    assert done.code == 0, done.text
    assert (tmp_path / "report" / "gate.json").is_file()
    assert [path.name for path in folder.iterdir()] == [".pytest_cache"]


@pytest.mark.parametrize("home", ["{file}/home", "{folder}/made"])
def test_a_home_that_is_none_is_a_line_and_one_that_can_be_made_is_made(gate, door, tmp_path, home):
    (tmp_path / "file").touch()
    named = home.format(file=tmp_path / "file", folder=tmp_path)
    done = gate(door, env={"HOME": named, "XDG_CACHE_HOME": None, "XDG_DATA_HOME": None})
    if home.startswith("{folder}"):
        assert_judged(done)
    else:
        assert done.code == 4
        (line,) = done.lines
        assert "Not a directory; set XDG_CACHE_HOME, or HOME, to a folder that can be written to" in line


def test_no_home_at_all(gate, door):
    assert_judged(gate(door, env={"HOME": None}))


def test_a_path_with_spaces_and_umlauts(gate, door, tmp_path):
    odd = tmp_path / "Ä b – ß [x]"
    odd.mkdir()
    assert_judged(gate(door, "-n", "2", cwd=odd))


def test_snapshots_lie_beside_the_reports_where_there_are_no_tests(gate, folder):
    done = gate("clue-gate", "-k", "medisumcode and snapshot", "--snapshot-update")
    assert done.code == 0, done.text
    assert len(list(folder.glob("gate-snapshots/*/medisumcode.scripted.json"))) == 1
    missing = gate("clue-gate", "-k", "longhealth_3 and snapshot", "-rs")
    assert "record it: clue-gate -p no:" in " ".join(missing.text.split())


def test_a_mistake_is_told_under_the_programs_name(gate, folder):
    done = gate("clue-gate", "--nonsense")
    assert done.code == 4
    assert "clue-gate: error: unrecognized arguments: --nonsense" in done.text
