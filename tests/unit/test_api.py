"""The gate from Python: a run without pytest, its figures as tables, its mistakes as one line."""

import dataclasses
import json

import pytest

import clue_lib
from clue_lib import api
from clue_lib.errors import ClueError, EngineError, OptionError
from clue_lib.session import Options
from clue_lib.tasks import TASKS


@pytest.fixture
def script(tmp_path):
    """Makes a model folder that gives one answer to everything."""

    def make(name, answer):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "script.toml").write_text(f"default = {json.dumps(answer)}\n", encoding="utf-8")
        return str(folder)

    return make


@pytest.fixture
def gate(tmp_path):
    def call(model, **options):
        places = {"store": tmp_path / "store", "log_dir": tmp_path / "log"}
        return clue_lib.gate(model, backend="scripted", **{**places, **options})

    return call


def test_a_run_and_what_it_gives(gate, script, tmp_path):
    base, tuned = script("base", "neutral"), script("tuned", "I do not know.")
    result = gate(tuned, baseline=base, tasks=["mednli"])
    assert (result.passed, result.state) == (False, "fail")
    assert result.headline == result.document.headline
    gates = result.gates.set_index("metric")
    assert set(gates.index) == set(TASKS["mednli"].metrics)
    assert gates.loc["unparsed", "candidate"] == 1
    assert gates.loc["unparsed", "outcome"] == "REGRESSED"
    examples = result.examples
    assert set(examples["candidate_text"]) == {"I do not know."}
    assert examples["baseline.unparsed"].sum() == 0
    page = result.report(tmp_path / "report")
    assert page.name == "report.html"
    assert json.loads((tmp_path / "report" / "gate.json").read_text(encoding="utf-8"))["passed"] is False


def test_all_tasks_are_judged_with_what_needs_the_whole_run(gate, script):
    base = script("base", "A")
    result = gate(base, baseline=base, limit=2)
    assert set(result.gates["kind"]) == {"clue", "failure mode", "other", "run"}
    assert result.document.run.profile == "smoke"


def test_nothing_is_left_in_the_working_folder(gate, script, tmp_path, monkeypatch):
    base = script("base", "neutral")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    gate(base, baseline=base, tasks=["mednli"], limit=3)
    assert list((tmp_path / "here").iterdir()) == []


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"tasks": ["mednly"]}, "tasks='mednly': no such task"),
        ({"tasks": []}, "tasks: none is named"),
        ({"limit": 0}, "--limit=0: it must be at least 1"),
        ({"profile": "strictest"}, "--profile=strictest: no such profile"),
        ({"data_root": "/no/such"}, "no such folder"),
    ],
)
def test_a_mistake_is_one_line(gate, script, options, what):
    base = script("base", "neutral")
    with pytest.raises(ClueError, match=what) as caught:
        gate(base, baseline=base, **options)
    assert len(str(caught.value).splitlines()) == 1


def test_an_engine_that_fails_raises(gate, script, tmp_path):
    base = script("base", "neutral")
    gate(base, baseline=base, tasks=["mednli"], limit=3)
    recording = f"replay:{next((tmp_path / 'store').glob('*/about.json')).parent}"
    with pytest.raises(EngineError):
        gate(recording, baseline=recording, tasks=["mednli"])


def test_an_empty_model_is_refused(gate):
    with pytest.raises(ClueError, match="empty, as an unset variable leaves it"):
        gate("")
    assert issubclass(OptionError, ClueError)


def test_it_takes_every_option_of_the_command_line_but_those_of_pytests_run():
    taken = {api.ONE_OF_SEVERAL.get(name, name) for name in api.GateOptions.__annotations__}
    of_pytests_run = {"aa", "private_report", "report_dir", "reports"}
    assert {field.name for field in dataclasses.fields(Options)} == {"model", *taken, *of_pytests_run}


@pytest.mark.parametrize("name", ["aa", "engine_arg", "basline"])
def test_an_option_that_it_does_not_have_is_an_error_as_in_any_function(name):
    with pytest.raises(TypeError, match=rf"gate\(\) got an unexpected keyword argument '{name}'"):
        clue_lib.gate("a", **{name: "b"})
