"""Snapshots: what is taken of a run."""

import random

from coded_run import coded, taken
from hypothesis import given
from hypothesis import strategies as st

from clue_lib import snapshots
from clue_lib.snapshots import Count, Letter

text = st.text(max_size=20)


def test_letters_have_their_valid_codes_with_titles_and_their_invalid_ones():
    # Titles as the CDC's ICD-10-CM tabular list prints them; E11.99 and Q99.99 do not stand in it.
    found = taken(coded({"b": ("Q99.99", "I10", "E11.99", "E11.9"), "a": None, "c": ("I10",)}))
    assert found.letters == {
        "a": Letter(valid={}, invalid=()),
        "b": Letter(
            valid={
                "E11.9": "Type 2 diabetes mellitus without complications",
                "I10": "Essential (primary) hypertension",
            },
            invalid=("E11.99", "Q99.99"),
        ),
        "c": Letter(valid={"I10": "Essential (primary) hypertension"}, invalid=()),
    }
    assert found.hallucinations == {"invalid_codes": Count(answers=1, in_all=2)}
    assert found.n_answers == 3


def test_no_text_of_an_answer_is_kept():
    assert "secret" not in snapshots.encode(taken(coded({"a": ("I10",), "b": None})))


def test_letters_are_named_as_asked():
    assert list(taken(coded({"a": None}), name_of=lambda id_: f"hash of {id_}").letters) == ["hash of a"]


def test_counts_only_the_first_of_repeated_drawings(task_run):
    # e0 is drawn twice, made up in the first drawing only; e1 twice, in the second only: one answer of two.
    run = task_run({"answered_unanswerable": [1.0, 0.0, 0.0, 1.0]}, n_repeats=2, task="longhealth_3")
    found = taken(run)
    assert found.n_answers == 2
    assert found.hallucinations == {"answered_unanswerable": Count(answers=1, in_all=1)}
    assert found.letters == {}


def test_of_an_example_that_a_metric_says_nothing_of_nothing_is_counted(task_run):
    found = taken(task_run({"answered_unanswerable": [None, 1.0]}))
    assert found.hallucinations == {"answered_unanswerable": Count(answers=1, in_all=1)}


def test_every_task_with_a_kind_of_hallucination_is_watched():
    assert set(snapshots.KINDS) == {"answered_unanswerable", "invalid_codes", "unsupported_concepts"}
    assert snapshots.WATCHED == ("problem_summary", "longhealth_3", "medisumqa", "medisumcode")
    assert set(snapshots.COUNTERS) <= set(snapshots.KINDS)


@given(
    st.dictionaries(text, st.none() | st.lists(st.sampled_from(["I10", "E11.9", "E99.99"])).map(tuple), max_size=6),
    st.randoms(use_true_random=False),
)
def test_order_is_irrelevant_and_repeating_a_code_adds_nothing(answers, rng: random.Random):
    mixed = list(answers.items())
    rng.shuffle(mixed)
    twice = {id_: named and (*reversed(named), *named) for id_, named in mixed}
    assert snapshots.encode(taken(coded(twice))) == snapshots.encode(taken(coded(answers)))
