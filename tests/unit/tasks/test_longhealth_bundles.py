"""Bundles of questions and what is cut around them: small cases by hand, and what holds for all by Hypothesis."""

from hypothesis import given
from hypothesis import strategies as st

from clue_lib.tasks.longhealth_bundles import IDLE, LEAST_SHOWN, Bundle, bundled, filled, surrounded


def test_bundles_by_hand():
    """Letters of 10 in a room of 30: (2, 3) comes first, 0 joins it and fills it, 1 stands alone, all four can't."""
    evidence = [(0,), (1,), (2, 3), (0, 1, 2, 3), (0,)]
    assert bundled(evidence, [10] * 4, 30) == [
        Bundle(letters=frozenset({0, 2, 3}), questions=(2, 0, 4)),
        Bundle(letters=frozenset({1}), questions=(1,)),
    ]


def test_a_question_joins_the_bundle_that_grows_least():
    """Rooms of 100: {0, 1} takes 90 and {2} 60; the question on {2, 3} of 65 grows the second by 5."""
    lengths = [45, 45, 60, 5]
    found = bundled([(0, 1), (2,), (2, 3)], lengths, 100)
    assert [sorted(each.letters) for each in found] == [[0, 1], [2, 3]]


def test_a_question_that_needs_more_than_the_room_stands_alone_where_it_may():
    """Letters of 10: (0, 1, 2) needs 30, more than 20 but not than 35; (1,) adds nothing to it, (3,) would."""
    evidence = [(0, 1, 2), (1,), (3,), (0, 1, 2, 3)]
    assert bundled(evidence, [10] * 4, 20, most=35) == [
        Bundle(letters=frozenset({0, 1, 2}), questions=(0, 1)),
        Bundle(letters=frozenset({3}), questions=(2,)),
    ]


def test_one_bundle_where_all_fits_and_none_where_nothing_does():
    assert [each.questions for each in bundled([(0,), (1, 2), (2,)], [9, 9, 9], 27)] == [(1, 0, 2)]
    assert bundled([(0,)], [10], 9) == []
    assert bundled([], [], 9) == []


lengths = st.lists(st.integers(8, 900), min_size=1, max_size=12)


@st.composite
def records(draw):
    found = draw(lengths)
    places = st.sets(st.integers(0, len(found) - 1), min_size=1, max_size=5)
    return found, draw(st.lists(places.map(tuple), max_size=20)), draw(st.integers(0, 8000))


@given(records())
def test_every_question_that_fits_is_in_one_bundle_that_fits(record):
    found, evidence, room = record
    bundles = bundled(evidence, found, room)
    fitting = [i for i, letters in enumerate(evidence) if sum(found[j] for j in letters) <= room]
    assert sorted(i for each in bundles for i in each.questions) == fitting
    for each in bundles:
        assert sum(found[i] for i in each.letters) <= room
        assert each.letters == {letter for i in each.questions for letter in evidence[i]}


def test_what_is_left_goes_to_the_others_in_their_order_by_hand():
    """Of 1,000, letter 2 takes 300; in the order 3, 2, 0, 1 letter 3 takes 400, letter 0 the last 300 of its 500."""
    assert filled([3, 2, 0, 1], [500, 200, 300, 400], frozenset({2}), 1000) == {3: 400, 2: 300, 0: 300}
    assert list(filled([3, 2, 0, 1], [500, 200, 300, 400], frozenset({2}), 1000)) == [3, 2, 0]
    assert filled([0, 1], [500, 200], frozenset({0}), 500 + LEAST_SHOWN - 1) == {0: 500}  # a stub is not shown
    assert filled([0, 1], [500, 20], frozenset({0}), 520) == {0: 500, 1: 20}


@given(records(), st.randoms())
def test_the_whole_are_whole_and_little_stays_empty(record, random):
    found, evidence, room = record
    order = random.sample(range(len(found)), len(found))
    for each in bundled(evidence, found, room):
        shown = filled(order, found, each.letters, room)
        assert all(shown[i] == found[i] for i in each.letters)
        assert sum(shown.values()) <= room
        assert sum(shown.values()) > room - LEAST_SHOWN or shown == {i: found[i] for i in order}


def test_around_insertions_by_hand():
    """Four letters of 100, two before the place, a room of 400.

    The insertion of 200 leaves 200: all are cut to 50. That of 190 leaves the same beginning, and 110 for the two
    behind. That of 20 would leave 80 empty, more than 20: its own beginning is cut to 95.
    """
    assert surrounded([100] * 4, 2, [190, 200, 20], 400) == [(50, 50, 55, 55), (50, 50, 50, 50), (95, 95, 95, 95)]
    assert surrounded([100, 100], 1, [10], 400) == [(100, 100)]


@given(lengths, st.data(), st.integers(400, 8000))
def test_insertions_fit_and_share_their_beginning_where_little_stays_empty(found, data, room):
    needs = data.draw(st.lists(st.integers(8, room), min_size=1, max_size=20))
    place = data.draw(st.integers(0, len(found)))
    all_shown = surrounded(found, place, needs, room)
    for need, shown in zip(needs, all_shown, strict=True):
        used = need + sum(shown)
        assert used <= room
        assert all(n <= length for n, length in zip(shown, found, strict=True))
        is_cut = sum(shown) < sum(found)
        assert not is_cut or room - used <= IDLE * room + len(found)
    beginnings = {shown[:place] for shown in all_shown}
    assert len(beginnings) <= 1 + 1 / IDLE
