"""Signal: no skill, no verdict of having been held; half of the skill is the largest margin; figures by hand."""

import pytest
from plain_values import make_comparison, make_gate

from clue_lib.judging import Policy, judge, signal
from clue_lib.types import Signal, Skill

POLICY = Policy(confidence=0.95, power=0.8, min_clusters=10, min_net_examples=3)
ALIKE = make_comparison()
WORSE = make_comparison(n_worse=25, delta=-0.1, lower=-0.14, upper=-0.06, p=0.0001, mde=0.05)


def skill(*gains):
    return Skill(metric="accuracy", gains=gains, clusters=tuple(map(str, range(len(gains)))))


def outcome(comparison, measured, **gate):
    gate = make_gate(**{"margin": 0.03} | gate)
    changed = make_comparison(**{"signal": measured}) if comparison is ALIKE else comparison
    return judge([(gate, changed)], policy=POLICY, profile="ci")[0]


def test_a_skill_and_its_bound_by_hand():
    """Mean 0.5; the deviations' squares sum to 1, so the error is √(1 / (4 · 3)) = 0.28868; t(3) at 95 % is 2.3534."""
    found = signal.of_skill(skill(1.0, 1.0, 0.0, 0.0), POLICY)
    assert found.skill == pytest.approx(0.5)
    assert found.lower == pytest.approx(0.5 - 2.3534 * 0.28868, abs=1e-4)


def test_an_average_weighs_its_skills():
    found = signal.of_average([(0.25, skill(1.0, 1.0, 1.0)), (0.75, skill(0.0, 0.0, 0.0))], POLICY)
    assert found.skill == found.lower == pytest.approx(0.25)


@pytest.mark.parametrize("lower", [0.0, -0.01, float("-inf")])
def test_without_skill_nothing_is_held(lower):
    found = outcome(ALIKE, Signal(skill=0.02, lower=lower))
    assert (found.outcome, found.ok) == ("NO SIGNAL", True)
    assert found.reason.startswith("the baseline shows no skill")


def test_the_margin_may_be_half_of_the_skill_at_most():
    assert outcome(ALIKE, Signal(skill=0.06, lower=0.01)).outcome == "IDENTICAL"
    assert outcome(ALIKE, Signal(skill=0.059, lower=0.01)).reason == (
        "the margin of 3.0 points is more than half of the baseline's skill, 5.9 points"
    )


@pytest.mark.parametrize(
    ("share", "told"), [(0.49, ""), (0.5, "the baseline itself does this in 50 % of its answers"),
                        (1.0, "the baseline itself does this in 100 % of its answers")],
)  # fmt: skip
def test_a_failure_mode_shows_nothing_where_the_baseline_has_it_in_half_of_its_answers(share, told):
    gate = make_gate(metric="truncated", better="lower")
    assert signal.lacks(gate, make_comparison(baseline=share, candidate=share)) == told


def test_a_loss_that_was_shown_needs_no_signal():
    found = outcome(make_comparison(**vars_of(WORSE)), None)
    assert found.outcome == "REGRESSED"


def vars_of(comparison):
    inference = comparison.inference
    names = ("delta", "lower", "upper", "p", "mde")
    return {name: getattr(inference, name) for name in names} | {"n_worse": 25, "signal": Signal(skill=0, lower=-1)}


def test_a_failure_that_the_baseline_shows_in_half_of_its_answers_can_not_be_held():
    gate = make_gate("level1.mednli.unparsed", margin=0.02)
    for share, expected in ((0.49, "IDENTICAL"), (0.5, "NO SIGNAL"), (1.0, "NO SIGNAL")):
        alike = make_comparison(metric="unparsed", baseline=share, candidate=share)
        assert judge([(gate, alike)], policy=POLICY, profile="ci")[0].outcome == expected


def test_release_fails_where_there_is_no_signal():
    gate, alike = make_gate(margin=0.03), make_comparison(signal=Signal(skill=0.0, lower=0.0))
    assert not judge([(gate, alike)], policy=POLICY, profile="release")[0].ok
