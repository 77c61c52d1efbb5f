"""The word lists are as the code that compares with them expects."""

import re

from clue_lib.metrics import wordlists


def entries(lists):
    yield from lists.refusal.openings
    yield from (*lists.refusal.apologies, *lists.refusal.regrets, *lists.refusal.denials)
    yield from (*lists.refusal.inability.beginnings, *lists.refusal.inability.verbs)
    yield from (*lists.refusal.inability.light_verbs, *lists.refusal.inability.objects)
    yield from (*lists.refusal.inability.bare, *lists.refusal.inability.beyond, *lists.refusal.inability.abilities)
    yield from (*lists.refusal.nature.beginnings, *lists.refusal.nature.natures)
    yield from (*lists.refusal.courtesy.sentences, *lists.refusal.courtesy.clauses, *lists.refusal.courtesy.conceding)
    yield from (*lists.refusal.impersonal.phrases, *lists.refusal.impersonal.lacks, *lists.refusal.impersonal.lacked)
    yield from lists.refusal.reporting.beginnings
    yield from (*lists.template.marks, *lists.template.headers, *lists.template.spoken, *lists.template.instructing)
    yield from lists.presenting.words | lists.presenting.around_labels | lists.presenting.heads
    yield from lists.presenting.telling | lists.common.words


def test_every_entry_is_in_the_form_that_texts_are_compared_in():
    assert [entry for entry in entries(wordlists.load()) if entry != entry.casefold().strip() or "’" in entry] == []


def test_refusals_are_written_in_the_short_forms_that_they_are_compared_in():
    long = re.compile(r"\bi am\b|\bcannot\b|\b(?:can|could|do|does|would|should|will|is) not\b")
    lists = wordlists.load().refusal
    phrases = [
        *lists.impersonal.phrases,
        *lists.impersonal.lacks,
        *lists.inability.bare,
        *lists.openings,
        *lists.apologies,
        *lists.regrets,
        *lists.denials,
        *lists.inability.beginnings,
    ]
    assert [phrase for phrase in phrases if long.search(phrase)] == []


def test_every_phrase_has_its_reason():
    lists = wordlists.load()
    assert all(reason.strip() for reason in (*lists.refusal.openings.values(), *lists.template.marks.values()))


def test_words_are_runs_of_letters_and_digits_in_lower_case():
    assert wordlists.words("Crohn's disease, β-HCG 10.5!\n") == ["crohn", "s", "disease", "β", "hcg", "10", "5"]
    assert wordlists.words("") == []
