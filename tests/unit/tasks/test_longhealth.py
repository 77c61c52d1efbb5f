"""LongHealth's drawings: what is fixed for a patient, what is cut, and that the gold letter is the right option's."""

import collections
import dataclasses
import itertools
import json

import pytest

from clue_lib import datasets
from clue_lib.datasets import BUNDLED_ROOT, reference_tokenizer
from clue_lib.errors import DataError, MissingData
from clue_lib.runs.planning import PromptSettings, plan_task
from clue_lib.tasks import TASKS, prompts, wordings
from clue_lib.tasks.base import CONTEXT
from clue_lib.tasks.longhealth import read
from clue_lib.tasks.longhealth_contexts import INSTRUCTIONS, MAX_NEW_TOKENS, N_OTHERS, UNANSWERABLE

OWN, HIDDEN, OTHERS = (TASKS[f"longhealth_{number}"] for number in (1, 2, 3))
ALL = (OWN, HIDDEN, OTHERS)
PATH = datasets.find("longhealth_1", None).path
LETTERS = {
    (patient, name): text.strip()
    for patient, record in json.loads(PATH.read_text(encoding="utf-8")).items()
    for name, text in record["texts"].items()
}


LONG = json.loads((BUNDLED_ROOT / "longhealth" / "long_patient.json").read_text(encoding="utf-8"))["patient_long"]
"""A patient of 20 questions and 11 letters, 9,635 reference tokens in all: more than 8,140."""


def drawn(task, *, seed=0, n_repeats=1, path=PATH, context=CONTEXT):
    return task.examples(path, seed=seed, n_repeats=n_repeats, context=context)


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


@pytest.fixture
def long_path(tmp_path):
    """Three patients, all the long one: each has letters of others."""
    return write(tmp_path, {f"patient_{i}": LONG for i in range(3)})


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


def test_task_2_shares_everything_but_the_inserted_letters_with_task_3():
    others = by_round(drawn(OTHERS))
    for name, group in by_round(drawn(HIDDEN)).items():
        shared = shown_letters(others[name][0])
        own = {text for (patient, _), text in LETTERS.items() if patient == name[0]}
        for example in group:
            letters = shown_letters(example)
            places = [i for i, letter in enumerate(letters) if letter in own]
            assert [letter for letter in letters if letter not in own] == shared
            assert places == list(range(places[0], places[0] + len(places)))
            assert set(example.evidence) <= set(places)


def test_questions_of_a_bundle_share_task_2s_letters_whole(long_path):
    """Those with the answer to every one of them; half of the room, or one question's own, is the most."""
    raw = {example.id: example for example in read(long_path)}
    for group in by_round(drawn(HIDDEN, path=long_path, n_repeats=2)).values():
        shared = collections.defaultdict(set)
        for example in group:
            shared[example.fields["letters"]] |= set(raw[example.id].evidence)
        assert len(shared) < 6  # 14 sets of letters hold its 20 answers
        for context, evidence in shared.items():
            assert all(raw[group[0].id].documents[i] in context for i in evidence)


def test_contexts_hold_whose_letters_they_should():
    assert all(owners(example) == {example.cluster} for example in drawn(OWN))
    assert all(example.cluster in owners(example) and len(owners(example)) > 1 for example in drawn(HIDDEN))
    assert not any(example.cluster in owners(example) for example in drawn(OTHERS))
    assert {len(shown_letters(example)) for example in drawn(OTHERS)} == {N_OTHERS}


