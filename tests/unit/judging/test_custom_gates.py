"""The gates that a user's task brings: its own rules, before them the file's tables, and the digest of all."""

import dataclasses
import datetime
from pathlib import Path

import pytest
from own_task import ACCURACY, own_task

from clue_lib import digests
from clue_lib.errors import TaskError, ThresholdsError
from clue_lib.judging import thresholds
from clue_lib.judging.custom_gates import misspelt_tables, with_task
from clue_lib.tasks import TASKS, GateRule

TABLE = "[custom.toy_notes.accuracy]\nmargin = 0.2\nreason = 'of the file'\n"
WAIVER = "[[waiver]]\nmetric = 'custom.toy_notes.accuracy'\nowner = 'Ada'\nreason = 'known'\nexpires = 2999-12-31\n"


@pytest.fixture
def load(root, tmp_path):
    """The project's own file with a text behind it."""

    def make(more=""):
        path = tmp_path / "gates.toml"
        path.write_text((root / "thresholds.toml").read_text(encoding="utf-8") + "\n" + more, encoding="utf-8")
        return thresholds.load(path)

    return make


def task(**changed):
    return own_task(**{"file": "suite/test_toy.py"} | changed)


def gate_of(found, metric):
    (gate,) = [gate for gate in found.for_task("toy_notes") if gate.metric == metric]
    return gate


def test_gates_come_from_the_task_and_from_the_tables_for_all(load):
    found = with_task(load(), task())
    assert [gate.metric for gate in found.for_task("toy_notes")] == list(task().metrics)
    own, of_all = gate_of(found, "accuracy"), gate_of(found, "empty")
    assert (own.id, own.margin, own.reason, own.role) == (
        "custom.toy_notes.accuracy",
        ACCURACY.margin,
        ACCURACY.reason,
        "gate",
    )
    assert (own.file, own.table) == ("suite/test_toy.py", "TASK.gates.accuracy")
    assert (of_all.file, of_all.table, of_all.margin) == (found.file, "all.empty", 0.01)


def test_the_whole_runs_gates_stay_the_last(load):
    before = load()
    after = with_task(before, task())
    assert after.gates[-len(after.whole_run) :] == after.whole_run == before.whole_run
    assert [gate for gate in after.gates if gate.task != "toy_notes"] == list(before.gates)


def test_the_tasks_rule_goes_before_that_of_all_and_the_files_table_before_both(load):
    rule = GateRule(margin=0.4, reason="often empty", role="monitor", ceiling=0.5)
    emptied = task(gates={"accuracy": ACCURACY, "empty": rule})
    gate = gate_of(with_task(load(), emptied), "empty")
    assert (gate.margin, gate.role, gate.ceiling, gate.table) == (0.4, "monitor", 0.5, "TASK.gates.empty")
    found = with_task(load(TABLE), task())
    assert (gate_of(found, "accuracy").margin, gate_of(found, "accuracy").table) == (0.2, "custom.toy_notes.accuracy")
    assert gate_of(found, "accuracy").file == found.file


@pytest.mark.parametrize("name", TASKS)
def test_clues_tasks_change_nothing_and_no_task_comes_twice(load, name):
    read = load()
    assert with_task(read, TASKS[name]) is read
    once = with_task(read, task())
    assert with_task(once, task()) is once


def test_a_metric_without_any_rule_is_one_line(load):
    with pytest.raises(TaskError) as caught:
        with_task(load(), task(gates={}))
    assert str(caught.value).startswith("suite/test_toy.py: TASK's gates lack 'accuracy'; add 'accuracy': GateRule(")
    assert str(caught.value).endswith("or a table [custom.toy_notes.accuracy] to a thresholds.toml of your own")


@pytest.mark.parametrize("name", ["averages", "families", "pooled"])
def test_a_name_that_stands_for_gates_over_tasks_is_taken(load, name):
    with pytest.raises(TaskError, match=f"'{name}' stands for gates over all tasks"):
        with_task(load(), task(name=name))


def test_a_table_of_an_unknown_metric_is_suggested(load):
    read = load(TABLE.replace("accuracy", "acuracy"))
    with pytest.raises(
        ThresholdsError, match=r"\[custom\.toy_notes\.acuracy\]: unknown metric 'acuracy'; did you mean"
    ):
        with_task(read, task())


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (TABLE.replace("0.2", "20"), "[custom.toy_notes.accuracy]: margin = 20.0; it is a share"),
        (TABLE.replace("margin", "margn"), "[custom.toy_notes.accuracy]: unknown key 'margn'"),
        ("[custom]\ntoy_notes = 3\n", "[custom.toy_notes]: a table is needed here"),
        (TABLE.replace("custom", "custm"), "[custm]: unknown table 'custm'; did you mean custom?"),
    ],
)
def test_a_table_is_checked_whether_its_task_is_collected_or_not(load, text, named):
    with pytest.raises(ThresholdsError) as caught:
        load(text)
    assert named in str(caught.value)


def test_a_table_of_a_task_called_almost_alike_is_told_and_stops_nothing(load):
    misspelt = TABLE.replace("toy_notes", "toy_note")
    other = TABLE.replace("toy_notes", "radiology")
    found = with_task(load(misspelt + other), task())
    (line,) = misspelt_tables(found)
    assert line.endswith("gates.toml [custom.toy_note]: no collected test has this task; did you mean toy_notes?")
    assert misspelt_tables(load(misspelt)) == ()
    assert misspelt_tables(with_task(load(TABLE), task())) == ()


def test_a_waiver_waits_for_its_task(load):
    read = load(WAIVER)
    assert read.waivers == ()
    (waiver,) = with_task(read, task()).waivers
    assert (waiver.gate, waiver.owner) == ("custom.toy_notes.accuracy", "Ada")
    monitored = task(gates={"accuracy": dataclasses.replace(ACCURACY, role="monitor")})
    with pytest.raises(ThresholdsError, match=r"custom\.toy_notes\.accuracy is only monitored and fails no run"):
        with_task(read, monitored)
    with pytest.raises(ThresholdsError, match=r"unknown metric 'custom\.toy_notes\.acuracy'; did you mean"):
        with_task(load(WAIVER.replace("accuracy", "acuracy")), task())
    yesterday = datetime.date.today() - datetime.timedelta(days=1)
    with pytest.raises(ThresholdsError, match=f"expired on {yesterday}"):
        load(WAIVER.replace("2999-12-31", yesterday.isoformat()))


def test_the_digest_covers_the_file_and_the_tasks_own_rules(load):
    read = load()
    assert with_task(read, task()).digest == with_task(load(), task()).digest
    of_file, _, of_tasks = with_task(read, task()).digest.partition("+")
    assert (of_file, len(of_tasks)) == (digests.of_file(Path(read.file)), 64)
    stricter = task(gates={"accuracy": dataclasses.replace(ACCURACY, margin=0.04)})
    assert with_task(read, stricter).digest not in (read.digest, with_task(read, task()).digest)
    assert with_task(load(TABLE), task(gates={})).digest == load(TABLE).digest
