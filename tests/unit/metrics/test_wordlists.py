"""The word lists are as the code that compares with them expects."""

import re

from clue_lib.metrics import wordlists


def entries(lists):
    yield from lists.refusal.openings
    yield from (*lists.refusal.apologies, *lists.refusal.regrets, *lists.refusal.denials)
    yield from (*lists.refusal.inability.beginnings, *lists.refusal.inability.verbs)
    yield from (*lists.refusal.inability.light_verbs, *lists.refusal.inability.objects)
    yield from lists.template
    yield from lists.presenting.words
    yield from lists.function_words.english.union(*lists.function_words.foreign.values())


def test_every_entry_is_in_the_form_that_texts_are_compared_in():
    assert [entry for entry in entries(wordlists.load()) if entry != entry.casefold().strip() or "’" in entry] == []


def test_refusals_are_written_in_the_short_forms_that_they_are_compared_in():
    long = re.compile(r"\bi am\b|\bcannot\b|\b(?:can|could|do) not\b")
    lists = wordlists.load().refusal
    phrases = [*lists.openings, *lists.apologies, *lists.regrets, *lists.denials, *lists.inability.beginnings]
    assert [phrase for phrase in phrases if long.search(phrase)] == []


def test_every_phrase_has_its_reason():
    lists = wordlists.load()
    assert all(reason.strip() for reason in (*lists.refusal.openings.values(), *lists.template.values()))


def test_words_are_runs_of_letters_and_digits_in_lower_case():
    assert wordlists.words("Crohn's disease, β-HCG 10.5!\n") == ["crohn", "s", "disease", "β", "hcg", "10", "5"]
    assert wordlists.words("") == []