def test_letters_with_the_answer_stand_where_the_example_says():
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
    several = {f"patient_{i}": LONG for i in range(3)} if path != PATH else None
    path = write(tmp_path, several) if several else path
    texts = max(wordings.load(task.name), key=lambda one: len(one.system + one.user))
    for context in (CONTEXT, 1500) if path == PATH else (CONTEXT, 3000, 16000):
        examples = drawn(task, path=path, context=context)
        for example in examples[:: max(1, len(examples) // 12)]:
            rendered = "\n".join(message.content for message in prompts.render(texts, [], example).messages)
            assert reference_tokenizer.n_tokens(rendered) + MAX_NEW_TOKENS <= context
        if context == CONTEXT:
            assert any(example.n_cut for example in examples) is (several is not None)


def test_what_is_cut_is_counted_and_told(tmp_path):
    path = write(tmp_path, {"patient_01": patient(5, 3000), "patient_02": patient(5, 3000)})
    whole = sum(reference_tokenizer.n_tokens(text) for text in read(path)[0].documents)
    for example in drawn(OWN, path=path):
        shown = sum(reference_tokenizer.n_tokens(letter) for letter in shown_letters(example))
        assert whole - shown == pytest.approx(example.n_cut, abs=5)  # the tokenizer joins across a letter's end
        assert 0.9 * CONTEXT < shown < CONTEXT
        assert "Letter 1 of the patient. " + ("word " * 3000).strip() in example.fields["letters"]  # the answer's


def test_task_2_keeps_room_for_the_letters_with_the_answer(tmp_path):
    path = write(tmp_path, {f"patient_{i:02}": patient(5, 1500) for i in range(4)})
    for example in drawn(HIDDEN, path=path):
        (place,) = example.evidence
        assert shown_letters(example)[place] == read(path)[0].documents[1]
        assert example.n_cut > 0


def is_whole(example, source):
    letters = shown_letters(example)
    return [letters[i] for i in example.evidence] == [source.documents[i] for i in source.evidence]


def test_letters_with_the_answer_are_whole_whatever_is_cut(long_path):
    raw = {example.id: example for example in read(long_path)}
    for task in (OWN, HIDDEN):
        for example in drawn(task, path=long_path, n_repeats=3):
            assert is_whole(example, raw[example.id])


@pytest.mark.parametrize("task", ALL, ids=lambda task: task.name)
def test_the_room_is_used_where_something_is_cut(task, long_path):
    """Of task 2 a twentieth may stay empty; of the others less than a stub. The longest question has 116 tokens."""
    room = CONTEXT - MAX_NEW_TOKENS - INSTRUCTIONS - 116
    contexts = {example.fields["letters"]: example.n_cut for example in drawn(task, path=long_path, n_repeats=3)}
    for context, n_cut in contexts.items():
        used = reference_tokenizer.n_tokens(context)
        assert n_cut > 0
        assert room - used < (room / 20 + 130 if task is HIDDEN else 150)


def test_the_long_patients_questions_are_asked_in_two_bundles(long_path):
    """By hand: 7,774 tokens hold letters 0, 2 and 5 to 10 (7,248 with headings), and 16 answers; the rest 1, 3, 4."""
    for group in by_round(drawn(OWN, path=long_path, n_repeats=2)).values():
        contexts = collections.Counter(example.fields["letters"] for example in group)
        assert len(group) == 20
        assert len(contexts) == 2


def test_a_question_whose_own_letters_exceed_the_room_is_not_asked(long_path):
    """By hand: 2,500 tokens leave 2,134, which hold two of its letters; task 2 gives three quarters of 2,054: one."""
    all_ids = {example.id for example in read(long_path)}
    left_out = all_ids - {example.id for example in drawn(OWN, path=long_path, context=2500)}
    assert {id_.split("/")[1] for id_ in left_out} == {
        str(question["No"]) for question in LONG["questions"] if len(question["answer_location"]) > 2
    }
    hidden = {example.id for example in drawn(HIDDEN, path=long_path, context=2500)}
    assert all(len(example.evidence) == 1 for example in drawn(HIDDEN, path=long_path, context=2500))
    assert len(all_ids - hidden) == 3 * sum(len(question["answer_location"]) > 1 for question in LONG["questions"])
    assert {example.id for example in drawn(OTHERS, path=long_path, context=2500)} == all_ids


def test_where_nothing_fits_the_run_says_so(tmp_path):
    path = write(tmp_path, {f"patient_{i}": patient(3, 900) for i in range(2)})
    with pytest.raises(DataError, match=r"of none of its questions .* fit whole into 600 tokens; raise --context"):
        plan_task(OWN, PromptSettings(data_root=tmp_path, context=600))
    assert plan_task(OWN, PromptSettings(data_root=tmp_path, context=1500)).n_left_out == 0
    assert len(read(path)) == 2


def test_what_is_left_out_is_counted_once_per_drawing(long_path, tmp_path):
    settings = PromptSettings(data_root=tmp_path, context=2500, n_repeats={"public": 2})
    info = plan_task(OWN, settings).info
    n_left_out = 2 * 3 * sum(len(question["answer_location"]) > 2 for question in LONG["questions"])
    assert (info.n_left_out, info.n_read, info.n_scored) == (n_left_out, 120, 120 - n_left_out)
    assert (info.n_drawings, info.context) == (2, 2500)


def test_the_room_is_the_datas_unless_asked_for_and_in_the_prompts_digest(long_path, tmp_path):
    bundled, asked = (plan_task(OWN, PromptSettings(context=context)).info for context in (None, 1500))
    assert (bundled.context, bundled.n_drawings) == (1500, 1)
    assert bundled.prompts_digest == asked.prompts_digest
    real = plan_task(OWN, PromptSettings(data_root=tmp_path)).info
    assert real.context == CONTEXT
    assert real.prompts_digest != bundled.prompts_digest


def test_more_room_shows_more_and_asks_more(long_path):
    short, long = (drawn(OWN, path=long_path, context=context) for context in (2500, 16_000))
    assert len(short) < len(long) == 60
    assert not any(example.n_cut for example in long)


@pytest.mark.parametrize("task", [HIDDEN, OTHERS], ids=lambda task: task.name)
def test_one_patient_alone_has_no_letters_of_others(task, tmp_path):
    path = write(tmp_path, {"patient_01": patient(3, 5)})
    assert len(drawn(OWN, path=path)) == 1
    with pytest.raises(MissingData, match="its file has one patient, and so no letters of others"):
        drawn(task, path=path)


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
