"""The correction over a run: how the level is split, and each gate's p under it. Figures are worked by hand."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_values import but, make_comparison, make_gate

from clue_lib.judging import Policy, correct, correction, demanded

POLICY = Policy(confidence=0.95, power=0.8, min_clusters=10, min_net_examples=3)
FOUND = make_comparison(delta=-0.1, lower=-0.14, upper=-0.06, p=0.0001)
QUALITY = ("level1.mednli.accuracy", "level1.meqsum.rouge1", "level1.meqsum.rougeL")
FAILURES = ("level1.mednli.empty", "level1.meqsum.empty", "level1.meqsum.unparsed")
RUN = ("averages.level1", "pooled.any_degradation")


def corrected(p, *, is_early=False, **changed):
    """Gate ids to p, to corrected p."""
    pairs = [(make_gate(id_, **changed), but(FOUND, p=value)) for id_, value in p.items()]
    return dict(zip(p, correct(pairs, is_early=is_early), strict=True))


@pytest.mark.parametrize("split", [correction.WHOLE, correction.WITH_EARLY])
def test_a_level_is_spent_once(split):
    shares = dataclasses.astuple(split)
    assert sum(shares) == pytest.approx(1)
    assert all(share >= 0 for share in shares)


def test_early_rejection_takes_a_fifth_of_each_family():
    whole, early = correction.WHOLE, correction.WITH_EARLY
    for name in ("quality", "failure_modes", "whole_run"):
        assert getattr(early, name) == pytest.approx(4 / 5 * getattr(whole, name))
    assert [0.05 * share for share in dataclasses.astuple(whole)] == pytest.approx([0.03, 0.01, 0.01, 0])
    assert [0.05 * share for share in dataclasses.astuple(early)] == pytest.approx([0.024, 0.008, 0.008, 0.01])


def test_one_family_costs_another_nothing():
    alone = corrected({QUALITY[0]: 0.001})
    beside = corrected({QUALITY[0]: 0.001, **dict.fromkeys(FAILURES, 0.9), **dict.fromkeys(RUN, 0.9)})
    assert alone[QUALITY[0]] == beside[QUALITY[0]] == pytest.approx(0.001 / 0.6)


def test_quality_by_hand():
    # MedNLI's is the first of two tasks: 2 · 0.0005. MeQSum's set of both has Simes' min(2 · 0.002, 0.003) = 0.003, the
    # larger for either; MedNLI is done then, so they count once, but no less than 2 · 0.0005. All over 0.6.
    found = corrected({QUALITY[0]: 0.0005, QUALITY[1]: 0.002, QUALITY[2]: 0.003})
    assert found == pytest.approx({QUALITY[0]: 0.001 / 0.6, QUALITY[1]: 0.003 / 0.6, QUALITY[2]: 0.003 / 0.6})


def test_a_task_whose_metrics_fall_together_needs_less_than_bonferronis():
    # Four p of 0.004: Simes says 0.004 where Bonferroni's and Holm's correction say 0.016.
    ids = [f"level1.meqsum.{name}" for name in ("rouge1", "rouge2", "rougeL", "bertscore_f1")]
    assert list(corrected(dict.fromkeys(ids, 0.004)).values()) == pytest.approx([0.004 / 0.6] * 4)


def test_failure_modes_and_the_whole_run_are_holms_by_hand():
    # Holm: 3 · 0.001, 2 · 0.01, 0.02 may not be below the one before; over 0.2. The run's two: 2 · 0.001, 0.04.
    p = dict(zip(FAILURES, (0.02, 0.001, 0.01), strict=True)) | dict(zip(RUN, (0.04, 0.001), strict=True))
    expected = dict(zip((*FAILURES, *RUN), (0.1, 0.015, 0.1, 0.2, 0.01), strict=True))
    assert corrected(p) == pytest.approx(expected)


def test_monitors_keep_their_p_and_cost_nothing():
    pairs = [
        (make_gate(QUALITY[1], role="monitor"), but(FOUND, p=0.2)),
        (make_gate(QUALITY[2]), but(FOUND, p=0.001)),
    ]
    assert correct(pairs) == pytest.approx([0.2, 0.001 / 0.6])
    assert correct([]) == []


@given(st.lists(st.floats(0, 1), min_size=8, max_size=8), st.booleans())
def test_a_corrected_p_is_never_below_its_own_nor_above_1(values, is_early):
    p = dict(zip((*QUALITY, *FAILURES, *RUN), values, strict=True))
    for id_, value in corrected(p, is_early=is_early).items():
        assert value - 1e-15 <= corrected(p, is_early=is_early)[id_] <= 1
        assert corrected(p)[id_] >= p[id_] - 1e-12


def test_what_a_lone_loss_must_reach_by_hand():
    # 0.03 over two tasks, and of MeQSum's two metrics half of that; 0.01 over three failure modes; 0.01 over two.
    gates = [make_gate(id_) for id_ in (*QUALITY, *FAILURES, *RUN)]
    found = demanded([*gates, make_gate("level1.meqsum.macro_f1", role="monitor")], POLICY)
    levels = (0.015, 0.0075, 0.0075, *[0.01 / 3] * 3, 0.005, 0.005)
    expected = {gate.id: 1 - level for gate, level in zip(gates, levels, strict=True)}
    assert found == pytest.approx(expected | {"level1.meqsum.macro_f1": 1 - 0.0075})
    early = demanded(gates, POLICY, is_early=True)
    assert early[QUALITY[0]] == pytest.approx(1 - 0.012)


@given(st.sampled_from([*QUALITY, *FAILURES, *RUN]), st.floats(0.5, 0.999))
def test_a_lone_loss_is_significant_from_there_on(id_, part):
    ids = [*QUALITY, *FAILURES, *RUN]
    level = 1 - demanded([make_gate(each) for each in ids], POLICY)[id_]
    below = corrected(dict.fromkeys(ids, 1.0) | {id_: part * level})
    above = corrected(dict.fromkeys(ids, 1.0) | {id_: level / part})
    assert below[id_] < 0.05 < above[id_]
