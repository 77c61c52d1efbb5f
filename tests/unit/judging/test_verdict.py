"""Judging: one outcome for each comparison, what each profile makes of it, and how a failure reads.

What is expected comes from the tables of outcomes and profiles in the project's description of the decision.
"""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_values import but, make_comparison, make_flip, make_gate

from clue_lib.judging import Policy, judge, unjudged

POLICY = Policy(confidence=0.95, power=0.8, min_clusters=10, min_net_examples=3)
GATE = make_gate(margin=0.03, reason="small enough", file="gates.toml")
FLIP = make_flip(example_id="pair-7", gold="neutral", baseline_text="Neutral.", candidate_text="I can't say")
REGRESSED = make_comparison(
    n=200, n_clusters=100, freedom=99, n_worse=25, n_better=5, worst=(FLIP,),
    baseline=0.8, candidate=0.7, delta=-0.1, lower=-0.14, upper=-0.06, p=0.0001, mde=0.05,
)  # fmt: skip
COMPARISONS = {
    "IDENTICAL": but(REGRESSED, delta=0, lower=0, upper=0, p=1.0, n_worse=0, n_better=0, worst=()),
    "IMPROVED": but(REGRESSED, delta=0.04, lower=0.01, upper=0.07, p=0.98),
    "HELD": but(REGRESSED, delta=-0.01, lower=-0.029, upper=0.009, p=0.2),
    "REGRESSED": REGRESSED,
    "UNDECIDED": but(REGRESSED, delta=-0.04, lower=-0.1, upper=0.02, p=0.15),
}
gates = st.sampled_from(["primary", "gate", "monitor"])
shares = st.floats(-1, 1)


def verdict(comparison=REGRESSED, *, profile="ci", metric="accuracy", **changed):
    gate = make_gate(f"level1.mednli.{metric}", **{"margin": 0.03, "reason": GATE.reason, "file": GATE.file} | changed)
    return judge([(gate, comparison)], policy=POLICY, profile=profile)[0]


def outcome(comparison, **gate):
    return verdict(comparison, **gate).outcome


@pytest.mark.parametrize("expected", COMPARISONS)
def test_each_outcome(expected):
    assert outcome(COMPARISONS[expected]) == expected


def test_a_fold_can_differ_where_no_example_scores_otherwise():
    assert outcome(but(REGRESSED, n_worse=0, n_better=0)) == "REGRESSED"


def test_few_clusters_decide_nothing():
    nine, ten = (but(REGRESSED, freedom=n - 1, n_clusters=n) for n in (9, 10))
    assert verdict(nine).outcome == "UNDECIDED"
    assert verdict(nine).reason == "9 clusters; at least 10 are needed"
    assert outcome(ten) == "REGRESSED"


def test_a_sum_over_many_clusters_says_on_how_few_its_uncertainty_rests():
    assert verdict(but(REGRESSED, freedom=7.3, n_clusters=400)).reason == (
        "400 clusters, effectively about 8; at least 10 are needed"
    )


def test_what_holm_or_few_examples_decided_is_not_called_noise():
    """Alone p = .006 is significant at .05; among ten of its task it is ten times as large, and over 0.6 a tenth."""
    small = but(REGRESSED, p=0.006)
    equal = but(COMPARISONS["HELD"], p=0.5)
    first, *_ = judge([(GATE, small), *[(GATE, equal)] * 9], policy=POLICY, profile="ci")
    assert first.outcome == "UNDECIDED"
    assert first.reason.endswith(
        "but it is not significant after the correction for all gates of the run (p = 0.006, corrected 0.1)"
    )
    rate = but(REGRESSED, metric="empty", n_worse=2, n_better=0, baseline=0.1)
    found = verdict(rate, metric="empty")
    assert found.outcome == "UNDECIDED"
    assert "but that is no more than 2 examples net; at least 3 are needed" in found.reason


def test_few_clusters_do_not_improve_either():
    assert outcome(but(COMPARISONS["IMPROVED"], freedom=8)) == "UNDECIDED"


