"""Capital against "not worse than the margin": by hand, and by every outcome there is."""

import itertools
import math

import pytest

from clue_lib.stats import capital, cluster_gains, joint_capital
from clue_lib.stats._betting import FRACTIONS, MOST

MARGIN = 0.1
LOSE, EQUAL, WIN = -1.0, 0.0, 1.0
CHANCES = {LOSE: 0.3, EQUAL: 0.5, WIN: 0.2}
"""A model that is worse by the margin, no more: −0.3 + 0.2 = −0.1."""


def of(deltas):
    return capital(cluster_gains([[delta] for delta in deltas], margin=MARGIN, largest=1), margin=MARGIN)


def test_one_lost_example_by_hand():
    # X = −1 + 0.1 = −0.9; the shares' mean is 3.23 / 8 = 0.40375; 1 + 0.40375 · 0.9 / 1.1
    assert of([LOSE]) == pytest.approx(1.330340909, abs=1e-9)


def test_two_lost_examples_by_hand():
    # the mean of (1 + 9/11 f)²: 1 + 18/11 · 0.40375 + 81/121 · 2.1823 / 8
    assert of([LOSE, LOSE]) == pytest.approx(1 + 18 / 11 * 0.40375 + 81 / 121 * 2.1823 / 8)


def test_a_won_example_costs_a_player_what_it_staked():
    # X = 1.1, so that each keeps 1 − f: 1 − 0.40375
    assert of([WIN]) == pytest.approx(0.59625)


def test_nothing_seen_is_a_stake_of_one():
    assert capital([], margin=MARGIN) == 1.0
    assert joint_capital([]) == joint_capital([[]]) == 1.0


def test_a_cluster_counts_by_the_largest():
    # (−1 + 0.1) + (0 + 0.1) = −0.8 over 2, and 0.1 over 2
    assert cluster_gains([[LOSE, EQUAL], [EQUAL]], margin=MARGIN, largest=2) == pytest.approx([-0.4, 0.05])


def test_the_order_does_not_matter():
    assert of([LOSE, WIN, EQUAL, LOSE]) == pytest.approx(of([LOSE, LOSE, EQUAL, WIN]))


def test_at_the_margin_the_capital_is_one_on_average_and_seldom_large():
    n, bound = 7, 4.0
    expected = p_ever = 0.0
    for outcomes in itertools.product(CHANCES, repeat=n):
        chance = math.prod(CHANCES[outcome] for outcome in outcomes)
        expected += chance * of(outcomes)
        p_ever += chance * any(of(outcomes[:k]) >= bound for k in range(n + 1))
    assert expected == pytest.approx(1.0)
    assert 0 < p_ever <= 1 / bound  # Ville's inequality


def test_better_than_the_margin_the_capital_shrinks_on_average():
    better = {LOSE: 0.2, EQUAL: 0.6, WIN: 0.2}
    pairs = itertools.product(better, repeat=2)
    assert sum(better[a] * better[b] * of([a, b]) for a, b in pairs) < 1


def test_two_independent_tasks_at_their_margins_are_one_on_average():
    total = 0.0
    for outcomes in itertools.product(CHANCES, repeat=4):
        chance = math.prod(CHANCES[outcome] for outcome in outcomes)
        # both streams of a task see the same outcomes, as an answer that fails is wrong too
        total += chance * joint_capital([[of(outcomes[:2])] * 2, [of(outcomes[2:])] * 2])
    assert total == pytest.approx(1.0)


def test_the_joint_capital_by_hand():
    # tasks' means 3 and 5: half of 15, and half of the mean of 2, 4 and 5
    assert joint_capital([[2.0, 4.0], [5.0]]) == pytest.approx(7.5 + 11 / 6)


def test_a_capital_stays_a_number():
    assert of([LOSE] * 5000) == MOST
    assert math.isfinite(joint_capital([[MOST, MOST]] * 7))


def test_no_stake_is_ever_lost_whole():
    assert of([WIN] * 50) > 0
    assert max(FRACTIONS) < 1
