"""--aa: the baseline against itself in another batch order, its noise floor, and what later runs make of it."""

import json
import re

import pytest

from clue_lib import sealed

TASK = "tests/level1/test_mednli.py"


@pytest.fixture
def aa(run_gate, oracle, tmp_path):
    """Runs --aa over the oracle's MedNLI, without --model."""
    own = (f"--store={tmp_path / 'store'}", f"--report-dir={tmp_path / 'report'}")
    return lambda *options: run_gate("--aa", f"--baseline={oracle}", "--backend=scripted", *own, TASK, *options)


def engines(tmp_path):
    return [json.loads(path.read_text())["engine"] for path in (tmp_path / "store").glob("*/about.json")]


@pytest.mark.slow
def test_a_model_that_does_not_care_for_order_has_no_noise(aa, oracle, tmp_path, workers):
    done = aa(*workers)
    assert done.code == 0, done.text
    assert set(done.outcomes().values()) <= {"IDENTICAL", None}
    assert re.search(r"\nmednli.accuracy +0.0 +0.0 +0.0 +0.0 +0.0 +3.0\n", done.text)
    assert "every margin of a task lies above its noise floor" in done.text
    assert sorted(map(len, engines(tmp_path))) == [2, 3]
    assert {"name": "scripted", "version": "1", "order": "reversed"} in engines(tmp_path)
    assert (oracle / "starts.log").read_text() == "start\n"
    assert done.report["run"]["baseline"]["name"] == done.report["run"]["candidate"]["name"] == "oracle"
    assert done.report["command"].startswith("pytest --aa --baseline=FOLDER/oracle ")


def test_both_orders_are_stored_apart_and_not_asked_again(aa, tmp_path):
    aa()
    stored = [path.read_text().splitlines() for path in (tmp_path / "store").glob("*/generations.jsonl")]
    first, second = ([json.loads(line)["key"] for line in lines] for lines in stored)
    assert first != second
    assert sorted(first) == sorted(second)
    assert aa().report["run"]["n_engine_starts"] == 0


def test_later_runs_say_where_a_margin_lies_below_the_floor(aa, run_gate, oracle, tmp_path):
    aa()
    (path,) = (tmp_path / "store").glob("*/noise.json")
    kept = json.loads(path.read_text())["content"]
    accuracy = next(one for one in kept["mednli"]["noise"] if one["gate"] == "level1.mednli.accuracy")
    assert accuracy["n"] == 39
    accuracy["floor"] = 0.042
    path.write_bytes(sealed.seal(kept, format="clue-gate noise 1"))
    options = (f"--model={oracle}", f"--baseline={oracle}", "--backend=scripted", TASK)
    done = run_gate(*options)
    assert done.code == 0, done.text
    assert "margin 3.0 of level1.mednli.accuracy lies below its noise floor 4.2" in done.text
    assert "noise of the baseline" not in done.text
    assert "noise floor" not in run_gate(*options, "--seed=7", f"--store={tmp_path / 'other'}").text


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (("--aa",), "--aa without --baseline: name the model to compare with itself"),
        (("--aa", "--baseline=no-such"), "--baseline=no-such: no such alias"),
    ],
)
def test_mistakes_are_one_line(run_gate, options, what):
    done = run_gate(*options, TASK)
    assert done.code == 4, done.text
    assert what in done.text
