"""A run's gates are those of its thresholds file: roles, margins, outcomes by its policy, waivers."""

import dataclasses

import pytest
from plain_values import but, make_comparison

from clue_lib.judging import judge, load_thresholds, ruling
from clue_lib.report import by_thresholds, of_run
from clue_lib.types import Waiver

TASK = "mednli"


@pytest.fixture(scope="module")
def thresholds(root):
    """The suite's own file."""
    return load_thresholds(root / "thresholds.toml")


@pytest.fixture
def document(info, thresholds):
    """A run of one task, as it was judged: its first gate lost 10 points of 200 examples, the others nothing."""
    gates = thresholds.for_task(TASK)
    kept = make_comparison(n=200, n_clusters=200, freedom=199.0, n_worse=1, n_better=1, delta=0.0, p=1.0,
                           lower=-0.001, upper=0.001, baseline=0.2, candidate=0.2)  # fmt: skip
    lost = but(kept, n_worse=25, n_better=5, delta=-0.1, lower=-0.14, upper=-0.06, p=1e-9, candidate=0.1)
    pairs = [(gate, lost if gate == gates[0] else kept) for gate in gates]
    verdicts = judge(pairs, policy=thresholds.policy, profile="ci")
    task = dataclasses.replace(info().tasks[0], name=TASK)
    return of_run(info(rule=ruling.VERSION, n_selected=len(verdicts), tasks=(task,)), verdicts)


def changed(document, **of_gate):
    """The document, in which the first gate's fields, or its verdict's, are others."""
    first = document.verdicts[0]
    fields = {name: of_gate.pop(name) for name in ("outcome", "ok") if name in of_gate}
    first = dataclasses.replace(first, gate=dataclasses.replace(first.gate, **of_gate), **fields)
    return dataclasses.replace(document, verdicts=(first, *document.verdicts[1:]))


def disagreements(document, thresholds, *, is_same_suite=True):
    return by_thresholds.disagreements(document, thresholds, is_same_suite=is_same_suite)


@pytest.mark.parametrize("is_same_suite", [True, False])
def test_a_run_as_it_was_judged_agrees(document, thresholds, is_same_suite):
    assert document.verdicts[0].outcome == "REGRESSED"
    assert disagreements(document, thresholds, is_same_suite=is_same_suite) == []


@pytest.mark.parametrize(
    ("field", "value"), [("role", "monitor"), ("margin", 0.5), ("floor", 0.01), ("ceiling", 0.99), ("table", "all.x")]
)
@pytest.mark.parametrize("is_same_suite", [True, False])
def test_what_the_file_decides_is_held_against_it(document, thresholds, field, value, is_same_suite):
    found = disagreements(changed(document, **{field: value}), thresholds, is_same_suite=is_same_suite)
    assert found[0].startswith(f"level1.mednli.accuracy: its {field} is {value}, the file's is ")


def test_a_gate_that_the_file_does_not_have(document, thresholds):
    other = changed(document, id="level1.mednli.charm")
    assert "level1.mednli.charm: the file has no such gate" in disagreements(other, thresholds)
    assert disagreements(other, thresholds, is_same_suite=False) == []  # which may have had it
    assert disagreements(changed(document, id="custom.triage.accuracy"), thresholds) == []


@pytest.mark.parametrize("outcome", ["UNDECIDED", "HELD", "NO SIGNAL"])
def test_a_loss_that_the_policy_finds_is_called_nothing_else(document, thresholds, outcome):
    (found,) = disagreements(changed(document, outcome=outcome, ok=True), thresholds)
    assert found == f"level1.mednli.accuracy: it says {outcome}, its figures and the file's policy say REGRESSED"


def test_a_waiver_that_the_file_does_not_have(document, thresholds):
    waiver = Waiver(gate="level1.mednli.accuracy", owner="o", reason="r", expires="2999-01-01")
    run = dataclasses.replace(document.run, waivers=(waiver,))
    (found,) = disagreements(dataclasses.replace(document, run=run), thresholds)
    assert found == "the file has no such waiver of level1.mednli.accuracy"
    with_it = dataclasses.replace(thresholds, waivers=(waiver,))
    assert disagreements(dataclasses.replace(document, run=run), with_it) == []


def test_gates_of_the_runs_tasks_that_it_does_not_tell_of(document, thresholds):
    over_tasks = [gate.id for gate in thresholds.whole_run if gate.role != "monitor"]
    assert by_thresholds.left_out(document, thresholds) == over_tasks
    fewer = dataclasses.replace(document, verdicts=document.verdicts[1:])
    assert by_thresholds.left_out(fewer, thresholds) == ["level1.mednli.accuracy", *over_tasks]
