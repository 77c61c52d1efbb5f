"""LongHealth's drawings: what is fixed for a patient, what is cut, and that the gold letter is the right option's."""

import dataclasses
import itertools
import json

import pytest

from clue_lib import datasets
from clue_lib.datasets import BUNDLED_ROOT, reference_tokenizer
from clue_lib.errors import DataError
from clue_lib.tasks import TASKS, prompts, wordings
from clue_lib.tasks.longhealth import read
from clue_lib.tasks.longhealth_contexts import CONTEXT, MAX_NEW_TOKENS, N_OTHERS, UNANSWERABLE

OWN, HIDDEN, OTHERS = (TASKS[f"longhealth_{number}"] for number in (1, 2, 3))
ALL = (OWN, HIDDEN, OTHERS)
PATH = datasets.find("longhealth_1", None).path
LETTERS = {
    (patient, name): text.strip()
    for patient, record in json.loads(PATH.read_text(encoding="utf-8")).items()
    for name, text in record["texts"].items()
}


def drawn(task, *, seed=0, n_repeats=1, path=PATH):
    return task.examples(path, seed=seed, n_repeats=n_repeats)


def by_round(examples):
    """Examples by (patient, repeat)."""
    key = lambda example: (example.cluster, example.repeat)  # noqa: E731
    return {name: list(group) for name, group in itertools.groupby(sorted(examples, key=key), key=key)}


def shown_letters(example):
    """The context's letters, without their headings."""
    return [part.split("\n", 1)[1] for part in example.fields["letters"].split("\n\n[Letter ")]


def owners(example):
    return {patient for (patient, _), text in LETTERS.items() if text in example.fields["letters"]}


def write(folder, patients):
    path = folder / "benchmark_v5.json"
    path.write_text(json.dumps(patients), encoding="utf-8")
    return path


def patient(n_letters, words, **question):
    letters = {f"text_{i}": f"Letter {i} of the patient. " + "word " * words for i in range(n_letters)}
    asked = {"No": 0, "question": "Which drug?", "correct": "Aspirin", "answer_location": {"text_1": {"start": [0.1]}}}
    options = dict(
        zip([f"answer_{c}" for c in "abcde"], ["Heparin", "Aspirin", "None", "Both", "Warfarin"], strict=True)
    )
    return {"texts": letters, "name": "N", "birthday": "B", "diagnosis": "D", "questions": [asked | options | question]}


@pytest.mark.parametrize("task", ALL, ids=lambda task: task.name)
def test_every_question_of_every_patient_is_asked_once_per_repeat(task):
    examples = drawn(task, n_repeats=2)
    assert len(examples) == 2 * 12 * 8
    assert {(len(group)) for group in by_round(examples).values()} == {8}
    assert len({(example.id, example.repeat) for example in examples}) == len(examples)


@pytest.mark.parametrize("task", [OWN, OTHERS], ids=lambda task: task.name)
def test_a_patients_questions_share_their_letters_whole(task):
    for group in by_round(drawn(task, n_repeats=2)).values():
        assert len({example.fields["letters"] for example in group}) == 1


def test_task_2_shares_everything_before_the_answer_with_task_3():
    others = by_round(drawn(OTHERS))
    for name, group in by_round(drawn(HIDDEN)).items():
        (place,) = {example.evidence[0] for example in group}
        shared = shown_letters(others[name][0])
        for example in group:
            letters = shown_letters(example)
            n_own = len(example.evidence)
            assert [letter for i, letter in enumerate(letters) if i not in example.evidence] == shared
            assert example.evidence == tuple(range(place, place + n_own))
            assert letters[:place] == shared[:place]


def test_contexts_hold_whose_letters_they_should():
    assert all(owners(example) == {example.cluster} for example in drawn(OWN))
    assert all(example.cluster in owners(example) and len(owners(example)) > 1 for example in drawn(HIDDEN))
    assert not any(example.cluster in owners(example) for example in drawn(OTHERS))
    assert {len(shown_letters(example)) for example in drawn(OTHERS)} == {N_OTHERS}


