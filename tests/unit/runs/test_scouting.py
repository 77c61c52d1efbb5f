"""Which prompts go first: whole clusters, by a hash that no model has a say in."""

from collections import Counter

import pytest

from clue_lib.runs import PromptSettings, plan_task
from clue_lib.runs.scouting import N_ROUNDS, REST, parts
from clue_lib.tasks import TASKS

SCOUTS = {"mednli": 24, "nejm": 16, "jama": 8}
SCOUTS |= dict.fromkeys(("meqsum", "problem_summary", "medisumqa", "medisumcode"), 16)
"""As docs/verdict.md says."""


@pytest.fixture(scope="module")
def planned():
    return {name: plan_task(task, PromptSettings()) for name, task in TASKS.items() if not task.is_monitored}


def test_every_task_of_clue_but_longhealth_sends_scouts():
    assert {name: task.n_scouts for name, task in TASKS.items() if task.n_scouts} == SCOUTS


@pytest.mark.parametrize("name", SCOUTS)
def test_rounds_are_whole_clusters(planned, name):
    of_cluster = {}
    for example, part in zip(planned[name].examples, parts(planned[name], 0), strict=True):
        of_cluster.setdefault(example.cluster, set()).add(part)
    assert all(len(found) == 1 for found in of_cluster.values())


@pytest.mark.parametrize("name", SCOUTS)
def test_a_round_ends_with_the_cluster_that_reaches_its_share(planned, name):
    counts = Counter(parts(planned[name], 0))
    largest = max(Counter(example.cluster for example in planned[name].examples).values())
    n_before = 0
    for number in range(N_ROUNDS):
        n_before += counts[number]
        share = min(SCOUTS[name] * (number + 1), len(planned[name].examples))
        assert share <= n_before < share + largest


def test_a_task_without_scouts_is_all_rest(planned):
    assert set(parts(planned["longhealth_1"], 0)) == {REST}


def test_the_seed_draws_them_and_nothing_else_does(planned):
    of_seed = parts(planned["mednli"], 0)
    assert of_seed == parts(planned["mednli"], 0) != parts(planned["mednli"], 1)