def test_an_open_result_says_what_leaves_it_open():
    assert verdict(COMPARISONS["UNDECIDED"]).reason == (
        "worse by 4.0 points, beyond the margin of 3.0, but chance alone may explain it (p = 0.15)"
    )
    small = but(REGRESSED, delta=-0.01, lower=-0.05)
    assert verdict(small).reason == (
        "worse by 1.0 points, but a drop of up to 5.0 is possible, beyond the margin of 3.0"
    )


def test_shares_are_counted_by_their_mass():
    """Twenty lists of codes of which a tenth got worse are two lists."""
    two, four = (but(REGRESSED, metric="empty", n_worse=n, net_worse=n / 10, baseline=0.1) for n in (20, 40))
    assert outcome(two, metric="empty") == "UNDECIDED"
    assert "no more than 2 examples net" in verdict(two, metric="empty").reason
    assert outcome(four, metric="empty") == "REGRESSED"


def test_who_left_examples_unanswered_is_judged_on_the_others():
    some = but(REGRESSED, n_unanswered=40)
    assert verdict(some).reason.endswith("; judged on the 200 examples that both models answered, 40 left out")


def test_a_significant_drop_within_the_margin_is_no_regression():
    assert outcome(REGRESSED, margin=0.1) == "UNDECIDED"  # Δ = −δ is not beyond it
    assert outcome(REGRESSED, margin=0.0999) == "REGRESSED"


def test_a_lower_bound_on_the_margin_has_not_held():
    assert outcome(but(COMPARISONS["HELD"], lower=-0.03)) == "UNDECIDED"


def test_the_correction_runs_over_all_quality_gates_of_the_run():
    # p = 0.02 alone over 0.6 is below 0.05; the smaller of two is doubled before.
    weak = but(REGRESSED, p=0.02)
    other = make_gate("level1.meqsum.rougeL", margin=0.03)
    first, second = judge([(GATE, weak), (other, COMPARISONS["HELD"])], policy=POLICY, profile="ci")
    assert outcome(weak) == "REGRESSED"
    assert (first.outcome, first.p_adjusted) == ("UNDECIDED", pytest.approx(0.04 / 0.6))
    assert (second.outcome, second.p_adjusted) == ("HELD", pytest.approx(0.2 / 0.6))


def test_where_a_candidate_may_be_rejected_early_less_is_left_for_the_gates():
    # 0.028 alone over 0.6 is 0.0467, over 0.48 is 0.0583.
    weak = but(REGRESSED, p=0.028)
    found = [judge([(GATE, weak)], policy=POLICY, profile="ci", is_early=early)[0] for early in (False, True)]
    assert [one.outcome for one in found] == ["REGRESSED", "UNDECIDED"]
    assert [one.p_adjusted for one in found] == pytest.approx([0.028 / 0.6, 0.028 / 0.48])


def test_monitors_take_no_part_in_the_correction():
    weak = but(REGRESSED, p=0.02)
    monitor = dataclasses.replace(GATE, id="level1.meqsum.rougeL", role="monitor")
    pairs = [(monitor, COMPARISONS["HELD"]), (GATE, weak)]
    assert [v.outcome for v in judge(pairs, policy=POLICY, profile="ci")] == [None, "REGRESSED"]
    assert [v.ok for v in judge([(monitor, REGRESSED)], policy=POLICY, profile="ci")] == [True]


def test_no_gates_no_verdicts():
    assert judge([], policy=POLICY, profile="ci") == ()


@pytest.mark.parametrize("metric", ["empty", "truncated", "unparsed"])
def test_a_behaviour_rate_needs_three_net_examples(metric):
    two = but(REGRESSED, metric=metric, n_worse=6, n_better=4, baseline=0.1)
    three = but(two, n_worse=7)
    assert outcome(two, metric=metric) == "UNDECIDED"
    assert outcome(three, metric=metric) == "REGRESSED"
    assert outcome(two) == "REGRESSED"  # accuracy is no behaviour