def test_hidden_letters_are_those_that_answer():
    raw = {example.id: example for example in read(PATH)}
    for example in drawn(HIDDEN):
        letters = shown_letters(example)
        source = raw[example.id]
        assert [letters[i] for i in example.evidence] == [source.documents[i] for i in source.evidence]


def test_repeats_draw_anew_and_seeds_too():
    first, second = (
        {
            name: group[0].fields["letters"]
            for name, group in by_round(drawn(OTHERS, n_repeats=2)).items()
            if name[1] == r
        }
        for r in (0, 1)
    )
    assert set(first.values()).isdisjoint(second.values())
    assert drawn(OTHERS, n_repeats=2)[:8] == drawn(OTHERS)[:8]  # more repeats leave the first as it was
    assert drawn(OTHERS, seed=1) != drawn(OTHERS)
    assert drawn(OTHERS) == drawn(OTHERS)


def test_places_of_the_answer_spread_over_the_context():
    assert len({example.evidence[0] for example in drawn(HIDDEN)}) >= 5


def test_gold_is_the_letter_of_the_right_text_and_f_where_nothing_answers():
    rows = json.loads(PATH.read_text(encoding="utf-8"))
    for example in (*drawn(OWN), *drawn(HIDDEN)):
        name, number = example.id.split("/")
        asked = next(q for q in rows[name]["questions"] if str(q["No"]) == number)
        assert asked[f"answer_{example.gold.lower()}"] == asked["correct"]
    for example in drawn(OTHERS):
        assert example.gold == "F"
        assert example.options[5] == UNANSWERABLE
    assert {len(example.options) for example in drawn(OWN)} == {5}
    assert {len(example.options) for example in drawn(HIDDEN)} == {6}


