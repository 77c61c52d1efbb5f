"""Assisted figures beside the plain ones: bounds and MDE by hand from the ratio of two errors; what has none."""

import dataclasses

import numpy as np
import pytest
from plain_values import make_comparison, make_gate

from clue_lib import stats
from clue_lib.judging import assisting
from clue_lib.judging.assisting import StoredScores
from clue_lib.types import Example, Generation, Parsed, Response, TaskRun

EXAMPLES = tuple(Example(id=f"{i:03}", cluster=f"c{i}", fields={}, gold="a") for i in range(90))
BASE = tuple(float(i % 2) for i in range(90))
EARLIER = tuple(float(i % 3 == 0) for i in range(90))
STORED = StoredScores(examples=EXAMPLES, baseline={"accuracy": BASE}, earlier=({"accuracy": EARLIER},))
GATE = make_gate(kind="clue")
PLAIN = make_comparison(n=30, delta=-0.1, lower=-0.3, upper=0.1, mde=0.25)


def run(scores, examples=EXAMPLES[:30]):
    generation = Generation(text="a", finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1)
    return TaskRun(
        task="mednli",
        model="one",
        tier="bundled",
        engine="none",
        responses=tuple(
            Response(example=example, generation=generation, answer=Parsed(value="a")) for example in examples
        ),
        gold_digests=(),
        prompt_digests=(),
        scores={"accuracy": tuple(scores)},
        signatures={},
    )


NEW = tuple(float(i % 5 > 1) if i % 7 else BASE[i] for i in range(30))
PAIR = run(BASE[:30]), run(NEW)


def test_bounds_and_mde_are_the_plain_ones_times_the_ratio_of_the_errors():
    """The covariates of the estimator are the base's score, and how the earlier candidate differs from it."""
    columns = np.column_stack([BASE, np.subtract(EARLIER, BASE)])
    values = np.subtract(NEW, BASE[:30])
    direct = stats.assisted(values, np.arange(30), columns, np.array([example.cluster for example in EXAMPLES]))
    found = assisting.assistance(GATE, PLAIN, PAIR, STORED)
    assert direct.ratio < 1
    assert found.delta == pytest.approx(direct.delta)
    assert (found.delta - found.lower, found.upper - found.delta) == pytest.approx((0.2 * direct.ratio,) * 2)
    assert found.mde == pytest.approx(0.25 * direct.ratio)
    assert (found.n_all, found.n_earlier) == (90, 1)


def test_a_full_run_and_one_of_other_examples_have_no_assistance():
    whole = run(BASE, EXAMPLES), run(EARLIER, EXAMPLES)
    assert assisting.assistance(GATE, PLAIN, whole, STORED) is None
    others = tuple(dataclasses.replace(example, id=f"x{example.id}") for example in EXAMPLES[:30])
    assert assisting.assistance(GATE, PLAIN, (run(BASE[:30], others), run(NEW, others)), STORED) is None


def test_only_a_tasks_main_metrics_are_assisted():
    assert assisting.is_assisted(GATE)
    assert not assisting.is_assisted(make_gate(kind="failure mode", better="lower"))
    assert not assisting.is_assisted(make_gate(kind="average"))


def test_what_is_expected_is_what_it_would_have_been_for_the_earlier_candidate():
    """With one earlier candidate the base's score alone is left to help."""
    asked = {example.id for example in EXAMPLES[:30]}
    values = np.subtract(EARLIER, BASE)[:30]
    clusters = np.array([example.cluster for example in EXAMPLES])
    direct = stats.assisted(values, np.arange(30), np.array(BASE)[:, None], clusters)
    assert assisting.expected_ratio("accuracy", STORED, asked) == pytest.approx(direct.ratio)
    alone = dataclasses.replace(STORED, earlier=())
    assert assisting.expected_ratio("accuracy", alone, asked) is None
