"""The reference tokenizer: one count for every model, and cutting that takes from the longest first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clue_lib.datasets import reference_tokenizer

lengths = st.lists(st.integers(0, 200), max_size=12)
texts = st.lists(st.text(max_size=80), max_size=5)


@pytest.mark.parametrize(
    ("given_lengths", "budget", "expected"),
    [
        ([5, 10, 3], 18, 10),  # all fit
        ([5, 10, 3], 17, 9),  # one token too many: the longest gives it
        ([5, 10, 3], 9, 3),  # three each
        ([5, 10, 3], 2, 0),  # not one each
        ([4, 4], 7, 3),
        ([], 5, 0),
    ],
)
def test_ceiling_by_hand(given_lengths, budget, expected):
    assert reference_tokenizer.ceiling(given_lengths, budget) == expected


@given(lengths, st.integers(0, 1000))
def test_ceiling_is_the_largest_that_fits(given_lengths, budget):
    top = reference_tokenizer.ceiling(given_lengths, budget)
    assert sum(min(length, top) for length in given_lengths) <= budget
    if top < max(given_lengths, default=0):
        assert sum(min(length, top + 1) for length in given_lengths) > budget


def test_each_digit_is_a_token():
    assert reference_tokenizer.n_tokens("2024") == 4
    assert reference_tokenizer.n_tokens("") == 0


@given(texts, st.integers(0, 60))
def test_cut_texts_begin_alike_and_fit(given_texts, budget):
    kept = reference_tokenizer.fit(given_texts, budget)
    assert all(whole.startswith(short) for whole, short in zip(given_texts, kept, strict=True))
    # a character of several bytes that is cut in its middle is kept whole: at most one such per text
    assert sum(map(reference_tokenizer.n_tokens, kept)) <= budget + 4 * len(kept)


@given(texts)
def test_nothing_is_cut_where_all_fits(given_texts):
    assert reference_tokenizer.fit(given_texts, sum(map(reference_tokenizer.n_tokens, given_texts))) == given_texts


def test_shorter_texts_stay_whole():
    short, long = "No fever.", "word " * 100
    kept = reference_tokenizer.fit([long, short], 50)
    assert kept[1] == short
    assert reference_tokenizer.n_tokens(kept[0]) == 50 - reference_tokenizer.n_tokens(short)