@pytest.mark.parametrize("task", ALL, ids=lambda task: task.name)
@pytest.mark.parametrize("path", [PATH, BUNDLED_ROOT / "longhealth" / "long_patient.json"], ids=["short", "long"])
def test_prompt_and_answer_fit_the_reference_length(task, path, tmp_path):
    long = json.loads((BUNDLED_ROOT / "longhealth" / "long_patient.json").read_text(encoding="utf-8"))
    several = {f"{name}_{i}": record for name, record in long.items() for i in range(3)} if path != PATH else None
    examples = drawn(task, path=write(tmp_path, several) if several else path)
    texts = max(wordings.load(task.name), key=lambda one: len(one.system + one.user))
    for example in examples[:: max(1, len(examples) // 12)]:
        rendered = "\n".join(message.content for message in prompts.render(texts, [], example).messages)
        assert reference_tokenizer.n_tokens(rendered) + MAX_NEW_TOKENS <= CONTEXT
    assert any(example.n_cut for example in examples) is (several is not None)


def test_what_is_cut_is_counted_and_told(tmp_path):
    path = write(tmp_path, {"patient_01": patient(5, 3000), "patient_02": patient(5, 3000)})
    whole = sum(reference_tokenizer.n_tokens(text) for text in read(path)[0].documents)
    for example in drawn(OWN, path=path):
        shown = sum(reference_tokenizer.n_tokens(letter) for letter in shown_letters(example))
        assert whole - shown == pytest.approx(example.n_cut, abs=5)  # the tokenizer joins across a letter's end
        assert 0.9 * CONTEXT < shown < CONTEXT
        assert example.slices["letter with the answer"] == "cut"


def test_task_2_keeps_room_for_the_letters_with_the_answer(tmp_path):
    path = write(tmp_path, {f"patient_{i:02}": patient(5, 1500) for i in range(4)})
    for example in drawn(HIDDEN, path=path):
        assert example.slices["letter with the answer"] == "whole"
        assert example.n_cut > 0


@pytest.mark.parametrize(
    ("question", "n_right"), [({"correct": "aspirin"}, 0), ({"answer_a": "Aspirin"}, 2), ({"correct": "Nothing"}, 0)]
)
def test_no_or_two_right_options_are_refused_by_patient_and_question(tmp_path, question, n_right):
    path = write(tmp_path, {"patient_01": patient(3, 5), "patient_02": patient(3, 5, **question)})
    with pytest.raises(DataError, match=f"patient_02 question 0: {n_right} of its options") as caught:
        read(path)
    assert "\n" not in str(caught.value)


def test_a_blank_question_is_refused_and_a_blank_wrong_option_told(tmp_path):
    with pytest.raises(DataError, match="patient_01 question 0: its text is blank"):
        read(write(tmp_path, {"patient_01": patient(3, 5, question=" ")}))
    path = write(tmp_path, {"patient_01": patient(3, 5), "patient_02": patient(3, 5, answer_e=" ")})
    assert len(read(path)) == 2
    assert OWN.remarks(path) == ("1 questions with a blank option (patient_02 question 0 is the first)",)
    with pytest.raises(DataError, match="0 of its options"):
        read(write(tmp_path, {"patient_01": patient(3, 5, answer_b="", correct="")}))


def test_options_that_a_spreadsheet_made_numbers_of_are_read(tmp_path):
    path = write(tmp_path, {"patient_01": patient(3, 5, answer_b=2.5, correct=2.5)})
    (example,) = read(path)
    assert example.gold == "B"
    assert example.options[1] == "2.5"


def test_keys_of_other_letters_are_not_evidence(tmp_path):
    path = write(tmp_path, {"patient_01": patient(3, 5, answer_location={"text_2": {}, "text_9": {}})})
    assert read(path)[0].evidence == (2,)
    path = write(tmp_path, {"patient_01": patient(3, 5, answer_location={})})
    assert read(path)[0].evidence == (0, 1, 2)  # nothing is known: all may hold the answer


def test_passages_are_the_words_at_the_shares_that_the_file_names(tmp_path):
    text = "One two three. The drug is aspirin. Four five."  # 46 characters; the sentence takes 15 to 35
    asked = patient(1, 0, answer_location={"text_0": {"start": [15 / 46], "end": [35 / 46]}})
    asked["texts"] = {"text_0": text}
    assert read(write(tmp_path, {"p": asked}))[0].passages == ("The drug is aspirin.",)
    asked["questions"][0]["answer_location"] = {"text_0": {"start": [0.37], "end": [0.71]}}  # 17 to 33, inside words
    assert read(write(tmp_path, {"p": asked}))[0].passages == ("The drug is aspirin",)


@pytest.mark.parametrize(
    "place", [{}, {"start": [0.1]}, {"start": "0.1", "end": None}, {"start": [0.9], "end": [0.1]}, 7]
)
def test_a_place_told_oddly_is_passed_over(tmp_path, place):
    assert read(write(tmp_path, {"p": patient(3, 5, answer_location={"text_1": place})}))[0].passages == ()


def test_bundled_passages_hold_the_sentence_that_their_author_wrote_down():
    quoted = {
        f"{name}/{question['No']}": question["evidence"]
        for name, record in json.loads(PATH.read_text(encoding="utf-8")).items()
        for question in record["questions"]
    }
    for example in drawn(OWN):
        assert quoted[example.id] in example.passages
        assert example.n_cut == 0  # of a letter that was cut, the passage might not be shown
        assert all(words in example.fields["letters"] for words in example.passages)


def test_where_no_letter_holds_the_answer_no_passage_does():
    assert {example.passages for example in drawn(OTHERS)} == {()}


def test_a_missing_part_is_one_line_that_says_where(tmp_path):
    broken = patient(3, 5)
    del broken["questions"][0]["question"]
    with pytest.raises(DataError, match=r"question.*\$\[\.\.\.\]\.questions\[0\]") as caught:
        read(write(tmp_path, {"patient_01": broken}))
    assert "\n" not in str(caught.value)


def test_slices_tell_where_the_answer_stands():
    groups = {example.slices["evidence"] for example in drawn(HIDDEN, n_repeats=3)}
    assert groups == {f"{part} third of the letters" for part in ("first", "middle", "last")}
    assert dataclasses.replace(drawn(OTHERS)[0]).slices == {}