FAILING = {
    ("smoke", "primary", "public"): {"REGRESSED", "ERROR"},
    ("smoke", "gate", "bundled"): {"REGRESSED", "ERROR"},
    ("ci", "primary", "public"): {"REGRESSED", "ERROR"},
    ("ci", "gate", "public"): {"REGRESSED", "ERROR"},
    ("ci", "gate", "bundled"): {"REGRESSED", "ERROR"},
    ("ci", "monitor", "public"): set(),
    ("release", "gate", "public"): {"REGRESSED", "ERROR", "NOT RUN"},
    ("release", "primary", "public"): {"REGRESSED", "ERROR", "NOT RUN", "UNDECIDED"},
    ("release", "gate", "bundled"): {*COMPARISONS, "ERROR", "NOT RUN"},
    ("release", "primary", "bundled"): {*COMPARISONS, "ERROR", "NOT RUN"},
    ("release", "monitor", "bundled"): set(),
}


@pytest.mark.parametrize("case", FAILING, ids="-".join)
@pytest.mark.parametrize("expected", [*COMPARISONS, "NOT RUN", "ERROR"])
def test_what_fails_a_profile(case, expected):
    profile, role, tier = case
    if expected in COMPARISONS:
        found = verdict(but(COMPARISONS[expected], tier=tier), profile=profile, role=role)
    else:
        found = unjudged(dataclasses.replace(GATE, role=role), profile, expected, "why")
    assert found.outcome == (None if role == "monitor" and expected in COMPARISONS else expected)
    assert found.ok == (expected not in FAILING[case])


@pytest.mark.parametrize(
    ("expected", "ok"),
    [("IDENTICAL", True), ("IMPROVED", True), ("HELD", True), ("UNDECIDED", False), ("REGRESSED", False)],
)
def test_point_looks_at_the_difference_alone(expected, ok):
    # Differences 0, +4, −1, −4 and −10 points against a margin of 3.
    assert verdict(COMPARISONS[expected], profile="point").ok == ok
    assert verdict(but(COMPARISONS[expected], freedom=1), profile="point").ok == ok
    assert verdict(COMPARISONS[expected], profile="point", role="monitor").ok


@pytest.mark.parametrize("profile", ["smoke", "ci", "release", "point"])
def test_an_error_fails_every_profile(profile):
    assert not unjudged(GATE, profile, "ERROR", "why").ok


