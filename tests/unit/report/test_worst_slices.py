"""The groups that lost most, by hand on tables of a few rows."""

import math

import pandas as pd
import pytest

from clue_lib.report.worst_slices import MOST_ALL_WRONG, worst_slices


def frame(rows, task="longhealth_1"):
    """Rows of (cluster, gold, length, wording, base, candidate), one per example."""
    return pd.DataFrame(
        [
            {
                "task": task,
                "example_id": f"e{i}",
                "cluster": cluster,
                "gold": gold,
                "wording": wording,
                "slices": f'{{"length":"{length}"}}',
                "baseline.accuracy": before,
                "candidate.accuracy": after,
            }
            for i, (cluster, gold, length, wording, before, after) in enumerate(rows)
        ]
    )


@pytest.fixture
def gate(judged):
    return judged(task="longhealth_1").gate


def test_a_patient_of_whom_all_is_wrong_is_said_in_words(gate):
    """Six of p1 lost, none of p2 changed: by the sign test 1/64; Holm over two patients doubles it."""
    rows = [("p1", "", "", 1, 1.0, 0.0)] * 6 + [("p2", "", "", 1, 1.0, 1.0)] * 6
    (found,) = worst_slices(frame(rows), [gate])
    assert (found.kind, found.group, found.n, found.delta, found.error) == ("patient", "p1", 6, -1.0, 0.0)
    assert found.p == pytest.approx(2 / 64)
    assert found.words == "longhealth_1: all 6 answers of patient p1 are wrong; the base had 6 right"


def test_a_patient_of_whom_all_is_wrong_is_named_beside_one_that_lost_more(gate):
    """By hand: A lost 6 of 20, −0.30, and has none right any more; B lost 7 of 20, −0.35, and keeps 13."""
    rows = [("A", "", "", 1, 1.0, 0.0)] * 6 + [("A", "", "", 1, 0.0, 0.0)] * 14
    rows += [("B", "", "", 1, 1.0, 0.0)] * 7 + [("B", "", "", 1, 1.0, 1.0)] * 13
    worst, all_wrong = worst_slices(frame(rows), [gate])
    assert (worst.group, worst.delta, worst.words) == ("B", pytest.approx(-0.35), "")
    assert (all_wrong.group, all_wrong.delta) == ("A", pytest.approx(-0.30))
    assert all_wrong.words == "longhealth_1: all 20 answers of patient A are wrong; the base had 6 right"


def test_where_everybody_lost_all_only_a_few_are_named(gate):
    rows = [(f"p{i:02}", "", "", 1, 1.0, 0.0) for i in range(20) for _ in range(5)]
    found = worst_slices(frame(rows), [gate])
    assert [each.group for each in found] == [f"p{i:02}" for i in range(1 + MOST_ALL_WRONG)]


def test_errors_are_over_clusters_where_there_are_several(gate):
    """Class A has three clusters of two, which changed by −1, −1 and 0: mean −2/3, deviation 0.577, over √3 0.333."""
    lost, same = (1.0, 0.0), (1.0, 1.0)
    rows = [(c, "A", "", 1, *scores) for c, scores in (("x", lost), ("y", lost), ("z", same)) for _ in range(2)]
    rows += [(c, "B", "", 1, *same) for c in "uvw" for _ in range(2)]
    (found,) = worst_slices(frame(rows), [gate])
    assert (found.kind, found.group, found.n) == ("class", "A", 6)
    assert found.delta == pytest.approx(-2 / 3)
    assert found.error == pytest.approx(math.sqrt(1 / 3) / math.sqrt(3))
    assert found.p == pytest.approx(0.5)  # two of two worse: 1/4, of two classes
    assert found.words == ""


def test_the_error_is_that_of_a_mean_over_examples_where_clusters_differ_in_size(gate):
    """By hand: one cluster of 40 lost all, ten of one example lost nothing, so the mean is −0.8.

    The large one, h = 0.8, adds (0.8 · 0.2)² / 0.2 = 0.128 to the variance by CR2; each small one, h = 0.02, adds
    (0.8 · 0.02)² / 0.98 = 0.000261. The root of 0.128 + 0.00261 is 0.361. One of one cluster fell: p = 1/2, Holm's 1.
    """
    rows = [("big", "A", "", 1, 1.0, 0.0)] * 40 + [(f"s{i}", "A", "", 1, 1.0, 1.0) for i in range(10)]
    rows += [(f"o{i}", "B", "", 1, 1.0, 1.0) for i in range(5)]
    of_class = next(each for each in worst_slices(frame(rows), [gate]) if each.kind == "class")
    assert (of_class.group, of_class.n) == ("A", 50)
    assert of_class.delta == pytest.approx(-0.8)
    assert of_class.error == pytest.approx(0.361, abs=5e-4)
    assert of_class.p == 1.0


def test_nothing_is_said_of_small_groups_nor_where_nothing_was_lost(gate):
    small = [("p1", "", "", 1, 1.0, 0.0)] * 4 + [("p2", "", "", 1, 1.0, 1.0)] * 6
    assert worst_slices(frame(small), [gate]) == ()
    better = [("p1", "", "", 1, 0.0, 1.0)] * 6 + [("p2", "", "", 1, 1.0, 1.0)] * 6
    assert worst_slices(frame(better), [gate]) == ()
    assert worst_slices(frame(better, task="jama"), [gate]) == ()


def test_length_and_wording_are_kinds_too(gate):
    rows = [(f"p{i}", "", "longest third", 2, 1.0, 0.0) for i in range(6)]
    rows += [(f"q{i}", "", "shortest third", 1, 1.0, 1.0) for i in range(6)]
    found = worst_slices(frame(rows), [gate])
    assert [(each.kind, each.group) for each in found] == [("length", "longest third"), ("wording", "2")]
