"""The word lists are as the code that compares with them expects."""

from clue_lib.metrics import wordlists


def entries(lists):
    yield from lists.refusal.openings
    yield from (*lists.refusal.inability.beginnings, *lists.refusal.inability.verbs)
    yield from lists.template
    yield from lists.presenting.words
    yield from lists.function_words.english.union(*lists.function_words.foreign.values())


def test_every_entry_is_in_the_form_that_texts_are_compared_in():
    assert [entry for entry in entries(wordlists.load()) if entry != entry.casefold().strip() or "’" in entry] == []


def test_every_phrase_has_its_reason():
    lists = wordlists.load()
    assert all(reason.strip() for reason in (*lists.refusal.openings.values(), *lists.template.values()))


def test_words_are_runs_of_letters_and_digits_in_lower_case():
    assert wordlists.words("Crohn's disease, β-HCG 10.5!\n") == ["crohn", "s", "disease", "β", "hcg", "10", "5"]
    assert wordlists.words("") == []
