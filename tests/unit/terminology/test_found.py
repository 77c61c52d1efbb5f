"""The terms of a text, kept for all of its readers; expected by hand."""

from clue_lib.terminology import OpenLinker, found
from clue_lib.terminology.found import Found, terms_of
from clue_lib.terminology.words import placed

# "acute kidney injury in the donor": three words, two and one inside them, and a phrase that names no concept.
TERMS = [(0, 3, "AKI"), (1, 2, "AKI"), (2, 1, "injury"), (5, 1, "")]


class Search:
    """Finds the same terms in each text, and counts how often it was asked."""

    def __init__(self):
        self.texts = []

    def __call__(self, text):
        self.texts.append(text)
        return iter(TERMS)


def test_what_is_laid_side_by_side_comes_back():
    assert list(Found(TERMS)) == TERMS
    assert len(Found(TERMS)) == 4
    assert list(Found([])) == []


def test_a_reader_goes_on_behind_each_term():
    assert list(Found(TERMS).outermost()) == ["AKI", ""]
    assert list(Found([(0, 1, "a"), (1, 1, "b")]).outermost()) == ["a", "b"]


def test_of_terms_that_one_word_begins_the_longest_counts():
    assert list(Found([(0, 2, "long"), (0, 1, "short"), (1, 2, "over")]).outermost()) == ["long"]


def test_a_text_is_searched_once():
    search = Search()
    first, again = (terms_of("searched once", None, search) for _ in range(2))
    assert first is again
    assert search.texts == ["searched once"]


def test_another_lexicon_is_another_search(tmp_path):
    search = Search()
    terms_of("of two lexicons", None, search)
    terms_of("of two lexicons", tmp_path, search)
    assert len(search.texts) == 2


def test_what_is_kept_stays_bounded(monkeypatch):
    monkeypatch.setattr(found, "_MOST_TERMS", 8)
    search = Search()
    for i in range(12):
        terms_of(f"bounded {i}", None, search)
        assert found._n_known <= 8 + len(TERMS) + 1


def test_text_may_hold_half_a_character():
    assert list(terms_of("\ud800", None, Search())) == TERMS


def test_concepts_and_mentions_follow_from_one_search():
    linker = OpenLinker()
    text = "Acute kidney injury, then fever and injury of the left hip."
    named = [mention.concept for mention in linker.mentions(text, placed(text))]
    assert frozenset(named) == linker.link([text], nested=True)[0]
    assert linker.link([text])[0] < frozenset(named)
