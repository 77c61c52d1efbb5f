"""A verdict in words: signs that need no turning, both p-values, and examples that may be shown. Worked by hand."""

import dataclasses

import pytest
from plain_values import make_comparison, make_flip, make_gate

from clue_lib.judging.explaining import between, change, figures, percent, rule, worst_examples

LOST = make_comparison(
    n=200, n_clusters=100, n_worse=25, n_better=5, baseline=0.8, candidate=0.7, delta=-0.1, lower=-0.14, upper=-0.06,
    p=0.00012,
)  # fmt: skip


@pytest.mark.parametrize(
    ("delta", "told"),
    [
        (-0.042, "worse by 4.2 points"),
        (0.01, "better by 1.0 points"),
        (0.0, "no difference"),
        (-0.0001, "worse by less than 0.1 points"),
        (0.0001, "better by less than 0.1 points"),
        (-float("inf"), "worse by ∞ points"),
    ],
)
def test_a_difference_is_worse_or_better_by_so_much(delta, told):
    assert change(delta) == told


@pytest.mark.parametrize(("share", "told"), [(0.5, "50.0"), (-0.031, "−3.1"), (float("inf"), "∞")])
def test_a_share_in_percent(share, told):
    assert percent(share) == told


@pytest.mark.parametrize(
    ("lower", "upper", "told"),
    [
        (1.0, 2.0, "[1.0, 2.0]"),
        (None, 2.0, "at most 2.0"),
        (1.0, None, "at least 1.0"),
        (None, None, "no bound"),
    ],
)
def test_an_open_interval_is_told_in_words(lower, upper, told):
    assert between(lower, upper, str) == told


@pytest.mark.parametrize(
    ("lower", "upper", "told"),
    [
        (-float("inf"), float("inf"), "no bound, from so few clusters"),
        (-float("inf"), -0.06, "one-sided bounds at most −6.0, below 0 is worse"),
        (-0.14, float("inf"), "one-sided bounds at least −14.0, below 0 is worse"),
    ],
)
def test_figures_say_where_few_clusters_bound_nothing(lower, upper, told):
    inference = dataclasses.replace(LOST.inference, lower=lower, upper=upper)
    assert figures(dataclasses.replace(LOST, inference=inference), None)[0].endswith(f"; {told}")


def test_figures_name_scores_bounds_counts_and_p():
    assert figures(LOST, None) == [
        "  baseline 80.0 %, candidate 70.0 %: worse by 10.0 points; one-sided bounds [−14.0, −6.0], below 0 is worse",
        "  200 examples in 100 clusters: 25 worse, 5 better; p = 0.00012",
    ]


def test_the_p_after_the_correction_stands_beside_the_other():
    assert figures(LOST, 0.0102)[1].endswith("p = 0.00012, 0.01 after the correction over the run")
    assert figures(LOST, 0.0)[1].endswith("p = 0.00012, 0 after the correction over the run")


def test_a_sum_without_levels_names_none():
    assert figures(dataclasses.replace(LOST, levels=None), None)[0].startswith("  worse by 10.0 points; ")


def test_the_rule_says_where_it_stands():
    gate = make_gate(margin=0.05, reason="small enough", file="gates.toml")
    assert rule(gate) == f"  gate: gates.toml [{gate.table}] margin 5.0 points: small enough"


def test_the_worst_examples_are_cut_to_a_line_each():
    flip = make_flip(example_id="i" * 99, gold="g" * 99, baseline_text="b" * 99, candidate_text="")
    head, title, baseline, candidate = worst_examples(dataclasses.replace(LOST, worst=(flip,)))
    assert head == "  worst examples:"
    assert title == f"    {'i' * 59}…  gold: {'g' * 79}…"
    assert baseline == f"      baseline  1.00  {'b' * 89}…"
    assert candidate == "      candidate 0.00  (empty)"


@pytest.mark.parametrize(
    ("tier", "n_worse", "told"),
    [
        ("credentialed", 1, ["  worst examples withheld: the data is credentialed"]),
        ("licensed", 0, []),
        ("bundled", 1, []),  # of a sum over tasks: nothing is withheld, its examples stand with each task
    ],
)
def test_only_examples_under_an_agreement_are_withheld(tier, n_worse, told):
    assert worst_examples(dataclasses.replace(LOST, worst=(), n_worse=n_worse, tier=tier)) == told