@given(
    st.builds(
        but,
        st.sampled_from(sorted(COMPARISONS.values(), key=lambda found: found.inference.delta)),
        delta=shares,
        lower=shares,
        p=st.sampled_from([0.0, 0.01, 0.5]),
        freedom=st.sampled_from([8, 99]),
        tier=st.sampled_from(["bundled", "public"]),
    ),
    st.sampled_from(["smoke", "ci", "release", "point"]),
    gates,
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_a_larger_margin_never_fails_what_passed(comparison, profile, role, one, other):
    strict, lax = (verdict(comparison, profile=profile, role=role, margin=m) for m in sorted((one, other)))
    assert lax.ok or not strict.ok


def test_a_failure_says_all_one_needs():
    text = verdict().explain()
    for part in (
        "REGRESSED level1.mednli.accuracy",
        "baseline 80.0 %, candidate 70.0 %",
        "worse by 10.0 points",
        "[−14.0, −6.0]",
        "200 examples in 100 clusters: 25 worse, 5 better",
        "gates.toml [level1.mednli.accuracy] margin 3.0 points: small enough",
        "pair-7  gold: neutral",
        "1.00  Neutral.",
        "0.00  I can't say",
    ):
        assert part in text, part


def test_an_empty_answer_is_seen_as_one():
    silent = dataclasses.replace(FLIP, candidate_text=" \n")
    assert "0.00  (empty)" in verdict(but(REGRESSED, worst=(silent,))).explain()


@pytest.mark.parametrize("tier", ["licensed", "credentialed"])
def test_private_examples_are_withheld(tier):
    text = verdict(but(REGRESSED, tier=tier, worst=())).explain()
    assert f"worst examples withheld: the data is {tier}" in text
    assert "pair-7" not in text


def test_nothing_is_withheld_where_nothing_got_worse():
    held = but(COMPARISONS["IMPROVED"], n_worse=0, worst=())
    assert "examples withheld" not in verdict(held).explain()


def test_what_was_not_compared_gives_reason_and_gate():
    text = unjudged(GATE, "ci", "ERROR", "the engine died").explain()
    assert text.startswith("ERROR level1.mednli.accuracy: the engine died\n")
    assert "gates.toml [level1.mednli.accuracy]" in text


@pytest.mark.parametrize("field", ["example_id", "gold", "baseline_text", "candidate_text"])
def test_hostile_text_is_shown_harmless(field):
    hostile = "\x1b[2J\x1b]0;title\x07\u202efdp.exe\u2028::error::\r\nx\u200b\x00"
    flip = dataclasses.replace(FLIP, **{field: hostile})
    plain = verdict().explain().splitlines()
    shown = verdict(but(REGRESSED, worst=(flip,))).explain()
    assert not set(shown) & set("\x1b\x07\x00\r\u202e\u2028\u200b")
    assert len(shown.splitlines()) == len(plain)
    assert "fdp.exe ∷error∷ x" in shown


def test_a_long_answer_is_cut():
    flip = dataclasses.replace(FLIP, candidate_text="word " * 500)
    lines = verdict(but(REGRESSED, worst=(flip,))).explain().splitlines()
    assert max(len(line) for line in lines) < 200


def test_infinite_bounds_can_be_shown():
    inf = float("inf")
    unknown = but(REGRESSED, n_clusters=1, freedom=0, lower=-inf, upper=inf, mde=inf)
    assert "; no bound, from so few clusters" in verdict(unknown).explain()


def test_a_verdict_is_shown_short_in_a_failed_assertion():
    assert repr(verdict()) == "<REGRESSED level1.mednli.accuracy>"


@pytest.mark.parametrize(
    ("limits", "own", "breach"),
    [
        ({"floor": 0.6}, (0.50, 0.59), "at most 59.0 %, below its floor of 60.0 %"),
        ({"floor": 0.6}, (0.50, 0.61), ""),
        ({"ceiling": 0.1}, (0.11, 0.2), "at least 11.0 %, above its ceiling of 10.0 %"),
        ({"ceiling": 0.1}, (0.09, 0.2), ""),
        ({}, (0.0, 0.1), ""),
    ],
)
def test_a_value_surely_beyond_its_floor_or_ceiling_fails_whatever_the_difference(limits, own, breach):
    gate = dataclasses.replace(GATE, **limits)
    found = but(COMPARISONS["IMPROVED"], candidate_lower=own[0], candidate_upper=own[1])
    (verdict,) = judge([(gate, found)], policy=POLICY, profile="ci")
    assert verdict.outcome == "IMPROVED"
    assert verdict.ok is not bool(breach)
    assert breach in verdict.reason
    (watched,) = judge([(dataclasses.replace(gate, role="monitor"), found)], policy=POLICY, profile="ci")
    assert watched.ok


def test_a_waived_gate_may_fail_and_says_that_it_is_waived():
    (verdict,) = judge([(GATE, REGRESSED)], policy=POLICY, profile="ci", waived={GATE.id})
    assert (verdict.outcome, verdict.ok) == ("REGRESSED", True)
    assert verdict.reason.endswith("; waived")
    (held,) = judge([(GATE, COMPARISONS["HELD"])], policy=POLICY, profile="ci", waived={GATE.id})
    assert "waived" not in held.reason


def test_at_its_limits_a_rule_is_on_the_side_that_its_words_say():
    """Exactly no gain is none; a p that equals its level is not below it; a value at its floor is not below it."""
    none = but(REGRESSED, delta=0.04, lower=0.0, upper=0.07, p=0.98)
    assert outcome(none) == "HELD"
    half = Policy(confidence=0.5, power=0.8, min_clusters=10, min_net_examples=3)
    for p, p_of_run in ((0.5, 0.5), (0.4, 0.5)):
        pairs = [(make_gate(margin=0.03), but(REGRESSED, p=p))]
        if p_of_run != p:
            pairs.append((make_gate("level1.meqsum.rougeL", margin=0.03), but(REGRESSED, p=0.25)))  # Holm: 2 · 0.25
        judged = judge(pairs, policy=half, profile="ci")
        assert judged[0].outcome == "UNDECIDED", judged[0].reason
    at_both = but(COMPARISONS["HELD"], candidate_lower=0.6, candidate_upper=0.75)
    assert verdict(at_both, floor=0.75).ok
    assert not verdict(at_both, floor=0.7501).ok
    assert verdict(at_both, ceiling=0.6).ok
    assert not verdict(at_both, ceiling=0.5999).ok
