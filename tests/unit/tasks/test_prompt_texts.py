"""The package's own wordings: eight of a task, of one meaning and one answer format, each in words of its own.

That they mean the same was read, twice; what can be checked is here.
"""

import functools
import itertools
import re
import string
from collections import Counter
from difflib import SequenceMatcher

import pytest

from clue_lib import datasets
from clue_lib.runs.planning import PromptSettings, plan_task
from clue_lib.tasks import TASKS, wordings
from clue_lib.tasks.mednli import LABELS

BUNDLED_AS = {"mcq": "nejm"}  # a set of the user's own: none is bundled
EVERY_TASK = pytest.mark.parametrize("task", TASKS)

N = 8
MOST_IN_A_ROW = 7
"""Words in a row that two wordings' instructions may share: names of labels, or what the documents are called."""

SAID = {
    **dict.fromkeys(("nejm", "jama", "mcq"), ("option", "letter")),
    **dict.fromkeys(("longhealth_1", "longhealth_2", "longhealth_3"), ("option", "letter", "patient")),
    "mednli": (*LABELS, "word", "premise", "hypothesis", "medic"),
    "meqsum": ("health information service", "question"),
    "problem_summary": (
        "progress note",
        "hospital|inpatient",
        "diagnoses",
        "problems",
        "importan",
        "few words|briefly",
        "semicolon",
    ),
    "medisumqa": (
        "discharge letter",
        "patient",
        "plain|simpl|easy to",
        "one (sentence )?or (at most )?two|no more than two|sentence or two",
    ),
    "medisumcode": (
        "discharge letter",
        "hospital",
        "ICD-10-CM",
        "diagnos",
        "stay",
        "specific|precise|detail|exact",
        "comma",
    ),
}
"""What the instructions of each wording name: labels, format and what is asked."""

ALONE = {
    **dict.fromkeys(
        ("nejm", "jama", "mcq", "longhealth_1", "longhealth_2", "longhealth_3"),
        r"nothing else|without any further text|option only|it only|alone|only its letter|just the letter|stop there|"
        r"nothing more|no other words",
    ),
    "mednli": r"exactly one word|nothing else|only this single|label alone|no other|without any further|whole answer",
    "problem_summary": r"nothing else|only the list|list alone|no other text|nothing besides|without introduction|"
    r"no further|only that",
    "medisumcode": r"nothing else|codes alone|no other text|without descriptions|only codes|codes only|everything else",
}
"""Where the answer must stand alone, every wording says so."""

# The one text of a task in version 0.2.0: MedNLI's and MeQSum's digests stand in its docs/example/gate.json.
FIRST = {
    "mednli": "d37a56d027920ef3c6fd0eb4b2f60584a0a64f973d60fa4a282dc092a7c456f7",
    "meqsum": "1f8dd14cfdbdb50f35a27a2de77822df528d975ff87f18f0a0ec484b651f37c4",
}


@functools.cache
def bundled(task):
    path = datasets.find(BUNDLED_AS.get(task, task), None).path
    return TASKS[task].examples(path, seed=0, n_repeats=1)


def instructions(task):
    """What each wording says to do, in one line."""
    return [" ".join(texts.system.split()) for texts in wordings.load(task)]


@EVERY_TASK
def test_each_task_has_eight(task):
    assert len(wordings.load(task)) == N


@EVERY_TASK
def test_every_wording_shows_exactly_the_fields_of_the_examples(task):
    (fields,) = {frozenset(example.fields) for example in bundled(task)}
    for texts in wordings.load(task):
        assert Counter(string.Template(texts.user).get_identifiers()) == Counter(fields)
        assert "$" not in texts.system


@EVERY_TASK
def test_every_wording_names_what_is_asked_and_in_which_form(task):
    for number, system in enumerate(instructions(task), 1):
        for words in SAID[task]:
            assert re.search(words, system, re.IGNORECASE), (number, words)
        assert re.search(ALONE.get(task, ""), system, re.IGNORECASE), number


@EVERY_TASK
def test_no_wording_names_the_labels_or_the_form_of_another_task(task):
    theirs = [*LABELS, "yes", "no answer", "true or false", "ICD", "semicolon", "comma"]
    of_others = [word for word in theirs if not any(word.lower() in said.lower() for said in SAID[task])]
    for texts in wordings.load(task):
        text = texts.system + texts.user
        named = [word for word in of_others if re.search(rf"\b{word}", text, re.IGNORECASE)]
        assert not named or (task == "mednli" and set(named) <= {"true or false"})
        assert not re.search(r"\b[B-F]\b", text)  # no option's letter


@EVERY_TASK
def test_wordings_are_no_copies_of_each_other(task):
    words = [re.findall(r"[\w'-]+", system.lower()) for system in instructions(task)]
    for one, other in itertools.combinations(words, 2):
        shared = SequenceMatcher(None, one, other, autojunk=False).find_longest_match()
        assert shared.size <= MOST_IN_A_ROW, one[shared.a : shared.a + shared.size]
    assert len({texts.user for texts in wordings.load(task)}) == N


@EVERY_TASK
def test_no_wording_is_much_longer_or_shorter_than_another(task):
    lengths = [len(system.split()) for system in instructions(task)]
    assert max(lengths) <= 2 * min(lengths)


@pytest.mark.parametrize("task", FIRST)
def test_one_wording_is_the_text_of_the_version_before(task):
    assert wordings.load(task)[0].digest == FIRST[task]
    planned = plan_task(TASKS[task], PromptSettings(n_wordings=1))
    assert planned.texts_digest == FIRST[task]
    assert {example.wording for example in planned.examples} == {1}


@pytest.mark.parametrize("task", ["mednli", "meqsum", "medisumcode", "jama"])
def test_a_run_asks_in_all_of_them_about_equally_often(task):
    planned = plan_task(TASKS[task], PromptSettings())
    counts = Counter({example.cluster: example.wording for example in planned.examples}.values())
    assert planned.n_wordings == min(N, len({example.cluster for example in planned.examples}))
    assert max(counts.values()) - min(counts.values()) <= 1


def test_tasks_that_ask_alike_have_the_same_texts():
    """LongHealth 2 and 3 show the same letters, so that whether they hold the answer must not be told by the words."""
    assert wordings.load("longhealth_2") == wordings.load("longhealth_3")
    assert wordings.load("jama") == wordings.load("nejm")
