"""What a gate judges, and which direction is good."""

import pytest
from own_task import own_task

from clue_lib.errors import ThresholdsError
from clue_lib.judging import load_thresholds
from clue_lib.judging.custom_gates import with_task
from clue_lib.judging.gates import task_gate
from clue_lib.tasks import TASKS
from clue_lib.types import GateRule


@pytest.fixture(scope="module")
def gates(root):
    """The project's own gates and those of a user's task, by id."""
    thresholds = with_task(load_thresholds(root / "thresholds.toml"), own_task(file="suite/test_toy.py"))
    return {gate.id: gate for gate in thresholds.gates}


@pytest.mark.parametrize(
    ("id_", "kind", "better", "family"),
    [
        ("level1.mednli.accuracy", "clue", "higher", None),
        ("level1.mednli.macro_f1", "other", "higher", None),
        ("level1.mednli.empty", "failure mode", "lower", None),
        ("level1.mednli.unparsed", "failure mode", "lower", "instruction following"),
        ("level2.medisumcode.invalid_codes", "failure mode", "lower", "hallucination"),
        ("monitored.mcq.accuracy", "clue", "higher", None),
        ("custom.toy_notes.accuracy", "own", "higher", None),
        ("custom.toy_notes.empty", "failure mode", "lower", None),
        ("averages.level1", "average", "higher", None),
        ("families.hallucination", "family", "lower", None),
        ("pooled.any_degradation", "pooled", "higher", None),
    ],
)
def test_a_gates_kind_and_direction(gates, id_, kind, better, family):
    gate = gates[id_]
    assert (gate.kind, gate.better, gate.family) == (kind, better, family)
    assert gate.is_of_run == (id_.count(".") == 1)


@pytest.mark.parametrize("role", ["gate", "primary"])
def test_what_explains_other_gates_never_is_one(role):
    rule = GateRule(margin=0.05, reason="why", role=role)
    with pytest.raises(ThresholdsError) as caught:
        task_gate(rule, TASKS["nejm"], "forced_choice", file="mine.toml", table="all.forced_choice")
    assert str(caught.value) == (
        f'mine.toml [all.forced_choice]: role = "{role}": forced_choice explains other gates and never is one itself; '
        'write role = "monitor"'
    )
